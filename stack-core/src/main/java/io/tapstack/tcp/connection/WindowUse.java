package io.tapstack.tcp.connection;

import io.tapstack.wire.SequenceNumber;

/**
 * Tells whether the congestion window limited the sender, so that an ACK may increase it: an unused window says nothing
 * about the capacity of the network (RFC 7661 4.1). An ACK acknowledges data of a round trip ago, so the largest flight
 * since then counts: nine segments acknowledged one by one prove nine segments, up to the last ACK.
 *
 * <p>In slow start the window grows to twice the largest flight, as on Linux.
 */
final class WindowUse {

    private final ControlBlock tcb;
    private int largestFlight;
    private int end;

    WindowUse(final ControlBlock tcb) {
        this.tcb = tcb;
        this.end = tcb.iss;
    }

    /**
     * An ACK has arrived, and SND.UNA has moved.
     *
     * @param flight bytes in the network before the ACK
     * @return true if the window was used, so that it may grow
     */
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
