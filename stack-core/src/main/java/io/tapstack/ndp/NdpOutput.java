package io.tapstack.ndp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkPort;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6Groups;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.NdpMessage;
import io.tapstack.wire.NdpOption;
import java.nio.ByteBuffer;

/**
 * Builds and sends the messages of Neighbor Discovery, whole frames with a hop limit of 255.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class NdpOutput {

    private static final int HEADROOM = EthernetHeader.LENGTH + Ipv6Header.LENGTH;
    private static final int HOP_LIMIT = 255;

    private final LinkPort port;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final long mac;

    NdpOutput(final LinkPort port, final long mac, final BufferPool pool, final StackStatistics statistics) {
        this.port = port;
        this.pool = pool;
        this.statistics = statistics;
        this.mac = mac;
    }

    /** Asks all hosts with the target's solicited-node group for its address (RFC 4861 7.2.2). */
    void solicit(final IpAddress source, final IpAddress target) {
        final IpAddress group = Ipv6Groups.solicitedNode(target);
        final PacketBuffer frame = neighborMessage(Icmpv6Header.NEIGHBOR_SOLICITATION, 0, target);
        append(frame, NdpOption.SOURCE_LINK_ADDRESS, mac);
        send(frame, source, group, Ipv6Groups.mac(group));
    }

    /** Asks one neighbour whether its address is still right (RFC 4861 7.3.3). */
    void probe(final IpAddress source, final IpAddress target, final long targetMac) {
        final PacketBuffer frame = neighborMessage(Icmpv6Header.NEIGHBOR_SOLICITATION, 0, target);
        append(frame, NdpOption.SOURCE_LINK_ADDRESS, mac);
        send(frame, source, target, targetMac);
    }

    /** Asks whether another host has a tentative address (RFC 4862 5.4.2), with a nonce (RFC 7527 4.1). */
    void probeDuplicate(final IpAddress target, final long nonce) {
        final IpAddress group = Ipv6Groups.solicitedNode(target);
        final PacketBuffer frame = neighborMessage(Icmpv6Header.NEIGHBOR_SOLICITATION, 0, target);
        append(frame, NdpOption.NONCE, nonce);
        send(frame, IpAddress.ANY_IPV6, group, Ipv6Groups.mac(group));
    }

    /** Advertises one of our addresses to a group. */
    void advertise(final IpAddress address, final IpAddress group, final int flags) {
        send(advertisement(address, flags), address, group, Ipv6Groups.mac(group));
    }

    /** Answers the solicitation of a neighbour; the answer waits if the neighbour's own address is not known. */
    void answer(final IpAddress address, final Neighbor neighbor, final int flags) {
        final PacketBuffer frame = advertisement(address, flags);
        writeIp(frame, address, neighbor.address());
        if (neighbor.isProbablyReachable()) {
            // An answer is no use of the entry: a flood of strangers must not push out the neighbours in use.
            transmit(frame, neighbor.mac());
        } else if (!neighbor.enqueue(frame)) {
            statistics.drop(DropReason.NEIGHBOR_UNRESOLVED);
            frame.release();
        }
    }

    /** Asks the routers of the link to advertise themselves (RFC 4861 6.3.7). */
    void solicitRouters(final IpAddress source) {
        final PacketBuffer frame = pool.packet(BufferPool.SMALL, HEADROOM);
        final int message = frame.append(NdpMessage.SOLICITATION_LENGTH);
        NdpMessage.writeSolicitation(frame.memory().bytes(), message);
        if (!source.isAny()) {
            append(frame, NdpOption.SOURCE_LINK_ADDRESS, mac);
        }
        send(frame, source, Ipv6Groups.ALL_ROUTERS, Ipv6Groups.mac(Ipv6Groups.ALL_ROUTERS));
    }

    private PacketBuffer advertisement(final IpAddress address, final int flags) {
        final PacketBuffer frame = neighborMessage(Icmpv6Header.NEIGHBOR_ADVERTISEMENT, flags, address);
        append(frame, NdpOption.TARGET_LINK_ADDRESS, mac);
        return frame;
    }

    private PacketBuffer neighborMessage(final int type, final int flags, final IpAddress target) {
        final PacketBuffer frame = pool.packet(BufferPool.SMALL, HEADROOM);
        final int message = frame.append(NdpMessage.NEIGHBOR_LENGTH);
        NdpMessage.writeNeighbor(frame.memory().bytes(), message, type, flags, target.high(), target.low());
        return frame;
    }

    private static void append(final PacketBuffer frame, final int type, final long value) {
        NdpOption.write48(frame.memory().bytes(), frame.append(NdpOption.UNIT), type, value);
    }

    private void send(
            final PacketBuffer frame, final IpAddress source, final IpAddress destination, final long destinationMac) {
        writeIp(frame, source, destination);
        transmit(frame, destinationMac);
    }

    private static void writeIp(final PacketBuffer frame, final IpAddress source, final IpAddress destination) {
        final ByteBuffer bytes = frame.memory().bytes();
        final int message = frame.head();
        final int length = frame.length();
        final int ip = frame.prepend(Ipv6Header.LENGTH);
        Ipv6Header.write(
                bytes,
                ip,
                0,
                0,
                length,
                IpProtocol.ICMPV6,
                HOP_LIMIT,
                source.high(),
                source.low(),
                destination.high(),
                destination.low());
        Icmpv6Header.writeChecksum(bytes, ip, message, length);
    }

    private void transmit(final PacketBuffer frame, final long destination) {
        final int header = frame.prepend(EthernetHeader.LENGTH);
        EthernetHeader.write(frame.memory().bytes(), header, destination, mac, EthernetHeader.TYPE_IPV6);
        if (!port.transmit(frame) && !port.isDown()) {
            statistics.drop(DropReason.LINK_FULL);
        }
        frame.release();
    }
}
