package io.tapstack.tcp.congestion;

/** The states of {@link Bbr} and their gains (draft-ietf-ccwg-bbr 3.3 and 5.6.1). */
enum BbrState {
    /** Doubles the rate each round trip until the bandwidth grows no more: 4 ln 2 is the least that does. */
    STARTUP(2.77, 2),
    /** Lets the queue go that Startup has made. */
    DRAIN(0.5, 2),
    /** Probing bandwidth, first part: less than there is, so that the queue goes and others find room. */
    PROBE_BW_DOWN(0.9, 2),
    /** At the rate of the model, with some headroom, until it is time to probe. */
    PROBE_BW_CRUISE(1, 2),
    /** A round trip that fills the pipe, so that what comes next meets no slack. */
    PROBE_BW_REFILL(1, 2),
    /** More than there was, until the queue grows or something is lost. */
    PROBE_BW_UP(1.25, 2.25),
    /** Next to nothing in flight, to see the round trip without a queue. */
    PROBE_RTT(1, 0.5);

    /** Of the estimated bandwidth: the pacing rate. */
    final double pacingGain;

    /** Of the estimated bandwidth-delay product: the window. */
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

    /** True where losses are the answer to a question that was asked, and do not lower the model at once. */
    boolean isAccelerating() {
        return this == STARTUP || this == PROBE_BW_REFILL || this == PROBE_BW_UP;
    }
}
