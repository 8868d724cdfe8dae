package io.tapstack.packetdrill.packet;

import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.PacketSpec.Echoed;
import io.tapstack.packetdrill.script.PacketSpec.Ports;
import io.tapstack.packetdrill.script.TcpOption;
import io.tapstack.packetdrill.script.TcpOptionCodec;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.UdpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Builds the packets that a script sends. Payload is zeros. */
public final class PacketWriter {

    private static final int DEFAULT_TTL = 255;
    /** Bytes of the transport's header that an ICMP error quotes (RFC 792). */
    private static final int QUOTED_BYTES = 8;
    /** Largest packet with an ICMPv6 error, which quotes as much as fits in (RFC 4443 2.4). */
    private static final int MAX_ICMPV6_ERROR = Ipv6Header.MIN_MTU;

    private final IpAddress local;
    private final IpAddress remote;
    private final boolean ipv6;
    /** Bytes of the IP header. */
    private final int ipLength;

    private int identification;

    /**
     * @param local the stack's address
     * @param remote the script's, of the same family
     */
    public PacketWriter(final IpAddress local, final IpAddress remote) {
        this.local = local;
        this.remote = remote;
        this.ipv6 = !local.isIpv4();
        this.ipLength = ipv6 ? Ipv6Header.LENGTH : Ipv4Header.LENGTH;
    }

    /**
     * The bytes of a packet to the stack, from the IP header on.
     *
     * @throws IOException if it echoes a timestamp that the stack has not sent
     */
    public byte[] write(final PacketSpec packet, final ScriptFlow flow) throws IOException {
        final ByteBuffer bytes;
        if (packet instanceof PacketSpec.Tcp tcp) {
            bytes = tcp(tcp, flow);
        } else if (packet instanceof PacketSpec.Udp udp) {
            bytes = udp(udp, flow);
        } else {
            bytes = icmp((PacketSpec.Icmp) packet, flow);
        }
        describe(packet.ip(), bytes);
        return bytes.array();
    }

    private void describe(final PacketSpec.IpSpec ip, final ByteBuffer bytes) {
        final byte timeToLive = (byte) (ip.timeToLive() > 0 ? ip.timeToLive() : DEFAULT_TTL);
        if (ipv6) {
            bytes.putInt(0, bytes.getInt(0) | Math.max(0, ip.flowLabel()));
            Ipv6Header.trafficClass(bytes, 0, ip.trafficClass());
            bytes.put(Ipv6Header.HOP_LIMIT_OFFSET, timeToLive);
        } else {
            bytes.put(Ipv4Header.TRAFFIC_CLASS_OFFSET, (byte) ip.trafficClass());
            bytes.put(Ipv4Header.TIME_TO_LIVE_OFFSET, timeToLive);
            Ipv4Header.updateChecksum(bytes, 0);
        }
    }

    private ByteBuffer tcp(final PacketSpec.Tcp spec, final ScriptFlow flow) throws IOException {
        final boolean syn = (spec.flags() & TcpHeader.SYN) != 0;
        final boolean ack = (spec.flags() & TcpHeader.ACK) != 0;
        final byte[] options = new TcpOptionCodec()
                .encode(mapped(Objects.requireNonNull(spec.options()), ack, flow), flow.localOffset(false));
        final int headerLength = TcpHeader.MIN_LENGTH + options.length;
        final ByteBuffer bytes = packet(IpProtocol.TCP, headerLength + spec.length(), remote, local);
        final Ports ports = ports(spec, flow);
        new TcpHeader()
                .wrap(bytes, ipLength)
                .write(
                        ports.source(),
                        ports.destination(),
                        spec.sequence() + flow.remoteOffset(syn),
                        ack ? spec.acknowledgment() + flow.localOffset(syn) : spec.acknowledgment(),
                        headerLength,
                        spec.flags(),
                        spec.window(),
                        spec.urgentPointer());
        // The ninth flag, AE, precedes the others (RFC 9768 3.1).
        final int dataOffset = ipLength + TcpHeader.DATA_OFFSET_OFFSET;
        bytes.put(dataOffset, (byte) (bytes.get(dataOffset) | spec.flags() >>> Byte.SIZE));
        bytes.put(ipLength + TcpHeader.MIN_LENGTH, options);
        return withChecksum(bytes, IpProtocol.TCP, TcpHeader.CHECKSUM_OFFSET);
    }

    /** The same options, with a timestamp's echo replaced by the stack's timestamp. */
    private static List<TcpOption> mapped(final List<TcpOption> options, final boolean ack, final ScriptFlow flow)
            throws IOException {
        final List<TcpOption> mapped = new ArrayList<>();
        for (final TcpOption option : options) {
            mapped.add(
                    ack && option instanceof TcpOption.Timestamp timestamp
                            ? new TcpOption.Timestamp(timestamp.value(), flow.wireTimestamp(timestamp.echo()))
                            : option);
        }
        return mapped;
    }

    private ByteBuffer udp(final PacketSpec.Udp spec, final ScriptFlow flow) {
        final ByteBuffer bytes = packet(IpProtocol.UDP, UdpHeader.LENGTH + spec.length(), remote, local);
        final Ports ports = ports(spec, flow);
        UdpHeader.write(bytes, ipLength, ports.source(), ports.destination(), UdpHeader.LENGTH + spec.length());
        return spec.checksum() ? withChecksum(bytes, IpProtocol.UDP, UdpHeader.CHECKSUM_OFFSET) : bytes;
    }

