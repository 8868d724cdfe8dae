package io.tapstack.tcp;

import io.tapstack.wire.SequenceNumber;

/**
 * Whether the congestion window was used. One that was not says nothing about what the network can take, and is not to grow (RFC 7661 4.1 has the
 * thought in full); it was if it held the sender back, or if more than half of it was in flight at once. In slow start it so grows to twice of what was sent, though the
 * last ACKs of a flight find next to nothing in the network any more. It counts for the flight in which it was seen (Linux: tcp_cwnd_validate).
 */
final class WindowUse {

    private int flightEnd;
    private int mostInFlight;
    private boolean limited;

    WindowUse(final int iss) {
        this.flightEnd = iss;
    }

    /**
     * All was sent that could be sent.
     *
     * @param heldBack true if there was more to send, and the congestion window did not let it go, or nothing is left of it
     */
    void sent(final int sndUna, final int sndNxt, final boolean heldBack) {
        final int inFlight = sndNxt - sndUna;
        final boolean flightIsOver = SequenceNumber.greaterOrEqual(sndUna, flightEnd);
        if (flightIsOver || heldBack || !limited && inFlight > mostInFlight) {
            limited = heldBack;
            mostInFlight = inFlight;
            flightEnd = sndNxt;
        }
    }

    /** True if {@code cwnd} bytes were needed for what was sent. */
    boolean isUsed(final int cwnd) {
        return limited || 2L * mostInFlight > cwnd;
    }
}
