package io.tapstack.socket;

import io.tapstack.event.StackStatistics;
import io.tapstack.ip.ErrorReport;
import io.tapstack.ip.PendingErrors;
import io.tapstack.tcp.StampObserver;

/**
 * The errors of a {@link StreamSocket} besides the end of its connection: errors of the network that the connection
 * survives ({@code IP_RECVERR}), which are its pending error, and the reports of its error queue. Used with the stack's
 * lock held.
 */
final class StreamErrors extends PendingErrors implements StampObserver {

    private final StreamSocket socket;
    private final StreamOptions options;

    StreamErrors(final StreamSocket socket, final StreamOptions options) {
        this.socket = socket;
        this.options = options;
    }

    @Override
    protected StackStatistics statistics() {
        return socket.host.stack().statistics();
    }

    @Override
    protected void reported() {
        socket.reported();
    }

    /** The connection's own error is not reported either. */
    @Override
    protected void replaced() {
        socket.forgetError();
    }

    @Override
    public void stamped(final int what, final int sequence, final byte[] packet, final long nowNanos) {
        final ErrorReport report = ErrorReport.stamped(what, options.stamps.idOf(sequence), packet, nowNanos);
        queue().add(report, options.config.receiveBufferBytes());
    }

    @Override
    public boolean wantsPackets() {
        return options.stamps.wantsPackets();
    }
}
