package io.tapstack.tcp.congestion;

/**
 * How long {@link BbrState#PROBE_RTT} lasts (draft-ietf-ccwg-bbr 5.3.4.3): 200 ms and a round trip, from when next to
 * nothing is in flight.
 */
final class ProbeRttStay {

    static final long DURATION_NANOS = 200_000_000L;

    private boolean timed;
    private long end;
    private boolean roundOver;

    /** The state is entered. */
    void begin() {
        timed = false;
        roundOver = false;
    }

    /**
     * Takes in an ACK.
     *
     * @param drained whether next to nothing is in flight
     * @return true if the time starts with it
     */
    boolean update(final boolean drained, final boolean roundStart, final long nowNanos) {
        if (timed) {
            roundOver |= roundStart;
            return false;
        }
        timed = drained;
        end = nowNanos + DURATION_NANOS;
        return timed;
    }

    /** True if it has been long enough; without ACKs, by time alone. */
    boolean isOver(final long nowNanos) {
        return timed && nowNanos - end > 0;
    }

    /** True if a round trip has passed. */
    boolean isRoundOver() {
        return roundOver;
    }
}
