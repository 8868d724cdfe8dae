package io.tapstack.tcp.congestion;

/**
 * The base of congestion controls that treat loss as congestion (RFC 5681). It keeps cwnd and ssthresh and implements
 * the common parts: slow start below ssthresh, the reduction after a loss or a mark, one segment after a timeout, the
 * undo of a spurious reduction, the restart after idle time, and {@linkplain WindowValidation validation} of an unused
 * window (RFC 7661). A subclass defines {@link #name()}, the growth above ssthresh ({@link #congestionAvoidance}) and
 * the reduction ({@link #reduced}); the other hooks have defaults.
 *
 * <p>Sizes are in bytes, times in nanoseconds of the stack's clock. One object belongs to one connection. All methods
 * are called with the lock of the stack held; they neither wait nor throw, and allocate nothing after the constructor.
 * An exception from a hook ends the stack.
 */
public abstract class LossBasedControl implements CongestionControl {

    static final int MAX_WINDOW = 1 << 30;

    private final WindowValidation validation = new WindowValidation();
    private int mss;
    private int cwnd;
    private int ssthresh = MAX_WINDOW; // RFC 5681 3.1: arbitrarily high
    private int initialWindow;

    // Before the last reduction, for undo().
    private int priorCwnd;
    private int priorSsthresh;

    @Override
    public final void established(final int segmentSize, final int initialWindowBytes) {
        mss = segmentSize;
        initialWindow = initialWindowBytes;
        cwnd = initialWindowBytes;
    }

    @Override
    public final void takeOver(final CongestionControl previous) {
        cwnd = Math.max(mss, previous.cwnd());
        ssthresh = Math.max(2 * mss, previous.ssthresh());
    }

    @Override
    public final void mss(final int segmentSize) {
        // The window keeps its size in bytes (RFC 1191 6.5 assumes one segment of a changed size).
        mss = segmentSize;
        cwnd = Math.max(cwnd, segmentSize);
    }

    @Override
    public final int cwnd() {
        return cwnd;
    }

    @Override
    public final int ssthresh() {
        return ssthresh;
    }

    @Override
    public final void acknowledged(final AckSample ack) {
        validation.acknowledged(ack, cwnd);
        if (validation.isPeriodOver(ack.nowNanos)) {
            // RFC 7661 4.4.1
            ssthresh = Math.max(ssthresh, threeQuarters(cwnd));
            cwnd = Math.max(cwnd / 2, initialWindow);
        }
        if (ack.inRecovery && !controlsRecovery() || ack.ecnEcho || ack.ackedBytes == 0) {
            return;
        }
        if (!ack.windowUsed) {
            windowUnused(ack);
        } else if (cwnd < ssthresh) {
            // At most one segment above ssthresh, however many bytes the ACK covers.
            cwnd = grown(Math.min(slowStart(ack), Math.max(mss, ssthresh - cwnd)));
        } else {
            cwnd = grown(congestionAvoidance(ack));
        }
    }

    @Override
    public final void lossDetected(final int flight, final long nowNanos) {
        reduce(validation.lossDetected(flight, cwnd), nowNanos);
        cwnd = windowAfterLoss();
    }

    @Override
    public final void congestionExperienced(final int flight, final boolean alternativeBackoff, final long nowNanos) {
        // RFC 3168 6.1.2: as for a single loss, unless RFC 8511 is enabled.
        final int volume = validation.lossDetected(flight, cwnd);
        reduce(volume, nowNanos);
        if (alternativeBackoff) {
            ssthresh = AlternativeBackoff.reduced(volume, betaEcn(), mss);
        }
        validation.restart();
        cwnd = ssthresh;
    }

    @Override
    public final void recovered(final int limit, final long nowNanos) {
        final int volume = validation.recovered();
        if (volume >= 0) {
            ssthresh = Math.min(ssthresh, reduced(volume));
        }
        cwnd = windowAfterRecovery(limit);
    }

    @Override
    public final void timedOut(final int flight, final boolean first, final long nowNanos) {
        // RFC 5681 3.1: another timeout of the same segment does not change ssthresh.
        if (first) {
            reduce(validation.lossDetected(flight, cwnd), nowNanos);
        }
        validation.restart();
        cwnd = mss;
        slowStartAfterTimeout();
    }

