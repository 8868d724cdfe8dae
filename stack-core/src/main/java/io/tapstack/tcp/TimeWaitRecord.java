package io.tapstack.tcp;

import org.jspecify.annotations.Nullable;

/**
 * What is left of a connection in TIME-WAIT (RFC 9293 3.6.1): enough to acknowledge a repeated FIN, to tell old segments from new ones, and
 * to let a successor start ahead. The connection may be kept by its application, which has something to read; the record does not hold it.
 */
final class TimeWaitRecord extends TupleRecord {

    final int sndNxt;
    final int rcvNxt;
    final int rcvWnd;

    /** Null if they were not agreed on. */
    final @Nullable Timestamps timestamps;

    final long durationNanos;

    /** RCV.WND as it stands in a header. */
    final char window;

    final byte timeToLive;
    final byte trafficClass;

    TimeWaitRecord(final TcpConnection tcb) {
        super(tcb.path, tcb.localPort(), tcb.remotePort());
        this.sharing = tcb.sharing;
        this.sndNxt = tcb.sndNxt;
        this.rcvNxt = tcb.rcvNxt;
        this.rcvWnd = tcb.rcvWnd();
        this.window = (char) tcb.windowScale.toWire(rcvWnd);
        this.timestamps = tcb.timestamps.enabled() ? tcb.timestamps : null;
        this.durationNanos = tcb.config.timeWaitNanos();
        this.timeToLive = (byte) tcb.config.timeToLive();
        this.trafficClass = (byte) tcb.config.trafficClass();
    }

    @Override
    public String toString() {
        return local() + " > " + remote() + " TIME_WAIT";
    }
}
