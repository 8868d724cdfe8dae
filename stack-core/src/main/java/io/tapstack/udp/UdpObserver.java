package io.tapstack.udp;

import io.tapstack.ip.IcmpError;

/**
 * Is told of an endpoint's events; a socket implements it. Calls are made with the stack's lock held, in the middle of
 * protocol work; they must be short and only note the event or wake a thread.
 */
public interface UdpObserver {

    /** Ignores all events. */
    UdpObserver NONE = new UdpObserver() {};

    /** There is a datagram to receive, or a pending error. */
    default void readable() {}

    /** There may be room to send again after the device was full, or there is a pending error. */
    default void writable() {}

    /** There is a report in the error queue. */
    default void reported() {}

    /**
     * An ICMP error arrived about a datagram of this endpoint, including one that is no pending error (RFC 1122
     * 4.1.3.3).
     */
    default void icmpError(final IcmpError error) {}
}
