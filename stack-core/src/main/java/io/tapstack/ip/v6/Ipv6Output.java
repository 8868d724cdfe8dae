package io.tapstack.ip.v6;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.PacketOutput;
import io.tapstack.ip.PathMtuCache;
import io.tapstack.ip.RoutedPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.link.LinkPort;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The last step of sending IPv6, with its fragmentation (RFC 8200 4.5). */
final class Ipv6Output extends PacketOutput {

    private static final int HEADERS = Ipv6Header.LENGTH + Ipv6ExtensionHeader.MIN_LENGTH;

    private final BufferPool pool;
    private final FragmentIds ids;
    private final Ipv6Protocol ipv6;

    Ipv6Output(
            final Ipv6Protocol ipv6,
            final BufferPool pool,
            final StackStatistics statistics,
            final PathMtuCache pathMtus,
            final RandomGenerator random) {
        super(EthernetHeader.TYPE_IPV6, pool, statistics, pathMtus);
        this.ipv6 = ipv6;
        this.pool = pool;
        this.ids = new FragmentIds(random);
    }

    @Override
    protected int linkMtu(final NetworkInterface link) {
        return ipv6.on(link).mtu();
    }

    @Override
    protected IpAddress destination(final PacketBuffer packet) {
        final ByteBuffer bytes = packet.memory().bytes();
        return IpAddress.ipv6(
                Ipv6Header.destinationHigh(bytes, packet.head()), Ipv6Header.destinationLow(bytes, packet.head()));
    }

    /**
     * Copies a packet, which has no extension headers, into fragments. It is longer than {@code mtu}, so there are at
     * least two of them: an atomic fragment is never sent (RFC 8021).
     */
    @Override
    protected SendStatus fragment(
            final PacketBuffer packet,
            final NetworkInterface networkInterface,
            final @Nullable Neighbor neighbor,
            final int mtu) {
        if (packet.checksumWanted()) {
            LinkPort.finishChecksum(packet);
        }
        final ByteBuffer header = packet.memory().bytes();
        final int ip = packet.head();
        final int protocol = Ipv6Header.nextHeader(header, ip);
        final long sourceHigh = Ipv6Header.sourceHigh(header, ip);
        final long sourceLow = Ipv6Header.sourceLow(header, ip);
        final long destinationHigh = Ipv6Header.destinationHigh(header, ip);
        final long destinationLow = Ipv6Header.destinationLow(header, ip);
        final int identification = ids.next(sourceHigh, sourceLow, destinationHigh, destinationLow);
        final int payloadLength = packet.length() - Ipv6Header.LENGTH;
        final int step = mtu - HEADERS & ~7;
        SendStatus status = SendStatus.SENT;
        for (int offset = 0; offset < payloadLength && status == SendStatus.SENT; offset += step) {
            final int length = Math.min(step, payloadLength - offset);
            final PacketBuffer fragment =
                    pool.packet(RoutedPath.LINK_HEADROOM + HEADERS + length, RoutedPath.LINK_HEADROOM);
            final int at = fragment.append(HEADERS + length);
            final ByteBuffer bytes = fragment.memory().bytes();
            Ipv6Header.write(
                    bytes,
                    at,
                    Ipv6Header.trafficClass(header, ip),
                    Ipv6Header.flowLabel(header, ip),
                    Ipv6ExtensionHeader.MIN_LENGTH + length,
                    Ipv6ExtensionHeader.FRAGMENT,
                    Ipv6Header.hopLimit(header, ip),
                    sourceHigh,
                    sourceLow,
                    destinationHigh,
                    destinationLow);
            Ipv6ExtensionHeader.writeFragment(
                    bytes, at + Ipv6Header.LENGTH, protocol, offset, offset + length < payloadLength, identification);
            packet.copyTo(Ipv6Header.LENGTH + offset, fragment.memory(), at + HEADERS, length);
            status = transmit(fragment, networkInterface, neighbor);
        }
        packet.release();
        return status;
    }
}
