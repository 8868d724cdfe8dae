package io.tapstack.tcp.congestion;

/**
 * The duration of {@link BbrState#PROBE_RTT} (draft-ietf-ccwg-bbr 5.3.4.3): 200 ms and a round trip, from the time at
 * which the flight is small.
 */
final class ProbeRttStay {

    static final long DURATION_NANOS = 200_000_000L;

    private boolean timed;
    private long end;
    private boolean roundOver;

    /** Enters the state. */
    void begin() {
        timed = false;
        roundOver = false;
    }

    /**
     * Processes an ACK.
     *
     * @param drained whether the flight is small
     * @return true if the duration starts with this ACK
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

    /** True if the duration has passed; without ACKs, by time alone. */
    boolean isOver(final long nowNanos) {
        return timed && nowNanos - end > 0;
    }

    /** True if a round trip has passed. */
    boolean isRoundOver() {
        return roundOver;
    }
}
