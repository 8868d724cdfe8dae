package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkPort;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The last step of sending: passes a packet with its IP header to its neighbour, queues it until the neighbour's
 * address is known, or fragments it (RFC 791 3.2).
 */
final class Ipv4Output {

    private final BufferPool pool;
    private final StackStatistics statistics;
    private final PathMtuCache pathMtus;

    Ipv4Output(final BufferPool pool, final StackStatistics statistics, final PathMtuCache pathMtus) {
        this.pool = pool;
        this.statistics = statistics;
        this.pathMtus = pathMtus;
    }

    /**
     * Sends a packet that starts with its IP header, and takes it.
     *
     * @param neighbor the next hop, or null on a link without Ethernet
     * @param mtu largest packet in bytes that may leave unfragmented
     */
    SendStatus send(
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
        return networkInterface.transmit(packet, EthernetHeader.TYPE_IPV4, neighbor);
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
    void resolved(final PacketBuffer packet, final NetworkInterface networkInterface, final Neighbor neighbor) {
        final int destination = Ipv4Header.destination(packet.memory().bytes(), packet.head());
        final int mtu = pathMtus.mtu(destination, networkInterface.mtu());
        if (send(packet, networkInterface, neighbor, mtu) == SendStatus.DEVICE_FULL) {
            statistics.drop(DropReason.LINK_FULL);
        }
    }

    /**
     * Copies a packet into fragments. A contiguous frame costs the device less than a gathered one, and fast paths do
     * not fragment.
     */
    private SendStatus fragment(
            final PacketBuffer packet,
            final NetworkInterface networkInterface,
            final @Nullable Neighbor neighbor,
            final int mtu) {
        if (packet.checksumWanted()) {
            LinkPort.finishChecksum(packet);
        }
        final ByteBuffer header = packet.memory().bytes();
        final int ip = packet.head();
        final int payloadLength = packet.length() - Ipv4Header.LENGTH;
        final int step = (mtu - Ipv4Header.LENGTH) & ~7;
        SendStatus status = SendStatus.SENT;
        for (int offset = 0; offset < payloadLength && status == SendStatus.SENT; offset += step) {
            final int length = Math.min(step, payloadLength - offset);
            final boolean last = offset + length == payloadLength;
            final PacketBuffer fragment = pool.packet(Ipv4Path.HEADROOM + length, Ipv4Path.LINK_HEADROOM);
            final int at = fragment.append(Ipv4Header.LENGTH + length);
            Ipv4Header.write(
                    fragment.memory().bytes(),
                    at,
                    Ipv4Header.trafficClass(header, ip),
                    Ipv4Header.LENGTH + length,
                    Ipv4Header.identification(header, ip),
                    offset >>> 3 | (last ? 0 : Ipv4Header.MORE_FRAGMENTS),
                    Ipv4Header.timeToLive(header, ip),
                    Ipv4Header.protocol(header, ip),
                    Ipv4Header.source(header, ip),
                    Ipv4Header.destination(header, ip));
            packet.copyTo(Ipv4Header.LENGTH + offset, fragment.memory(), at + Ipv4Header.LENGTH, length);
            status = networkInterface.transmit(fragment, EthernetHeader.TYPE_IPV4, neighbor);
        }
        packet.release();
        return status;
    }
}
