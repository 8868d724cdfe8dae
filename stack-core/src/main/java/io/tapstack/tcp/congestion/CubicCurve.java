package io.tapstack.tcp.congestion;

/**
 * How CUBIC's window grows in congestion avoidance (RFC 9438 4.1 to 4.5): W_cubic, a cubic function of the time since
 * the epoch began, and beside it W_est, what Reno would have. Windows in bytes, which RFC 9438 has in segments; time in
 * seconds.
 */
final class CubicCurve {

    static final double C = 0.4;
    static final double BETA = 0.7;
    /** 4.3: with this increase Reno's average window would be the same as with beta of 1/2 and an increase of 1. */
    static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

    private static final double NANOS_PER_SECOND = 1e9;

    private boolean begun;
    private long epochStart;
    private double wMax;
    private double k;
    private double wEst;
    private double cwndPrior;

    /** A reduction of {@code cwnd} because of congestion: the epoch is over (4.6, 4.7). */
    void reduced(final int cwnd) {
        // 4.7, fast convergence: a flow that does not get back to where it was leaves room for others.
        wMax = cwnd < wMax ? cwnd * (1 + BETA) / 2 : cwnd;
        cwndPrior = cwnd;
        begun = false;
    }

    /**
     * 4.8: after a timeout, and 4.10: after a slow start without loss, the window where the epoch begins is its
     * plateau.
     */
    void plateauAtStart() {
        wMax = 0;
        begun = false;
    }

    /** What went before is no part of the epoch to come. */
    void restart() {
        begun = false;
    }

    /** RFC 9438 5.8: time in which the window was not used does not count. */
    void pause(final long nanos) {
        epochStart += nanos;
    }

    /** By how much, in bytes, the window grows with an ACK for {@code acked} bytes. */
    double growth(final int acked, final int cwnd, final int mss, final long nowNanos, final long rttNanos) {
        if (!begun) {
            begin(cwnd, mss, nowNanos);
        }
        final double t = (nowNanos - epochStart) / NANOS_PER_SECOND;
        // 4.3: once Reno is back where it was before the reduction, it grows by one segment a round trip again.
        final double alpha = wEst >= cwndPrior ? 1 : ALPHA;
        wEst += alpha * acked / cwnd * mss;
        if (wCubic(t, mss) < wEst) {
            return Math.max(0, wEst - cwnd);
        }
        // 4.4 and 4.5: towards where the curve is in a round trip, but by no more than a half.
        final double target = Math.min(wCubic(t + rttNanos / NANOS_PER_SECOND, mss), 1.5 * cwnd);
        return Math.max(0, target - cwnd) * Math.min(1, (double) acked / cwnd);
    }

    /** 4.2, figure 1. */
    double wCubic(final double t, final int mss) {
        final double distance = t - k;
        return C * mss * distance * distance * distance + wMax;
    }

    /** 4.2, figure 2. */
    double k() {
        return k;
    }

    double wMax() {
        return wMax;
    }

    private void begin(final int cwnd, final int mss, final long nowNanos) {
        begun = true;
        epochStart = nowNanos;
        wEst = cwnd;
        if (wMax <= cwnd) {
            wMax = cwnd;
            k = 0;
            cwndPrior = Math.max(cwndPrior, cwnd);
        } else {
            k = Math.cbrt((wMax - cwnd) / (C * mss));
        }
    }

    /** Becomes what {@code other} is. */
    void copy(final CubicCurve other) {
        begun = other.begun;
        epochStart = other.epochStart;
        wMax = other.wMax;
        k = other.k;
        wEst = other.wEst;
        cwndPrior = other.cwndPrior;
    }
}
