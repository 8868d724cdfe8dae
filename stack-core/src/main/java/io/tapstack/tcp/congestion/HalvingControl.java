package io.tapstack.tcp.congestion;

/**
 * The window control of RFC 5681, which Tahoe, Reno and NewReno share: the window grows by one segment per round trip
 * and is halved after a loss.
 */
abstract class HalvingControl extends LossBasedControl {

    private final AdditiveIncrease increase = new AdditiveIncrease();

    @Override
    protected final int congestionAvoidance(final AckSample ack) {
        return increase.growth(ack.ackedBytes, cwnd(), mss());
    }

    /** RFC 5681 3.1, equation 4. */
    @Override
    protected final int reduced(final int flight) {
        return Math.max(flight / 2, 2 * mss());
    }

    @Override
    protected final void reducing(final long nowNanos) {
        increase.restart();
    }

    @Override
    protected final void slowStartAfterTimeout() {
        increase.restart();
    }

    @Override
    protected final void idle(final long idleNanos) {
        increase.restart();
    }
}
