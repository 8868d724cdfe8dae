package io.tapstack.ip.v4;

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
import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The last step of sending IPv4, with its fragmentation (RFC 791 3.2). */
final class Ipv4Output extends PacketOutput {

    private static final int HEADROOM = RoutedPath.LINK_HEADROOM + Ipv4Header.LENGTH;

    private final BufferPool pool;

    Ipv4Output(final BufferPool pool, final StackStatistics statistics, final PathMtuCache pathMtus) {
        super(EthernetHeader.TYPE_IPV4, pool, statistics, pathMtus);
        this.pool = pool;
    }

    @Override
    protected IpAddress destination(final PacketBuffer packet) {
        return IpAddress.ipv4(Ipv4Header.destination(packet.memory().bytes(), packet.head()));
    }

    /**
     * Copies a packet into fragments. A contiguous frame costs the device less than a gathered one, and fast paths do
     * not fragment.
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
        final int payloadLength = packet.length() - Ipv4Header.LENGTH;
        final int step = (mtu - Ipv4Header.LENGTH) & ~7;
        SendStatus status = SendStatus.SENT;
        for (int offset = 0; offset < payloadLength && status == SendStatus.SENT; offset += step) {
            final int length = Math.min(step, payloadLength - offset);
            final boolean last = offset + length == payloadLength;
            final PacketBuffer fragment = pool.packet(HEADROOM + length, RoutedPath.LINK_HEADROOM);
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
            status = transmit(fragment, networkInterface, neighbor);
        }
        packet.release();
        return status;
    }
}
