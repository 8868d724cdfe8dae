package io.tapstack.socket;

import io.tapstack.ip.ErrorReport;
import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What {@code recvmsg(2)} answers besides the bytes: the out-parameter of {@link StackSocket#recvMessage}. May be used
 * again and again, by one thread at a time.
 */
public final class ReceivedMessage {

    /** The answer where there is none. */
    public static final int UNKNOWN = -1;

    private @Nullable Endpoint source;
    private int flags;
    private @Nullable ErrorReport report;
    private int unreadBytes = UNKNOWN;
    private long nanos = ErrorReport.NO_TIME;
    private int timeOption;
    private int stampingOption;

    /** Forgets what the last call has answered. */
    void clear() {
        source = null;
        flags = 0;
        report = null;
        unreadBytes = UNKNOWN;
        nanos = ErrorReport.NO_TIME;
        timeOption = 0;
        stampingOption = 0;
    }

    /** {@code msg_name}: who sent a datagram, or where the packet of a report was sent to; null if there is none. */
    public @Nullable Endpoint source() {
        return source;
    }

    /**
     * {@code msg_flags}: {@link MessageFlags#MSG_TRUNC} if the datagram was cut, {@link MessageFlags#MSG_ERRQUEUE} for
     * a report.
     */
    public int flags() {
        return flags;
    }

    /** What was in the error queue, if {@link MessageFlags#MSG_ERRQUEUE} has asked for that; else null. */
    public @Nullable ErrorReport report() {
        return report;
    }

    /**
     * With {@link SocketOptions#TCP_INQ}, what is left to read of a stream, in bytes, the peer's FIN counting as one;
     * else {@link #UNKNOWN}.
     */
    public int unreadBytes() {
        return unreadBytes;
    }

    void unreadBytes(final int bytes) {
        this.unreadBytes = bytes;
    }

    /**
     * The stack's time at which the last byte came, or the datagram, or of what the report is about;
     * {@link ErrorReport#NO_TIME} if it is not known, or the options do not ask for it.
     */
    public long nanos() {
        return nanos;
    }

    /**
     * The option that asks for the time: SO_TIMESTAMP or SO_TIMESTAMPNS, in the old or the new form; 0 if neither does.
     */
    public int timeOption() {
        return timeOption;
    }

    /** SO_TIMESTAMPING, in the old or the new form, if it asks for the time; else 0. */
    public int stampingOption() {
        return stampingOption;
    }

    void time(final long at, final int time, final int stamping) {
        this.nanos = at;
        this.timeOption = time;
        this.stampingOption = stamping;
    }

    void source(final @Nullable Endpoint from) {
        this.source = from;
    }

    void add(final int flag) {
        this.flags |= flag;
    }

    void report(final ErrorReport error) {
        this.report = error;
        this.source = error.destination();
        add(MessageFlags.MSG_ERRQUEUE);
    }
}
