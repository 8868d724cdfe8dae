package io.tapstack.tcp.congestion;

import org.jspecify.annotations.Nullable;

/**
 * CUBIC (RFC 9438), the default: the window is a cubic function of the time since the last loss. It grows by time and
 * not by round trips, slowly around the window of the last loss, and at least as fast as Reno's.
 *
 * <ul>
 *   <li>slow start: the first by {@linkplain HyStartPlusPlus HyStart++} (RFC 9406), at most eight segments per ACK,
 *       until round trips grow or a loss occurs; later ones as in Reno;
 *   <li>congestion avoidance: {@link CubicCurve};
 *   <li>3 duplicate ACKs: ssthresh = cwnd = max(0.7 flight, 2 segments) (4.6), W_max = cwnd before, or less if cwnd has
 *       not reached the last W_max (4.7, fast convergence);
 *   <li>timeout: the same ssthresh, cwnd = 1 segment; the curve starts at its plateau after slow start (4.8);
 *   <li>a spurious loss or timeout: all state is restored, the curve included (4.9);
 *   <li>ECN: as for a loss, without the retransmission (4.6); with {@linkplain AlternativeBackoff RFC 8511} ssthresh =
 *       cwnd = max(0.85 flight, 2 segments), and W_max as for a loss;
 *   <li>an unused window neither grows nor ages (5.8).
 * </ul>
 */
public final class Cubic extends LossBasedControl {

    private final HyStartPlusPlus hyStart = new HyStartPlusPlus();
    private final CubicCurve curve = new CubicCurve();
    // Made with the first reduction.
    private @Nullable CubicCurve priorCurve;
    private double fraction; // of a byte that the window should be larger
    private long lastAckNanos;

    @Override
    public String name() {
        return "cubic";
    }

    @Override
    protected int slowStart(final AckSample ack) {
        if (!hasNeverLost()) {
            return super.slowStart(ack);
        }
        final int growth = hyStart.growth(ack, mss());
        if (hyStart.isDone()) {
            endSlowStart();
            curve.plateauAtStart();
        }
        return growth;
    }

    @Override
    protected int congestionAvoidance(final AckSample ack) {
        lastAckNanos = ack.nowNanos;
        final double growth = fraction + curve.growth(ack.ackedBytes, cwnd(), mss(), ack.nowNanos, ack.srttNanos);
        final int bytes = (int) growth;
        fraction = growth - bytes;
        return bytes;
    }

    @Override
    protected void windowUnused(final AckSample ack) {
        curve.pause(ack.nowNanos - lastAckNanos);
        lastAckNanos = ack.nowNanos;
    }

    @Override
    protected int reduced(final int flight) {
        return Math.max((int) (flight * CubicCurve.BETA), 2 * mss());
    }

    @Override
    protected double betaEcn() {
        return AlternativeBackoff.CUBIC;
    }

    @Override
    protected void reducing(final long nowNanos) {
        CubicCurve prior = priorCurve;
        if (prior == null) {
            prior = new CubicCurve();
            priorCurve = prior;
        }
        prior.copy(curve);
        curve.reduced(cwnd());
        fraction = 0;
    }

    @Override
    protected void undone(final long nowNanos) {
        final CubicCurve prior = priorCurve;
        if (prior != null) {
            curve.copy(prior);
        }
    }

    @Override
    protected void slowStartAfterTimeout() {
        curve.plateauAtStart();
    }

    @Override
    protected void idle(final long idleNanos) {
        curve.restart();
    }
}
