package io.tapstack.tcp.congestion;

/**
 * RFC 5681: slow start, congestion avoidance, and the halving of the window on a loss.
 *
 * <ul>
 *   <li>slow start: cwnd grows by what is acknowledged, at most one segment an ACK (3.1, equation 2);
 *   <li>congestion avoidance: one segment a round trip, by counting bytes (3.1, and RFC 3465);
 *   <li>3 duplicate ACKs: ssthresh = max(flight / 2, 2 segments) (3.2, equation 4), cwnd = ssthresh;
 *   <li>timeout: the same ssthresh, cwnd = 1 segment.
 * </ul>
 */
public final class Reno implements CongestionControl {

    private static final int MAX_WINDOW = 1 << 30;

    private int mss;
    private int cwnd;
    private int ssthresh = MAX_WINDOW;
    private int initialWindow;
    private int bytesAcked;

    // Before the last reduction, for undo().
    private int priorCwnd;
    private int priorSsthresh;

    @Override
    public String name() {
        return "reno";
    }

    @Override
    public void established(final int segmentSize, final int initialWindowBytes) {
        mss = segmentSize;
        initialWindow = initialWindowBytes;
        cwnd = initialWindowBytes;
    }

    @Override
    public void mss(final int segmentSize) {
        // A window in segments stays what it was (RFC 1191 6.5 has one segment of a changed size in mind).
        mss = segmentSize;
        cwnd = Math.max(cwnd, segmentSize);
    }

    @Override
    public int cwnd() {
        return cwnd;
    }

    @Override
    public int ssthresh() {
        return ssthresh;
    }

    @Override
    public void acknowledged(final AckSample ack) {
        final int bytes = ack.ackedBytes;
        if (bytes == 0 || ack.inRecovery || ack.ecnEcho || !ack.windowUsed) {
            return;
        }
        if (cwnd < ssthresh) {
            // RFC 3465 2.2 with L = 2: an ACK stands for two segments when the peer delays its ACKs. A device that
            // joins segments makes the
            // peer's ACKs stand for many more, so the limit is on growth per ACK, not on what is counted as delivered.
            cwnd = grow(Math.min(bytes, Math.max(2 * mss, bytes / 2)));
            return;
        }
        bytesAcked += bytes;
        if (bytesAcked >= cwnd) {
            bytesAcked -= cwnd;
            cwnd = grow(mss);
        }
    }

    @Override
    public void lossDetected(final int flight, final long nowNanos) {
        remember();
        ssthresh = halfOf(flight);
        cwnd = ssthresh;
        bytesAcked = 0;
    }

    @Override
    public void recovered(final int flight, final long nowNanos) {
        // RFC 6582 3.2 step 3, option (1): not a burst of everything that the window allows at once.
        cwnd = Math.min(ssthresh, Math.max(flight, mss) + mss);
    }

    @Override
    public void timedOut(final int flight, final boolean first, final long nowNanos) {
        // RFC 5681 3.1: a segment that times out again leaves ssthresh alone.
        if (first) {
            remember();
            ssthresh = halfOf(flight);
        }
        cwnd = mss;
        bytesAcked = 0;
    }

    @Override
    public void undo(final long nowNanos) {
        // RFC 4015 3.2: as if nothing had happened, but for what cwnd has grown by since then.
        cwnd = Math.max(cwnd, priorCwnd);
        ssthresh = Math.max(ssthresh, priorSsthresh);
    }

    @Override
    public void restartAfterIdle(final long idleNanos, final long rtoNanos) {
        cwnd = Math.min(initialWindow, cwnd);
        bytesAcked = 0;
    }

    private void remember() {
        priorCwnd = cwnd;
        priorSsthresh = ssthresh;
    }

    private int halfOf(final int flight) {
        return Math.max(flight / 2, 2 * mss);
    }

    private int grow(final int bytes) {
        return Math.min(MAX_WINDOW, cwnd + bytes);
    }
}
