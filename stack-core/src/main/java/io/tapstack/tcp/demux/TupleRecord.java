package io.tapstack.tcp.demux;

import io.tapstack.ip.IpPath;

/**
 * What stands for a connection that does not exist yet or any more, for a limited time: an entry of a
 * {@link RecordQueue}.
 */
public abstract class TupleRecord extends DemuxEntry {

    private static final int NOWHERE = -1;

    /** When something is to be done with it. */
    long deadlineNanos;

    /** The device had no room for what the peer is to be told; {@link OwedAnswers}'. */
    boolean owesAnswer;

    /** Where it stands in its queue. */
    int place = NOWHERE;

    public TupleRecord(final IpPath path, final int localPort, final int remotePort) {
        super(path, localPort, remotePort);
    }

    /** True while it stands in its queue; what does not is over. */
    public final boolean isQueued() {
        return place != NOWHERE;
    }

    final void left() {
        place = NOWHERE;
    }
}
