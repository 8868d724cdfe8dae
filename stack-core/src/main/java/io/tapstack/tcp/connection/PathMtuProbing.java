package io.tapstack.tcp.connection;

import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.wire.SequenceNumber;

/**
 * Packetization Layer Path MTU Discovery (RFC 4821): a connection that gets no word from routers tries by itself how
 * large a segment may be. Now and then a segment of new data is sent larger than the others, as a probe. If it is
 * acknowledged, all may be as large; if it is lost while those behind it arrive, that size is too large, and the loss
 * says nothing about congestion (7.6). The sizes between are searched by halving.
 *
 * <p>All sizes are bytes of payload. The search goes from {@code low}, which is what segments have, to {@code high}, at
 * most what the peer takes and the first link has room for.
 */
final class PathMtuProbing {

    /** There is nothing to probe now. */
    static final int NONE = 0;

    /** A probe waits for room in the window; nothing else is sent meanwhile. */
    static final int HOLD = -1;

    /** 7.2: what may be sent before anything is known, as net.ipv4.tcp_base_mss of Linux. */
    static final int BASE_BYTES = 1_024;

    /**
     * No link that matters takes less than 576 bytes. Linux goes down to 48, and stays there for long after an outage.
     */
    static final int FLOOR_BYTES = 512;

    /**
     * 7.7: so many timeouts in a row of the same full segment mean that its size may be the reason (tcp_retries1 of
     * Linux).
     */
    static final int BLACK_HOLE_TIMEOUTS = 3;

    /** 7.4: how long the result stands before something larger is tried again. */
    static final long INTERVAL_NANOS = 600_000_000_000L;

    /** Closer than this the search is over. */
    private static final int PRECISION = 8;

    /** So many segments have to follow the probe, or its loss would not be noticed (7.4). */
    private static final int FOLLOWERS = 4;

    private final ControlBlock tcb;
    private boolean active;
    private int ceiling;
    private int low;
    private int high;
    private boolean highFailed;
    private boolean finished;
    private long finishedAt;

    private boolean outstanding;
    private int probeStart;
    private int probeEnd;

    PathMtuProbing(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** @param largest what the peer and the path allow. @return what segments may have */
    int limit(final int largest) {
        if (!active && tcb.config.mtuProbing() == MtuProbingMode.ON) {
            start();
        }
        if (ceiling != largest) {
            high = high == ceiling || high > largest ? largest : high;
            highFailed &= high < largest;
            ceiling = largest;
        }
        return active ? Math.min(low, largest) : largest;
    }

    private void start() {
        active = true;
        low = BASE_BYTES;
        searchAgain();
    }

    private void searchAgain() {
        high = ceiling;
        highFailed = false;
        finished = false;
    }

    /**
     * Asked before new data is sent.
     *
     * @return size of a probe that may go out now, {@link #HOLD} or {@link #NONE}
     */
    int next(final int unsent, final int peerSpace, final int congestionSpace, final long nowNanos) {
        if (!active || outstanding || tcb.recovery.inRecovery() || isFinished(nowNanos)) {
            return NONE;
        }
        // The largest first: most paths take it. Then the middle.
        final int size = highFailed ? low + (high - low) / 2 : high;
        final int needed = size + FOLLOWERS * tcb.mss;
        if (unsent < needed || tcb.sndWnd < needed || tcb.congestion.cwnd() < needed) {
            return NONE;
        }
        // What is in flight keeps on being acknowledged, which makes room.
        return peerSpace < needed || congestionSpace < size ? HOLD : size;
    }

    private boolean isFinished(final long nowNanos) {
        if (finished && nowNanos - finishedAt >= INTERVAL_NANOS) {
            searchAgain();
        }
        if (!finished && high - low < (highFailed ? PRECISION : 1)) {
            finished = true;
            finishedAt = nowNanos;
        }
        return finished;
    }

    /** A probe went out. */
    void sent(final int seq, final int length) {
        outstanding = true;
        probeStart = seq;
        probeEnd = seq + length;
    }

    /** SND.UNA has moved. */
    void acknowledged() {
        if (outstanding && SequenceNumber.greaterOrEqual(tcb.sndUna, probeEnd)) {
            // 7.6.1: a probe that arrived
            outstanding = false;
            low = Math.max(low, probeEnd - probeStart);
            tcb.segmentSize.update();
        }
    }

    /**
     * A loss was found, and what starts at SND.UNA has to be sent again.
     *
     * @return true if that is the probe: the congestion window stays as it is (7.6.2)
     */
    boolean explainsLoss() {
        if (!outstanding) {
            return false;
        }
        // 7.6.4: if something else is lost, nothing is known about the probe.
        outstanding = false;
        return failed();
    }

    private boolean failed() {
        if (probeStart != tcb.sndUna) {
            return false;
        }
        high = probeEnd - probeStart - 1;
        highFailed = true;
        return true;
    }

    /** The retransmission timer has expired; {@link TcpConnection#timeouts} times before, for the same data. */
    void timedOut() {
        if (outstanding) {
            outstanding = false;
            failed();
            return;
        }
        final boolean full = tcb.queueEnd() - tcb.sndUna >= tcb.mss && tcb.sndNxt - tcb.sndUna >= tcb.mss;
        final boolean blackHole = full && tcb.sndWnd > 0 && tcb.timeouts + 1 >= BLACK_HOLE_TIMEOUTS;
        if (!blackHole || tcb.config.mtuProbing() == MtuProbingMode.OFF || tcb.mss <= FLOOR_BYTES) {
            return;
        }
        if (active) {
            low = Math.max(FLOOR_BYTES, Math.min(BASE_BYTES, low / 2));
            searchAgain();
        } else {
            start();
            low = tcb.mss > BASE_BYTES ? BASE_BYTES : Math.max(FLOOR_BYTES, tcb.mss / 2);
        }
        tcb.segmentSize.update();
    }
}
