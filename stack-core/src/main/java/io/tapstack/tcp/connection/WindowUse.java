package io.tapstack.tcp.connection;

import io.tapstack.wire.SequenceNumber;

/**
 * Whether the congestion window was what held the sender back, so that an ACK may let it grow: a window that was not
 * used says nothing about what the network can take (RFC 7661 4.1 has the thought in full). An ACK acknowledges what
 * was sent a round trip ago, so it is the largest flight since then that counts, not what is left of it: nine segments
 * acknowledged one by one prove nine segments, to the last ACK.
 *
 * <p>In slow start the window grows to twice what was in flight, as on Linux.
 */
final class WindowUse {

    private final ControlBlock tcb;
    private int largestFlight;
    private int end;

    WindowUse(final ControlBlock tcb) {
        this.tcb = tcb;
        this.end = tcb.iss;
    }

    /** An ACK has come; {@code flight} bytes were in the network before it, and SND.UNA has moved already. */
    boolean isUsed(final int flight) {
        if (flight >= largestFlight) {
            largestFlight = flight;
            end = tcb.sndNxt;
        }
        final long cwnd = tcb.congestion.cwnd();
        final boolean used = tcb.cwndLimited
                || (tcb.congestion.cwnd() < tcb.congestion.ssthresh()
                        ? cwnd < 2L * largestFlight
                        : cwnd <= 2L * flight);
        if (SequenceNumber.greaterOrEqual(tcb.sndUna, end)) {
            largestFlight = 0;
        }
        return used;
    }
}
