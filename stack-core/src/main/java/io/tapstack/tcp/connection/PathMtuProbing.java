package io.tapstack.tcp.connection;

import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * Packetization Layer Path MTU Discovery (RFC 4821), for a path whose routers send no messages: at times a segment of
 * new data is larger than the others, as a probe. An acknowledged probe raises the segment size. A probe that is lost
 * alone is too large, and its loss is no sign of congestion (7.6).
 *
 * <p>All sizes are bytes of payload. The search halves the range from {@code low}, the size of segments, to
 * {@code high}, at most the limit of the peer and of the first link.
 */
final class PathMtuProbing {

    /** No probe is due. */
    static final int NONE = 0;

    /** A probe waits for room in the window, and new data waits for the probe. */
    static final int HOLD = -1;

    /** 7.2: initial size of the search, as net.ipv4.tcp_base_mss of Linux, unless every link takes more. */
    static final int BASE_BYTES = 1_024;

    /**
     * Smallest size: links in use take at least 576 bytes of IPv4. Linux goes down to 48, and stays there for long
     * after an outage.
     */
    static final int FLOOR_BYTES = 512;

    /**
     * 7.7: timeouts in a row of the same full segment after which its size is taken for the cause (tcp_retries1 of
     * Linux).
     */
    static final int BLACK_HOLE_TIMEOUTS = 3;

    /** 7.4: time until a larger size is tried again. */
    static final long INTERVAL_NANOS = 600_000_000_000L;

    /** The search ends when the range is smaller than this. */
    private static final int PRECISION = 8;

    /** Segments that have to follow a probe, so that its loss is detected (7.4). */
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

    /**
     * Limits the size of segments to the result of the search.
     *
     * @param largest largest payload that the peer and the path allow
     * @return payload of a full segment
     */
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
        low = base();
        searchAgain();
    }

    private int base() {
        return Math.max(BASE_BYTES, everywhere());
    }

    private int floor() {
        return Math.max(FLOOR_BYTES, everywhere());
    }

    /** The segment that every link carries: no search needs to go below it. */
    private int everywhere() {
        return tcb.path.leastMtu() - tcb.path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
    }

    private void searchAgain() {
        high = ceiling;
        highFailed = false;
        finished = false;
    }

    /**
     * Decides on a probe before new data is sent.
     *
     * @return size of a probe to send now, {@link #HOLD} or {@link #NONE}
     */
    int next(final int unsent, final int peerSpace, final int congestionSpace, final long nowNanos) {
        if (!active || outstanding || tcb.recovery.inRecovery() || isFinished(nowNanos)) {
            return NONE;
        }
        // The largest size is first, as most paths take it; then the middle of the range.
        final int size = highFailed ? low + (high - low) / 2 : high;
        final int needed = size + FOLLOWERS * tcb.mss;
        if (unsent < needed || tcb.sndWnd < needed || tcb.congestion.cwnd() < needed) {
            return NONE;
        }
        // ACKs of the flight will make room.
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

    /** A probe was sent. */
    void sent(final int seq, final int length) {
        outstanding = true;
        probeStart = seq;
        probeEnd = seq + length;
    }

    /** SND.UNA has moved. */
    void acknowledged() {
        if (outstanding && SequenceNumber.greaterOrEqual(tcb.sndUna, probeEnd)) {
            // 7.6.1: the probe was acknowledged
            outstanding = false;
            low = Math.max(low, probeEnd - probeStart);
            tcb.segmentSize.update();
        }
    }

    /**
     * A loss was detected at SND.UNA.
     *
     * @return true if the probe is lost: the congestion window stays as it is (7.6.2)
     */
    boolean explainsLoss() {
        if (!outstanding) {
            return false;
        }
        // 7.6.4: if another segment is lost, the result of the probe is unknown.
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

    /**
     * The retransmission timer has expired, after {@link ControlBlock#timeouts} timeouts in a row for the same data.
     */
    void timedOut() {
        if (outstanding) {
            outstanding = false;
            failed();
            return;
        }
        final boolean full = tcb.queueEnd() - tcb.sndUna >= tcb.mss && tcb.sndNxt - tcb.sndUna >= tcb.mss;
        final boolean blackHole = full && tcb.sndWnd > 0 && tcb.timeouts + 1 >= BLACK_HOLE_TIMEOUTS;
        if (!blackHole || tcb.config.mtuProbing() == MtuProbingMode.OFF || tcb.mss <= floor()) {
            return;
        }
        if (active) {
            low = Math.max(floor(), Math.min(base(), low / 2));
            searchAgain();
        } else {
            start();
            low = tcb.mss > base() ? base() : Math.max(floor(), tcb.mss / 2);
        }
        tcb.segmentSize.update();
    }
}
