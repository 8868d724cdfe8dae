package io.tapstack.tcp.demux;

import io.tapstack.ip.IpPath;

/** A record of a connection before or after its lifetime, with a deadline: an entry of a {@link RecordQueue}. */
public abstract class TupleRecord extends DemuxEntry {

    private static final int NOWHERE = -1;

    /** The deadline in the queue. */
    long deadlineNanos;

    /** True if the device had no room for an answer; used by {@link OwedAnswers}. */
    boolean owesAnswer;

    /** Position in the queue. */
    int place = NOWHERE;

    public TupleRecord(final IpPath path, final int localPort, final int remotePort) {
        super(path, localPort, remotePort);
    }

    /** True while the record is queued; a record outside the queue has ended. */
    public final boolean isQueued() {
        return place != NOWHERE;
    }

    final void left() {
        place = NOWHERE;
    }
}
