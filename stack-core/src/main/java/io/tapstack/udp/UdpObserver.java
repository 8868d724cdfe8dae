package io.tapstack.udp;

import io.tapstack.ip.IcmpError;

/**
 * Whoever waits for an endpoint: a socket. Calls come under the stack's lock, in the middle of protocol work; they must
 * be short and only note what happened or wake somebody.
 */
public interface UdpObserver {

    /** Nobody waits. */
    UdpObserver NONE = new UdpObserver() {};

    /** There is a datagram to receive, or a pending error. */
    default void readable() {}

    /** There may be room to send again after the device was full, or there is a pending error. */
    default void writable() {}

    /** There is a report in the error queue. */
    default void reported() {}

    /** An ICMP error came about a datagram of ours, also one that is no pending error (RFC 1122 4.1.3.3). */
    default void icmpError(final IcmpError error) {}
}
