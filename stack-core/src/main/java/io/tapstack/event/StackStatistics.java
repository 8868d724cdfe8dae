package io.tapstack.event;

/**
 * The counters of one stack, and its observer. The holder of the stack's lock writes the counters; another thread may
 * read them and sees values that were true a moment ago.
 */
public final class StackStatistics {

    private final long[] drops = new long[DropReason.values().length];
    private StackEvents observer = StackEvents.NONE;

    public long framesReceived;
    public long framesSent;

    /** Frames that were received here and passed on to the stack of another queue. */
    public long framesPassedOn;

    public long bytesReceived;
    public long bytesSent;
    public long segmentsReceived;
    public long segmentsSent;
    public long segmentsRetransmitted;

    /** Of those, tail loss probes (RFC 8985 7). */
    public long tailLossProbes;

    /** Recoveries that were undone as spurious (RFC 4015). */
    public long undoneRecoveries;

    /** Expiries of the retransmission timer for data (RFC 6298 5.4). */
    public long retransmissionTimeouts;

    /** Losses that were found before the timer expired, and started fast recovery (RFC 5681 3.2). */
    public long fastRecoveries;

    public long resetsSent;
    public long challengeAcks;

    /**
     * Data segments received with the mark "congestion experienced", and ACKs by which peers echo such marks (RFC
     * 3168).
     */
    public long congestionMarksReceived;

    public long congestionEchoesReceived;

    public long connectionsOpened;
    public long connectionsAccepted;
    public long connectionsAborted;

    /** Connections that were reset when their application closed them, because there were too many orphans. */
    public long orphansReset;

    /** Connections that were opened by a Fast Open cookie, with data in their SYN (RFC 7413). */
    public long fastOpens;

    /** SYN cookies: sent, returned, and returned but forged or too old. */
    public long synCookiesSent;

    public long synCookiesReceived;
    public long synCookiesFailed;

    /** Connections that left TIME-WAIT early because there were too many. */
    public long timeWaitsEvicted;

    /** Counts a drop and tells the observer. */
    public void drop(final DropReason reason) {
        drops[reason.ordinal()]++;
        observer.dropped(reason);
    }

    /** The number of drops for {@code reason}. */
    public long drops(final DropReason reason) {
        return drops[reason.ordinal()];
    }

    /** The number of all drops. */
    public long drops() {
        long sum = 0;
        for (final long count : drops) {
            sum += count;
        }
        return sum;
    }

    public StackEvents observer() {
        return observer;
    }

    /** Sets the one observer; {@link StackEvents#NONE} for none. */
    public void observer(final StackEvents observer) {
        this.observer = observer;
    }
}
