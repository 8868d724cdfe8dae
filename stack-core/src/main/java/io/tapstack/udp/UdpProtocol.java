package io.tapstack.udp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IcmpReporter;
import io.tapstack.ip.InternetLayer;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.UdpHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * UDP (RFC 768, RFC 1122 4.1): finds the endpoint of a received datagram, and writes header and checksum of a sent one.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class UdpProtocol implements TransportProtocol {

    /** Room for the UDP header, and for the headers of IPv4 or IPv6 and of any link. */
    private static final int HEADROOM = UdpHeader.LENGTH + 56;

    private final InternetLayer ip;
    private final IcmpReporter icmp;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final UdpPorts ports;
    private final List<UdpEndpoint> waitingForRoom = new ArrayList<>();

    /** Creates the protocol; the caller registers it with the Internet layer. */
    public UdpProtocol(
            final InternetLayer ip,
            final IcmpReporter icmp,
            final BufferPool pool,
            final StackStatistics statistics,
            final RandomGenerator random) {
        this.ip = ip;
        this.icmp = icmp;
        this.pool = pool;
        this.statistics = statistics;
        this.ports = new UdpPorts(random);
    }

    /** Creates an endpoint for IPv4 that is neither bound nor connected. */
    public UdpEndpoint open() {
        return open(IpAddress.ANY_IPV4);
    }

    /**
     * Creates an endpoint that is neither bound nor connected.
     *
     * @param any its local address while it has no other: 0.0.0.0 for IPv4, :: for both families
     */
    public UdpEndpoint open(final IpAddress any) {
        return new UdpEndpoint(this, any, new DatagramQueue(pool, UdpEndpoint.DEFAULT_RECEIVE_LIMIT));
    }

    /** Tells the endpoints that found the device full to try again; called once in every poll. */
    public void poll() {
        if (waitingForRoom.isEmpty()) {
            return;
        }
        final List<UdpEndpoint> waiting = List.copyOf(waitingForRoom);
        waitingForRoom.clear();
        waiting.forEach(UdpEndpoint::roomAgain);
    }

    /** True if an endpoint waits for the device to have room, so that {@link #poll} has something to do. */
    public boolean isBlocked() {
        return !waitingForRoom.isEmpty();
    }

    // ---- Receiving

    @Override
    public void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        final DropReason reason = check(packet, info);
        if (reason != null) {
            drop(packet, reason);
            return;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        final int sourcePort = UdpHeader.sourcePort(bytes, header);
        final int destinationPort = UdpHeader.destinationPort(bytes, header);
        if (!info.isUnicast()) {
            deliverToAll(packet, info, sourcePort, destinationPort, nowNanos);
            return;
        }
        final UdpEndpoint endpoint = ports.bestMatch(
                info.destinationHigh(),
                info.destinationLow(),
                destinationPort,
                info.sourceHigh(),
                info.sourceLow(),
                sourcePort);
        if (endpoint == null) {
            // RFC 1122 4.1.3.1: no endpoint has the port, and the sender SHOULD be told.
            icmp.portUnreachable(packet, info, nowNanos);
            drop(packet, DropReason.UDP_PORT_UNREACHABLE);
            return;
        }
        packet.strip(UdpHeader.LENGTH);
        count(endpoint.deliver(packet, info, sourcePort, nowNanos));
    }

    /**
     * Checks the header, and trims the packet to its length.
     *
     * @return the reason for a drop, or null
     */
    private static @Nullable DropReason check(final PacketBuffer packet, final ReceivedPacket info) {
        if (packet.contiguousLength() < UdpHeader.LENGTH) {
            return DropReason.UDP_TOO_SHORT;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int header = packet.head();
        final int length = UdpHeader.length(bytes, header);
        if (length < UdpHeader.LENGTH || length > packet.contiguousLength()) {
            return DropReason.UDP_LENGTH;
        }
        packet.trimTo(length);
        // RFC 768: zero means that the sender computed no checksum.
        if (packet.checksumTrusted() || UdpHeader.checksum(bytes, header) == 0 && info.isChecksumOptional()) {
            return null;
        }
        if (UdpHeader.checksum(bytes, header) == 0) {
            // RFC 8200 8.1: without a checksum IPv6 discards it.
            return DropReason.UDP_CHECKSUM;
        }
        final long sum = info.pseudoHeaderSum() + length + InternetChecksum.sum(bytes, header, length);
        return InternetChecksum.finish(sum) == 0 ? null : DropReason.UDP_CHECKSUM;
    }

    /** A broadcast goes to every endpoint of the port; no error is ever sent about one (RFC 1122 3.2.2). */
    private void deliverToAll(
            final PacketBuffer packet,
            final ReceivedPacket info,
            final int sourcePort,
            final int destinationPort,
            final long nowNanos) {
        packet.strip(UdpHeader.LENGTH);
        final int length = packet.contiguousLength();
        boolean delivered = false;
        UdpEndpoint next;
        for (UdpEndpoint each = ports.first(destinationPort); each != null; each = next) {
            next = each.nextInBucket;
            if (each.localPort() != destinationPort
                    || !each.acceptsTo(info.destinationHigh(), info.destinationLow())
                    || !each.acceptsFrom(info.sourceHigh(), info.sourceLow(), sourcePort)) {
                continue;
            }
            final PacketBuffer copy = pool.packet(length, 0);
            packet.copyTo(0, copy.memory(), copy.append(length), length);
            count(each.deliver(copy, info, sourcePort, nowNanos));
            delivered = true;
        }
        if (!delivered) {
            statistics.drop(DropReason.UDP_PORT_UNREACHABLE);
        }
        packet.release();
    }

    @Override
    public void icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        final ByteBuffer bytes = quoted.memory().bytes();
        final int header = quoted.head();
        final UdpEndpoint sender = ports.bestMatch(
                info.sourceHigh(),
                info.sourceLow(),
                UdpHeader.sourcePort(bytes, header),
                info.destinationHigh(),
                info.destinationLow(),
                UdpHeader.destinationPort(bytes, header));
        if (sender == null) {
            statistics.drop(DropReason.ICMP_UNMATCHED);
            return;
        }
        sender.icmpError(error, mtu, quoted, info, nowNanos);
    }

    private void count(final @Nullable DropReason reason) {
        if (reason != null) {
            statistics.drop(reason);
        }
    }

    private void drop(final PacketBuffer packet, final DropReason reason) {
        statistics.drop(reason);
        packet.release();
    }

    // ---- Sending, for endpoints

    PacketBuffer newDatagram(final int length) throws SocketErrorException {
        if (pool.underPressure()) {
            throw new SocketErrorException(SocketError.ENOBUFS, "UDP datagram of " + length + " bytes");
        }
        final PacketBuffer datagram = pool.packet(HEADROOM + length, HEADROOM);
        datagram.append(length);
        return datagram;
    }

    SendStatus send(
            final PacketBuffer datagram,
            final IpPath path,
            final UdpEndpoint from,
            final int remotePort,
            final int trafficClass,
            final int timeToLive) {
        final int header = datagram.prepend(UdpHeader.LENGTH);
        final ByteBuffer bytes = datagram.memory().bytes();
        final int length = datagram.length();
        UdpHeader.write(bytes, header, from.localPort(), remotePort, length);
        final long pseudoHeader =
                InternetChecksum.pseudoHeader(path.source(), path.destination(), IpProtocol.UDP) + length;
        if (path.checksumOffload()) {
            UdpHeader.checksum(bytes, header, InternetChecksum.fold(pseudoHeader));
            datagram.requestChecksum(header, UdpHeader.CHECKSUM_OFFSET);
        } else {
            final int checksum = InternetChecksum.finish(pseudoHeader + InternetChecksum.sum(datagram, header));
            // RFC 768: a checksum of zero is sent as all ones.
            UdpHeader.checksum(bytes, header, checksum == 0 ? 0xFFFF : checksum);
        }
        return path.send(
                datagram,
                IpProtocol.UDP,
                trafficClass,
                timeToLive,
                from.options().sendingPolicy());
    }

    void waitForRoom(final UdpEndpoint endpoint) {
        if (!endpoint.waitsForRoom) {
            endpoint.waitsForRoom = true;
            waitingForRoom.add(endpoint);
        }
    }

    void forget(final UdpEndpoint endpoint) {
        waitingForRoom.remove(endpoint);
    }

    StackStatistics statistics() {
        return statistics;
    }

    InternetLayer ip() {
        return ip;
    }

    UdpPorts ports() {
        return ports;
    }
}