    private ByteBuffer icmp(final PacketSpec.Icmp spec, final ScriptFlow flow) {
        final Echoed echoed = spec.echoed();
        final byte[] quote = echoed.kind() == Echoed.Kind.RAW ? new byte[echoed.length()] : quote(echoed, flow);
        final int protocol = ipv6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP;
        final ByteBuffer bytes = packet(protocol, IcmpHeader.LENGTH + quote.length, remote, local);
        bytes.put(ipLength + IcmpHeader.TYPE_OFFSET, (byte) spec.type());
        bytes.put(ipLength + IcmpHeader.CODE_OFFSET, (byte) spec.code());
        if (spec.mtu() >= 0 && ipv6) {
            bytes.putInt(ipLength + Icmpv6Header.MTU_OFFSET, (int) spec.mtu());
        } else if (spec.mtu() >= 0) {
            bytes.putShort(ipLength + IcmpHeader.NEXT_HOP_MTU_OFFSET, (short) spec.mtu());
        }
        if (spec.echoId() > 0) {
            bytes.putShort(ipLength + IcmpHeader.IDENTIFIER_OFFSET, (short) spec.echoId());
        }
        bytes.put(ipLength + IcmpHeader.LENGTH, quote);
        if (ipv6) {
            return withChecksum(bytes, protocol, IcmpHeader.CHECKSUM_OFFSET);
        }
        final long sum = InternetChecksum.sum(bytes, ipLength, IcmpHeader.LENGTH + quote.length);
        IcmpHeader.checksum(bytes, ipLength, InternetChecksum.finish(sum));
        return bytes;
    }

    /** The packet of the stack that an error quotes. */
    private byte[] quote(final Echoed echoed, final ScriptFlow flow) {
        final boolean tcp = echoed.kind() == Echoed.Kind.TCP;
        final int headerLength = tcp ? TcpHeader.MIN_LENGTH : UdpHeader.LENGTH;
        final ByteBuffer whole =
                packet(tcp ? IpProtocol.TCP : IpProtocol.UDP, headerLength + echoed.length(), local, remote);
        if (!ipv6) {
            Ipv4Header.updateChecksum(whole, 0);
        }
        whole.putShort(ipLength, (short) flow.localPort());
        whole.putShort(ipLength + 2, (short) flow.remotePort());
        if (tcp) {
            whole.putInt(ipLength + TcpHeader.SEQUENCE_OFFSET, echoed.sequence() + flow.localOffset(false));
            whole.put(ipLength + TcpHeader.DATA_OFFSET_OFFSET, (byte) (TcpHeader.MIN_LENGTH / 4 << 4));
        } else {
            whole.putShort(ipLength + UdpHeader.LENGTH_OFFSET, (short) (UdpHeader.LENGTH + echoed.length()));
        }
        final int most = MAX_ICMPV6_ERROR - Ipv6Header.LENGTH - Icmpv6Header.LENGTH;
        final byte[] quote = new byte[ipv6 ? Math.min(whole.capacity(), most) : ipLength + QUOTED_BYTES];
        whole.get(0, quote);
        return quote;
    }

    private static Ports ports(final PacketSpec spec, final ScriptFlow flow) {
        final Ports given = spec.ports();
        return given != null ? given : new Ports(flow.remotePort(), flow.localPort());
    }

    private ByteBuffer packet(
            final int protocol, final int length, final IpAddress source, final IpAddress destination) {
        final ByteBuffer bytes = ByteBuffer.allocate(ipLength + length);
        if (ipv6) {
            Ipv6Header.write(
                    bytes,
                    0,
                    0,
                    0,
                    length,
                    protocol,
                    DEFAULT_TTL,
                    source.high(),
                    source.low(),
                    destination.high(),
                    destination.low());
            return bytes;
        }
        bytes.put(Ipv4Header.VERSION_IHL_OFFSET, (byte) 0x45);
        bytes.putShort(Ipv4Header.TOTAL_LENGTH_OFFSET, (short) bytes.capacity());
        bytes.putShort(Ipv4Header.IDENTIFICATION_OFFSET, (short) identification++);
        bytes.put(Ipv4Header.TIME_TO_LIVE_OFFSET, (byte) DEFAULT_TTL);
        bytes.put(Ipv4Header.PROTOCOL_OFFSET, (byte) protocol);
        bytes.putInt(Ipv4Header.SOURCE_OFFSET, source.ipv4Bits());
        bytes.putInt(Ipv4Header.DESTINATION_OFFSET, destination.ipv4Bits());
        return bytes;
    }

    private ByteBuffer withChecksum(final ByteBuffer bytes, final int protocol, final int offset) {
        final int length = bytes.capacity() - ipLength;
        final long sum = InternetChecksum.pseudoHeader(remote, local, protocol)
                + length
                + InternetChecksum.sum(bytes, ipLength, length);
        final int checksum = InternetChecksum.finish(sum);
        // RFC 768: 0 would say that there is none.
        bytes.putShort(ipLength + offset, (short) (checksum == 0 && protocol == IpProtocol.UDP ? 0xFFFF : checksum));
        return bytes;
    }
}
