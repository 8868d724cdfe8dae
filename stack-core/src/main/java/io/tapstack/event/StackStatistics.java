package io.tapstack.event;

/**
 * The counters of one stack, and the way to its observer. Counters are written by whoever runs the stack; another thread
 * may read them and sees values that were true a moment ago.
 */
public final class StackStatistics {

    private final long[] drops = new long[DropReason.values().length];
    private StackEvents observer = StackEvents.NONE;

    public long framesReceived;
    public long framesSent;

    /** Frames that came in here and belonged to another of several queues. */
    public long framesPassedOn;

    public long bytesReceived;
    public long bytesSent;
    public long segmentsReceived;
    public long segmentsSent;
    public long segmentsRetransmitted;
    public long resetsSent;
    public long challengeAcks;

    /** Data segments that came marked "congestion experienced", and ACKs by which peers echo such marks (RFC 3168). */
    public long congestionMarksReceived;

    public long congestionEchoesReceived;

    public long connectionsOpened;
    public long connectionsAccepted;
    public long connectionsAborted;

    /** Counts a drop and tells the observer. */
    public void drop(final DropReason reason) {
        drops[reason.ordinal()]++;
        observer.dropped(reason);
    }

    /** How much was dropped for {@code reason}. */
    public long drops(final DropReason reason) {
        return drops[reason.ordinal()];
    }

    /** How much was dropped in all. */
    public long drops() {
        long sum = 0;
        for (final long count : drops) {
            sum += count;
        }
        return sum;
    }

    /** The counters of several stacks added up, as they are now. */
    public static StackStatistics sum(final Iterable<StackStatistics> parts) {
        final StackStatistics sum = new StackStatistics();
        for (final StackStatistics part : parts) {
            sum.add(part);
        }
        return sum;
    }

    private void add(final StackStatistics other) {
        for (int i = 0; i < drops.length; i++) {
            drops[i] += other.drops[i];
        }
        framesReceived += other.framesReceived;
        framesSent += other.framesSent;
        framesPassedOn += other.framesPassedOn;
        bytesReceived += other.bytesReceived;
        bytesSent += other.bytesSent;
        segmentsReceived += other.segmentsReceived;
        segmentsSent += other.segmentsSent;
        segmentsRetransmitted += other.segmentsRetransmitted;
        resetsSent += other.resetsSent;
        challengeAcks += other.challengeAcks;
        congestionMarksReceived += other.congestionMarksReceived;
        congestionEchoesReceived += other.congestionEchoesReceived;
        connectionsOpened += other.connectionsOpened;
        connectionsAccepted += other.connectionsAccepted;
        connectionsAborted += other.connectionsAborted;
    }

    public StackEvents observer() {
        return observer;
    }

    /** Sets the one observer; {@link StackEvents#NONE} for none. */
    public void observer(final StackEvents observer) {
        this.observer = observer;
    }
}
