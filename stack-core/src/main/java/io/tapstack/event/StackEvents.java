package io.tapstack.event;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;

/**
 * The events that an observer of a stack can see. The holder of the stack's lock makes the calls, in the middle of
 * protocol work: they must be short, must not block and must not call back into the stack. The defaults do nothing.
 */
public interface StackEvents {

    /** An observer that sees nothing. */
    StackEvents NONE = new StackEvents() {};

    /** Why a segment was sent again. */
    enum RetransmitCause {
        /** The retransmission timer expired (RFC 6298). */
        TIMEOUT,
        /** ACKs show that the segment is lost (RFC 5681 3.2, RFC 6582, RFC 8985). */
        FAST_RETRANSMIT,
        /** No ACK came for two round trips (RFC 8985 7). */
        TAIL_LOSS_PROBE
    }

    /** A frame, packet or segment was dropped. */
    default void dropped(final DropReason reason) {}

    /** A connection went from one state to another; the constants are those of {@code TcpState}. */
    default void stateChanged(final Flow flow, final Enum<?> from, final Enum<?> to) {}

    /** {@code length} bytes from {@code sequence} on were sent again. */
    default void retransmitted(final Flow flow, final int sequence, final int length, final RetransmitCause cause) {}

    /**
     * The retransmission timer expired for the {@code backoff}-th time in a row; the next one takes {@code rtoNanos}.
     */
    default void retransmissionTimeout(final Flow flow, final int backoff, final long rtoNanos) {}

    /** The congestion window or the slow-start threshold changed; both in bytes. */
    default void congestionWindow(final Flow flow, final int cwndBytes, final int ssthreshBytes) {}

    /** Data came that the network has marked "congestion experienced" (RFC 3168 6.1.3). */
    default void congestionMarked(final Flow flow) {}

    /** The peer echoes such a mark on our data (RFC 3168 6.1.2). */
    default void congestionEchoed(final Flow flow) {}

    /** A round trip was measured (RFC 6298). */
    default void roundTrip(final Flow flow, final long sampleNanos, final long srttNanos, final long rtoNanos) {}

    /** The peer closed its window ({@code bytes} is 0) or opened it again. */
    default void peerWindow(final Flow flow, final int bytes) {}

    /** Another host uses {@code address}, which is ours (RFC 5227 2.4). */
    default void addressConflict(final IpAddress address, final MacAddress other) {}
}
