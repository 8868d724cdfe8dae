package io.tapstack.ip;

/** What became of a packet that was handed down. In every case the packet is no longer the caller's. */
public enum SendStatus {
    /** The device has it, or it waits for its neighbour's address and goes out when that comes. */
    SENT,
    /** The device is full: nothing was sent, try again when the stack polls next. */
    DEVICE_FULL,
    /** Larger than the MTU and "don't fragment" was asked for. */
    TOO_BIG,
    /** No route to the destination, or its neighbour is known not to answer. */
    UNREACHABLE
}
