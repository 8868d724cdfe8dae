package io.tapstack.tcp.timewait;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.demux.DemuxEntry;
import io.tapstack.tcp.demux.TupleRecord;
import io.tapstack.tcp.segment.Timestamps;
import org.jspecify.annotations.Nullable;

/**
 * The record of a connection in TIME-WAIT (RFC 9293 3.6.1): it acknowledges a repeated FIN, tells old segments from new
 * ones, and lets a successor start ahead. It does not refer to the connection, which an application may still hold to
 * read from it.
 */
public final class TimeWaitRecord extends TupleRecord {

    /** Time in which a RST counts as the answer to a challenge ACK: longer than any round trip, shorter than 2 MSL. */
    private static final long CHALLENGE_LIFE_NANOS = 10_000_000_000L;

    final int sndNxt;
    final int rcvNxt;
    final int rcvWnd;

    /** The timestamps; null if not negotiated. */
    public final @Nullable Timestamps timestamps;

    final long durationNanos;

    /** RCV.WND as in the header. */
    final char window;

    /** ACK, and the ACE field of a connection in AccECN mode (RFC 9768 3.2.2.2). */
    final char flags;

    final byte timeToLive;
    final byte trafficClass;

    private boolean challenged;
    private long challengedNanos;

    /**
     * @param window RCV.WND as in the header
     * @param timestamps null if not negotiated
     * @param flags ACK, and the ACE field
     */
    public TimeWaitRecord(
            final DemuxEntry connection,
            final int sndNxt,
            final int rcvNxt,
            final int rcvWnd,
            final int window,
            final @Nullable Timestamps timestamps,
            final int flags,
            final TcpConfig config) {
        super(connection.path, connection.localPort(), connection.remotePort());
        this.sharing = connection.sharing;
        this.sndNxt = sndNxt;
        this.rcvNxt = rcvNxt;
        this.rcvWnd = rcvWnd;
        this.window = (char) window;
        this.timestamps = timestamps;
        this.durationNanos = config.timeWaitNanos();
        this.flags = (char) flags;
        this.timeToLive = (byte) config.timeToLive();
        this.trafficClass = (byte) config.trafficClass();
    }

    /** Records a challenge ACK: a RST that answers it is accepted. */
    void challenged(final long nowNanos) {
        challenged = true;
        challengedNanos = nowNanos;
    }

    /** True while an answer to the last challenge ACK may arrive. */
    boolean isChallenged(final long nowNanos) {
        return challenged && nowNanos - challengedNanos < CHALLENGE_LIFE_NANOS;
    }

    @Override
    public String toString() {
        return local() + " > " + remote() + " TIME_WAIT";
    }
}
