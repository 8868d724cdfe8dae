package io.tapstack.tcp.congestion;

/**
 * What the congestion controls that listen to losses have in common: the window and its threshold, slow start below it,
 * a reduction when something is lost, one segment after a timeout, the restart after silence, and
 * {@linkplain WindowValidation validation} of what is not used. How they grow above the threshold, and how much they
 * give way, is each one's own.
 */
abstract class LossBasedControl implements CongestionControl {

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
    public final void recovered(final int flight, final long nowNanos) {
        final int volume = validation.recovered();
        if (volume >= 0) {
            ssthresh = Math.min(ssthresh, reduced(volume));
        }
        cwnd = windowAfterRecovery(flight);
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

    // ---- What differs

    /** By how many bytes the window grows with this ACK, below ssthresh. */
    int slowStart(final AckSample ack) {
        return SlowStart.growth(ack.ackedBytes, mss);
    }

    /** By how many bytes the window grows with this ACK, at ssthresh or above. */
    abstract int congestionAvoidance(AckSample ack);

    /** What is left of {@code flight} bytes after a loss, two segments at least. */
    abstract int reduced(int flight);

    /** What a mark leaves of the window, of one, by {@link AlternativeBackoff}. */
    double betaEcn() {
        return AlternativeBackoff.STANDARD;
    }

    /** The window at the start of fast recovery, when ssthresh has been reduced. */
    int windowAfterLoss() {
        return ssthresh;
    }

    /** The window after fast recovery, with {@code flight} bytes in the network. */
    int windowAfterRecovery(final int flight) {
        // RFC 6582 3.2 step 3, option (1): not a burst of everything that the window allows at once.
        return Math.min(ssthresh, Math.max(flight, mss) + mss);
    }

    /** A reduction is about to happen. */
    abstract void reducing(long nowNanos);

    /** The last reduction did not happen after all. */
    void undone(final long nowNanos) {}

    /** cwnd is one segment, after a timeout. */
    void slowStartAfterTimeout() {}

    /** An ACK came while the window was not what held the sender back. */
    void windowUnused(final AckSample ack) {}

    /** Nothing was sent for so long. */
    void idle(final long idleNanos) {}

    final int mss() {
        return mss;
    }

    /** The window is as large as it should be: slow start ends here. */
    final void endSlowStart() {
        ssthresh = cwnd;
    }

    final boolean hasNeverLost() {
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
