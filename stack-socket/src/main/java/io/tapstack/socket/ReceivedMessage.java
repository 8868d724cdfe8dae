package io.tapstack.socket;

import io.tapstack.ip.ErrorReport;
import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What {@code recvmsg(2)} answers besides the bytes: the out-parameter of {@link StackSocket#recvMessage}. May be used again and again, by one
 * thread at a time.
 */
public final class ReceivedMessage {

    private @Nullable Endpoint source;
    private int flags;
    private @Nullable ErrorReport report;

    /** Forgets what the last call has answered. */
    void clear() {
        source = null;
        flags = 0;
        report = null;
    }

    /** {@code msg_name}: who sent a datagram, or where the packet of a report was sent to; null if there is none. */
    public @Nullable Endpoint source() {
        return source;
    }

    /** {@code msg_flags}: {@link MessageFlags#MSG_TRUNC} if the datagram was cut, {@link MessageFlags#MSG_ERRQUEUE} for a report. */
    public int flags() {
        return flags;
    }

    /** What was in the error queue, if {@link MessageFlags#MSG_ERRQUEUE} has asked for that; else null. */
    public @Nullable ErrorReport report() {
        return report;
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
