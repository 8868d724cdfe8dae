package io.tapstack.ip;

/** The result of sending a packet. In every case the packet is no longer the caller's. */
public enum SendStatus {
    /** The device took it, or it waits for its neighbour's address. */
    SENT,
    /** The device is full: nothing was sent; the transport tries again at the next poll. */
    DEVICE_FULL,
    /** Larger than the MTU, with "don't fragment". */
    TOO_BIG,
    /** No route to the destination, or its neighbour is known not to answer. */
    UNREACHABLE
}