    @Override
    public final void undo(final long nowNanos) {
        // RFC 4015 3.2: restores the window, and keeps the growth since then.
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
        undone(nowNanos);
    }

    @Override
    public final void restartAfterIdle(final long idleNanos, final long rtoNanos) {
        // RFC 5681 4.1: RW = min(IW, cwnd). ssthresh keeps the old window, as in RFC 7661 4.4.1 after idle time.
        if (ssthresh < MAX_WINDOW) {
            ssthresh = Math.max(ssthresh, threeQuarters(cwnd));
        }
        cwnd = Math.min(initialWindow, cwnd);
        validation.restart();
        idle(idleNanos);
    }

    // ---- Hooks of a subclass

    /**
     * Returns the growth of the window for this ACK below ssthresh, in bytes; by default RFC 5681 3.1 with RFC 3465
     * 2.2. The base limits it to the rest up to ssthresh, and to one segment at least.
     *
     * @param ack valid during the call only
     */
    protected int slowStart(final AckSample ack) {
        return SlowStart.growth(ack.ackedBytes, mss);
    }

    /**
     * Returns the growth of the window for this ACK at or above ssthresh, in bytes, 0 or more. It is not called in
     * recovery, in the round trip after a mark, or while the application does not fill the window.
     *
     * @param ack valid during the call only
     */
    protected abstract int congestionAvoidance(AckSample ack);

    /**
     * Returns the new ssthresh after a loss, an ECN echo or a timeout with {@code flight} bytes in the network, at
     * least two segments (RFC 5681 3.1, equation 4). It changes no state, as it may be called twice for one loss.
     *
     * @param flight bytes in the network, or the bytes for which the window was validated (RFC 7661 4.4.2)
     */
    protected abstract int reduced(int flight);

    /**
     * beta_ecn: the part of the window that remains after a mark with alternative backoff (RFC 8511), between 0 and 1;
     * 0.8 by default.
     */
    protected double betaEcn() {
        return AlternativeBackoff.STANDARD;
    }

    /** Returns the window at the start of fast recovery, after the reduction of ssthresh; ssthresh by default. */
    protected int windowAfterLoss() {
        return ssthresh;
    }

    /**
     * Returns the window after fast recovery, with {@code flight} bytes in the network. The default is at most one
     * segment more than that, so that no burst follows (RFC 6582 3.2 step 3, option 1).
     */
    protected int windowAfterRecovery(final int flight) {
        return Math.min(ssthresh, Math.max(flight, mss) + mss);
    }

    /** A reduction follows; {@link #cwnd()} still has the old value. Does nothing by default. */
    protected void reducing(final long nowNanos) {}

    /** The last reduction was spurious and is undone (RFC 4015). Does nothing by default. */
    protected void undone(final long nowNanos) {}

    /** A timeout has set cwnd to one segment. Does nothing by default. */
    protected void slowStartAfterTimeout() {}

    /** An ACK has arrived while the window did not limit the sender. Does nothing by default. */
    protected void windowUnused(final AckSample ack) {}

    /**
     * The connection has sent nothing for {@code idleNanos}, and cwnd is the initial window again. Does nothing by
     * default.
     */
    protected void idle(final long idleNanos) {}

    // ---- State for the hooks

    /** The segment size without headers, in bytes. */
    protected final int mss() {
        return mss;
    }

    /** Ends slow start: ssthresh becomes cwnd. */
    protected final void endSlowStart() {
        ssthresh = cwnd;
    }

    /** True before the first reduction: ssthresh is arbitrarily high (RFC 5681 3.1). */
    protected final boolean hasNeverLost() {
        return ssthresh == MAX_WINDOW;
    }

    private void reduce(final int flight, final long nowNanos) {
        priorCwnd = cwnd;
        priorSsthresh = ssthresh;
        reducing(nowNanos);
        ssthresh = reduced(flight);
    }

    private int grown(final int bytes) {
        return Math.min(MAX_WINDOW, cwnd + bytes);
    }

    private static int threeQuarters(final int bytes) {
        return bytes - bytes / 4;
    }
}
