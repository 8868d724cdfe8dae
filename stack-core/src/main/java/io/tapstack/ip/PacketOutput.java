package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The last step of sending: passes a packet with its IP header to its neighbour, queues it until the neighbour's
 * address is known, or has the version fragment it.
 */
public abstract class PacketOutput {

    private final int etherType;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final PathMtuCache pathMtus;

    /** @param etherType the version's number in an Ethernet header */
    protected PacketOutput(
            final int etherType, final BufferPool pool, final StackStatistics statistics, final PathMtuCache pathMtus) {
        this.etherType = etherType;
        this.pool = pool;
        this.statistics = statistics;
        this.pathMtus = pathMtus;
    }

    /** The destination of a packet whose head is at its IP header. */
    protected abstract IpAddress destination(PacketBuffer packet);

    /** The MTU of the link in bytes. */
    protected int linkMtu(final NetworkInterface link) {
        return link.mtu();
    }

    /**
     * Sends a packet in fragments of at most {@code mtu} bytes, each by {@link #transmit}. Takes the packet.
     *
     * @return the status of the last fragment sent; the rest is not sent after a failure
     */
    protected abstract SendStatus fragment(
            PacketBuffer packet, NetworkInterface networkInterface, @Nullable Neighbor neighbor, int mtu);

    /**
     * Sends a packet that starts with its IP header, and takes it.
     *
     * @param neighbor the next hop, or null on a link without Ethernet
     * @param mtu largest packet in bytes that may leave unfragmented
     */
    public final SendStatus send(
            final PacketBuffer packet,
            final NetworkInterface networkInterface,
            final @Nullable Neighbor neighbor,
            final int mtu) {
        if (neighbor != null && !neighbor.isUsable()) {
            // The packet waits whole: the fragments of a large datagram would overflow the short queue.
            return enqueue(packet, neighbor);
        }
        if (packet.length() > mtu && packet.gsoSize() == 0) {
            return fragment(packet, networkInterface, neighbor, mtu);
        }
        return transmit(packet, networkInterface, neighbor);
    }

    /** Sends a packet that fits the link to a neighbour whose address is known, and takes it. */
    protected final SendStatus transmit(
            final PacketBuffer packet, final NetworkInterface networkInterface, final @Nullable Neighbor neighbor) {
        return networkInterface.transmit(packet, etherType, neighbor);
    }

    private SendStatus enqueue(final PacketBuffer packet, final Neighbor neighbor) {
        if (pool.underPressure()) {
            // RFC 1122 2.3.2.2: of the packets to one destination the latest is saved.
            neighbor.dropWaiting();
        }
        if (pool.underPressure()) {
            statistics.drop(DropReason.NO_MEMORY);
            packet.release();
            return SendStatus.SENT;
        }
        if (!neighbor.enqueue(packet)) {
            statistics.drop(DropReason.NEIGHBOR_UNRESOLVED);
            packet.release();
            return SendStatus.UNREACHABLE;
        }
        return SendStatus.SENT;
    }

    /** Sends a packet whose neighbour's address is known now. */
    public final void resolved(
            final PacketBuffer packet, final NetworkInterface networkInterface, final Neighbor neighbor) {
        final int mtu = pathMtus.mtu(destination(packet), linkMtu(networkInterface));
        if (send(packet, networkInterface, neighbor, mtu) == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }
}
