package io.tapstack.tcp.congestion;

/** The states of {@link Bbr} and their gains (draft-ietf-ccwg-bbr 3.3 and 5.6.1). */
enum BbrState {
    /** Doubles the rate each round trip until the bandwidth stops growing: 4 ln 2 is the least gain that does. */
    STARTUP(2.77, 2),
    /** Drains the queue that Startup has built. */
    DRAIN(0.5, 2),
    /**
     * First phase of a bandwidth probe: sends below the bandwidth, so that the queue drains and other flows find room.
     */
    PROBE_BW_DOWN(0.9, 2),
    /** Sends at the rate of the model, with some headroom, until the next probe. */
    PROBE_BW_CRUISE(1, 2),
    /** Fills the pipe for one round trip, so that the next phase meets no slack. */
    PROBE_BW_REFILL(1, 2),
    /** Sends above the bandwidth until the queue grows or a loss occurs. */
    PROBE_BW_UP(1.25, 2.25),
    /** Keeps almost nothing in flight, to measure the round trip without a queue. */
    PROBE_RTT(1, 0.5);

    /** Pacing rate, as a multiple of the estimated bandwidth. */
    final double pacingGain;

    /** Window, as a multiple of the estimated bandwidth-delay product. */
    final double cwndGain;

    BbrState(final double pacingGain, final double cwndGain) {
        this.pacingGain = pacingGain;
        this.cwndGain = cwndGain;
    }

    boolean isProbeBw() {
        return switch (this) {
            case PROBE_BW_DOWN, PROBE_BW_CRUISE, PROBE_BW_REFILL, PROBE_BW_UP -> true;
            default -> false;
        };
    }

    /** True in the states that probe by sending more: losses are expected there, and do not lower the model at once. */
    boolean isAccelerating() {
        return this == STARTUP || this == PROBE_BW_REFILL || this == PROBE_BW_UP;
    }
}
