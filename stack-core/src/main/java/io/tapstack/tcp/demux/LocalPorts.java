package io.tapstack.tcp.demux;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.BoundAddress;
import io.tapstack.ip.InternetLayer;
import io.tapstack.link.QueueShare;
import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import org.jspecify.annotations.Nullable;

/** Allocates local ports: requested ones, and ephemeral ones (RFC 6056). */
public final class LocalPorts {

    private final InternetLayer internet;
    private final ConnectionTable connections;
    private final SipHash hash;
    private final @Nullable QueueShare share;
    private final PortTable ports = new PortTable();
    private final EphemeralPorts ephemeralPorts = new EphemeralPorts();

    /** @param share the 4-tuples that belong to this stack; null for all */
    public LocalPorts(
            final InternetLayer internet,
            final ConnectionTable connections,
            final SipHash hash,
            final @Nullable QueueShare share) {
        this.internet = internet;
        this.connections = connections;
        this.hash = hash;
        this.share = share;
    }

    /** See {@link TcpProtocol#bind}. */
    public PortBinding bind(final Endpoint local, final boolean ipv6Only, final PortSharing sharing)
            throws SocketErrorException {
        requireLocal(local.address());
        final BoundAddress address = new BoundAddress(local.address(), ipv6Only);
        if (local.port() != 0) {
            if (!ports.isFree(address, local.port(), sharing) || !connections.agree(address, local.port(), sharing)) {
                throw new SocketErrorException(SocketError.EADDRINUSE, local.toString());
            }
            return ports.add(address, local.port(), sharing);
        }
        final int port = ephemeralPorts.choose(portHash(local.address(), 0), candidate -> !ports.isUsed(candidate));
        if (port == 0) {
            throw new SocketErrorException(SocketError.EADDRINUSE, "all ephemeral ports");
        }
        return ports.add(address, port, sharing);
    }

    /** See {@link TcpProtocol#requireLocal}. */
    public void requireLocal(final IpAddress address) throws SocketErrorException {
        if (!address.isAny() && !internet.isLocal(address)) {
            throw new SocketErrorException(SocketError.EADDRNOTAVAIL, address.toString());
        }
    }

    /** True if {@code binding} may listen beside the other bindings of its port. */
    public boolean mayListen(final PortBinding binding) {
        return ports.mayListen(binding) && connections.agree(binding.address(), binding.port(), binding.sharing());
    }

    /**
     * Returns an ephemeral port without a connection to {@code remote}.
     *
     * @throws SocketErrorException EADDRNOTAVAIL if there is none
     */
    public int ephemeral(final IpAddress from, final Endpoint remote) throws SocketErrorException {
        final long hashed = portHash(remote.address(), remote.port());
        final int port = ephemeralPorts.choose(
                hashed, candidate -> !ports.isUsed(candidate) && isFree(new Endpoint(from, candidate), remote));
        if (port == 0) {
            throw new SocketErrorException(SocketError.EADDRNOTAVAIL, "all ephemeral ports to " + remote);
        }
        return port;
    }

    /** True for a 4-tuple that belongs to this stack and has no connection. */
    private boolean isFree(final Endpoint local, final Endpoint remote) {
        return isOurs(local, remote) && connections.find(local, remote) == null;
    }

    /** True if segments of this 4-tuple arrive at this stack. */
    public boolean isOurs(final Endpoint local, final Endpoint remote) {
        return share == null || share.owns(local, remote);
    }

    private long portHash(final IpAddress address, final int port) {
        return hash.hash(hash.hash(address.high(), address.low()), port);
    }
}
