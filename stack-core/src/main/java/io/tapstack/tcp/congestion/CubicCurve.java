package io.tapstack.tcp.congestion;

/**
 * The growth of CUBIC's window in congestion avoidance (RFC 9438 4.1 to 4.5): W_cubic, a cubic function of the time
 * since the epoch began, and W_est, the window of Reno. Windows are in bytes (RFC 9438 has segments), time in seconds.
 */
final class CubicCurve {

    static final double C = 0.4;
    static final double BETA = 0.7;
    /** 4.3: the increase with which Reno's average window equals that of beta 1/2 and increase 1. */
    static final double ALPHA = 3 * (1 - BETA) / (1 + BETA);

    private static final double NANOS_PER_SECOND = 1e9;

    private boolean begun;
    private long epochStart;
    private double wMax;
    private double k;
    private double wEst;
    private double cwndPrior;

    /** Ends the epoch at a reduction of {@code cwnd} for congestion (4.6, 4.7). */
    void reduced(final int cwnd) {
        // 4.7, fast convergence: a flow that does not reach its last W_max leaves room for others.
        wMax = cwnd < wMax ? cwnd * (1 + BETA) / 2 : cwnd;
        cwndPrior = cwnd;
        begun = false;
    }

    /**
     * Makes the window at the start of the epoch its plateau, after a timeout (4.8) and after a slow start without loss
     * (4.10).
     */
    void plateauAtStart() {
        wMax = 0;
        begun = false;
    }

    /** Starts a new epoch without the time before. */
    void restart() {
        begun = false;
    }

    /** RFC 9438 5.8: excludes time in which the window was not used. */
    void pause(final long nanos) {
        epochStart += nanos;
    }

    /** Returns the growth of the window for {@code acked} bytes, in bytes. */
    double growth(final int acked, final int cwnd, final int mss, final long nowNanos, final long rttNanos) {
        if (!begun) {
            begin(cwnd, mss, nowNanos);
        }
        final double t = (nowNanos - epochStart) / NANOS_PER_SECOND;
        // 4.3: W_est grows by one segment per round trip once it reaches cwnd before the reduction.
        final double alpha = wEst >= cwndPrior ? 1 : ALPHA;
        wEst += alpha * acked / cwnd * mss;
        if (wCubic(t, mss) < wEst) {
            return Math.max(0, wEst - cwnd);
        }
        // 4.4 and 4.5: grows towards the curve one round trip ahead, by at most a half.
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

    /** Copies the state of {@code other}. */
    void copy(final CubicCurve other) {
        begun = other.begun;
        epochStart = other.epochStart;
        wMax = other.wMax;
        k = other.k;
        wEst = other.wEst;
        cwndPrior = other.cwndPrior;
    }
}
