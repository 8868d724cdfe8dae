package io.tapstack.tcp;

import io.tapstack.event.Flow;
import io.tapstack.ip.IpPath;
import io.tapstack.wire.Endpoint;

/** Whom a 4-tuple leads to: a connection, or the little that is kept of one before or after its life. */
abstract sealed class TupleOwner implements Flow permits TcpConnection, TupleRecord {

    /** From our address to the peer's. */
    final IpPath path;

    private final int ports;

    /** Of the 4-tuple; {@link ConnectionTable}'s. */
    int hash;

    TupleOwner(final IpPath path, final int localPort, final int remotePort) {
        this.path = path;
        this.ports = localPort << 16 | remotePort;
    }

    final int localPort() {
        return ports >>> 16;
    }

    final int remotePort() {
        return ports & 0xFFFF;
    }

    @Override
    public Endpoint local() {
        return new Endpoint(path.source(), localPort());
    }

    @Override
    public Endpoint remote() {
        return new Endpoint(path.destination(), remotePort());
    }
}
