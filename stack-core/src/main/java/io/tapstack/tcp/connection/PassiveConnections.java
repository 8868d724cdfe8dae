package io.tapstack.tcp.connection;

import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.passive.FastOpenServer;
import io.tapstack.tcp.passive.HalfOpen;
import io.tapstack.tcp.passive.PassiveOpens;
import io.tapstack.tcp.segment.Segment;

/** Creates the connections of passive opens. */
public final class PassiveConnections implements PassiveOpens {

    private final ConnectionHost host;
    // Buffer for the SYN of a half-open connection, shared with the listeners.
    private final Segment recalled;

    /** @param recalled buffer for the SYN of a half-open connection, shared with the listeners */
    public PassiveConnections(final ConnectionHost host, final Segment recalled) {
        this.host = host;
        this.recalled = recalled;
    }

    @Override
    public void complete(final HalfOpen half, final PortSharing sharing, final Segment segment, final long nowNanos) {
        final Connection connection = connection(half, sharing);
        half.recallSyn(recalled);
        connection.handshake.takeOver(half, recalled, nowNanos);
        connection.ecn.takeOver(half.synAcksSent(), half.ecn, half.plainSyn);
        connection.arrives.process(segment, nowNanos);
    }

    @Override
    public void openFast(
            final HalfOpen half,
            final PortSharing sharing,
            final Segment syn,
            final FastOpenServer server,
            final long nowNanos) {
        final Connection connection = connection(half, sharing);
        half.recallSyn(recalled);
        host.statistics.fastOpens++;
        connection.handshake.openFast(half, recalled, syn, server, nowNanos);
    }

    private Connection connection(final HalfOpen half, final PortSharing sharing) {
        final Connection connection =
                new Connection(host, half.path, half.localPort(), half.remotePort(), half.iss, half.agreedConfig());
        connection.sharing(sharing);
        connection.savedSyn = half.savedSyn;
        host.connections.add(connection);
        return connection;
    }
}
