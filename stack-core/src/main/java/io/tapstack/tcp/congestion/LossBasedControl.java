package io.tapstack.tcp.congestion;

/**
 * The base of congestion controls that take loss for congestion (RFC 5681). It keeps cwnd and ssthresh and does what
 * all of them do: slow start below ssthresh, a reduction after a loss or a mark, one segment after a timeout, undoing a
 * reduction that was spurious, the restart after silence, and {@linkplain WindowValidation validation} of a window that
 * is not used (RFC 7661). A subclass has a {@link #name()} and says how the window grows above ssthresh
 * ({@link #congestionAvoidance}) and how much of it is left after a loss ({@link #reduced}); the other hooks have
 * defaults.
 *
 * <p>Sizes in bytes, times in nanoseconds of the stack's clock. One object belongs to one connection. All methods are
 * called with the lock of the stack held; they neither wait nor throw, and allocate nothing after the constructor. An
 * exception that a hook throws ends the stack.
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
        // The window stays what it is in bytes (RFC 1191 6.5 has one segment of a changed size in mind).
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
            // At most one segment over ssthresh, however much the ACK stands for.
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
        // RFC 3168 6.1.2: as for a single loss, unless RFC 8511 is asked for.
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
        // RFC 5681 3.1: a segment that times out again leaves ssthresh alone.
        if (first) {
            reduce(validation.lossDetected(flight, cwnd), nowNanos);
        }
        validation.restart();
        cwnd = mss;
        slowStartAfterTimeout();
    }

    @Override
    public final void undo(final long nowNanos) {
        // RFC 4015 3.2: as if nothing had happened, but for what cwnd has grown by since then.
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
        undone(nowNanos);
    }

    @Override
    public final void restartAfterIdle(final long idleNanos, final long rtoNanos) {
        // RFC 5681 4.1: RW = min(IW, cwnd). What the window was is remembered in ssthresh, as RFC 7661 4.4.1 does
        // after a silence.
        if (ssthresh < MAX_WINDOW) {
            ssthresh = Math.max(ssthresh, threeQuarters(cwnd));
        }
        cwnd = Math.min(initialWindow, cwnd);
        validation.restart();
        idle(idleNanos);
    }

    // ---- Hooks: what differs

    /**
     * By how many bytes the window grows with this ACK, below ssthresh: as RFC 5681 3.1 and RFC 3465 2.2 say, unless
     * overridden. The base adds at most as much as is left to ssthresh, and at least one segment.
     *
     * @param ack valid during the call only
     */
    protected int slowStart(final AckSample ack) {
        return SlowStart.growth(ack.ackedBytes, mss);
    }

    /**
     * By how many bytes the window grows with this ACK, at ssthresh or above, 0 or more. Not called during recovery,
     * nor in the round trip after a mark, nor while the application does not fill the window.
     *
     * @param ack valid during the call only
     */
    protected abstract int congestionAvoidance(AckSample ack);

    /**
     * The new ssthresh after a loss, an ECN echo or a timeout: what is left of {@code flight} bytes, two segments at
     * least (RFC 5681 3.1, equation 4). Changes nothing: it may be called twice for one loss.
     *
     * @param flight bytes in the network, or that the window was validated for (RFC 7661 4.4.2)
     */
    protected abstract int reduced(int flight);

    /** The part of the window that a mark leaves, between 0 and 1, if alternative backoff is on (RFC 8511): 0.8. */
    protected double betaEcn() {
        return AlternativeBackoff.STANDARD;
    }

    /** The window at the start of fast recovery, when ssthresh has been reduced: ssthresh. */
    protected int windowAfterLoss() {
        return ssthresh;
    }

    /**
     * The window after fast recovery, with {@code flight} bytes in the network: at most a segment more than that, so
     * that no burst follows (RFC 6582 3.2 step 3, option 1).
     */
    protected int windowAfterRecovery(final int flight) {
        return Math.min(ssthresh, Math.max(flight, mss) + mss);
    }

    /** A reduction is about to happen; {@link #cwnd()} is what it was. Does nothing unless overridden. */
    protected void reducing(final long nowNanos) {}

    /** The last reduction was spurious and is undone (RFC 4015). Does nothing unless overridden. */
    protected void undone(final long nowNanos) {}

    /** cwnd is one segment, after a timeout. Does nothing unless overridden. */
    protected void slowStartAfterTimeout() {}

    /** An ACK came while the window was not what held the sender back. Does nothing unless overridden. */
    protected void windowUnused(final AckSample ack) {}

    /** Nothing was sent for {@code idleNanos}, and cwnd is the initial window again. Does nothing unless overridden. */
    protected void idle(final long idleNanos) {}

    // ---- For the hooks

    /** The segment size, without headers. */
    protected final int mss() {
        return mss;
    }

    /** Ends slow start here: ssthresh becomes cwnd. */
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
