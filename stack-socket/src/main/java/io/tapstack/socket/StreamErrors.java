package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.ip.ErrorQueue;
import io.tapstack.ip.ErrorReport;
import io.tapstack.tcp.StampObserver;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link StreamSocket} is told besides the end of its connection: errors of the network that the connection
 * lives through ({@code IP_RECVERR}), and the reports of its error queue. Used under the stack's lock.
 */
final class StreamErrors implements StampObserver {

    private final StreamSocket socket;
    private final StreamOptions options;
    private @Nullable ErrorQueue queue;
    private @Nullable SocketError network;

    StreamErrors(final StreamSocket socket, final StreamOptions options) {
        this.socket = socket;
        this.options = options;
    }

    /** An error of the network, which the next call answers. */
    void network(final @Nullable SocketError error) {
        network = error;
    }

    @Nullable
    SocketError network() {
        return network;
    }

    /** Where reports go. */
    ErrorQueue queue() {
        ErrorQueue reports = queue;
        if (reports == null) {
            reports = new ErrorQueue(socket.layer.stack().statistics(), socket::reported);
            queue = reports;
        }
        return reports;
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

    boolean hasReports() {
        final ErrorQueue reports = queue;
        return reports != null && !reports.isEmpty();
    }

    /** {@code IP_RECVERR} was turned off. */
    void dropErrors() {
        final ErrorQueue reports = queue;
        if (reports != null) {
            reports.dropErrors();
        }
    }

    /** The oldest report, or null. The pending error is that of the next one from then on, as on Linux. */
    @Nullable
    ErrorReport takeReport() {
        final ErrorQueue reports = queue;
        final ErrorReport report = reports == null ? null : reports.poll();
        if (reports == null || report == null) {
            return null;
        }
        final int next = reports.nextIcmpErrno();
        if (next != 0 || report.isIcmp()) {
            socket.forgetError();
            network = SocketError.of(next);
        }
        return report;
    }
}
