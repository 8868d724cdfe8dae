package io.tapstack.packetdrill.packet;

import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.PacketSpec.Echoed;
import io.tapstack.packetdrill.script.PacketSpec.Ports;
import io.tapstack.packetdrill.script.TcpOption;
import io.tapstack.packetdrill.script.TcpOptionCodec;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
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

    private final IpAddress local;
    private final IpAddress remote;
    private int identification;

    /**
     * @param local the stack's address
     * @param remote the script's
     */
    public PacketWriter(final IpAddress local, final IpAddress remote) {
        this.local = local;
        this.remote = remote;
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
        final PacketSpec.IpSpec ip = packet.ip();
        bytes.put(Ipv4Header.TRAFFIC_CLASS_OFFSET, (byte) ip.trafficClass());
        bytes.put(Ipv4Header.TIME_TO_LIVE_OFFSET, (byte) (ip.timeToLive() > 0 ? ip.timeToLive() : DEFAULT_TTL));
        Ipv4Header.updateChecksum(bytes, 0);
        return bytes.array();
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
                .wrap(bytes, Ipv4Header.LENGTH)
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
        final int dataOffset = Ipv4Header.LENGTH + TcpHeader.DATA_OFFSET_OFFSET;
        bytes.put(dataOffset, (byte) (bytes.get(dataOffset) | spec.flags() >>> Byte.SIZE));
        bytes.put(Ipv4Header.LENGTH + TcpHeader.MIN_LENGTH, options);
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
        UdpHeader.write(
                bytes, Ipv4Header.LENGTH, ports.source(), ports.destination(), UdpHeader.LENGTH + spec.length());
        return withChecksum(bytes, IpProtocol.UDP, UdpHeader.CHECKSUM_OFFSET);
    }

    private ByteBuffer icmp(final PacketSpec.Icmp spec, final ScriptFlow flow) {
        final Echoed echoed = spec.echoed();
        final byte[] quote = echoed.kind() == Echoed.Kind.RAW ? new byte[echoed.length()] : quote(echoed, flow);
        final ByteBuffer bytes = packet(IpProtocol.ICMP, IcmpHeader.LENGTH + quote.length, remote, local);
        final int header = Ipv4Header.LENGTH;
        bytes.put(header + IcmpHeader.TYPE_OFFSET, (byte) spec.type());
        bytes.put(header + IcmpHeader.CODE_OFFSET, (byte) spec.code());
        if (spec.mtu() >= 0) {
            bytes.putShort(header + IcmpHeader.NEXT_HOP_MTU_OFFSET, (short) spec.mtu());
        }
        if (spec.echoId() > 0) {
            bytes.putShort(header + IcmpHeader.IDENTIFIER_OFFSET, (short) spec.echoId());
        }
        bytes.put(header + IcmpHeader.LENGTH, quote);
        final long sum = InternetChecksum.sum(bytes, header, IcmpHeader.LENGTH + quote.length);
        IcmpHeader.checksum(bytes, header, InternetChecksum.finish(sum));
        return bytes;
    }

    /** The packet of the stack that an error quotes. */
    private byte[] quote(final Echoed echoed, final ScriptFlow flow) {
        final boolean tcp = echoed.kind() == Echoed.Kind.TCP;
        final int headerLength = tcp ? TcpHeader.MIN_LENGTH : UdpHeader.LENGTH;
        final ByteBuffer whole =
                packet(tcp ? IpProtocol.TCP : IpProtocol.UDP, headerLength + echoed.length(), local, remote);
        Ipv4Header.updateChecksum(whole, 0);
        whole.putShort(Ipv4Header.LENGTH, (short) flow.localPort());
        whole.putShort(Ipv4Header.LENGTH + 2, (short) flow.remotePort());
        if (tcp) {
            whole.putInt(Ipv4Header.LENGTH + TcpHeader.SEQUENCE_OFFSET, echoed.sequence() + flow.localOffset(false));
        } else {
            whole.putShort(Ipv4Header.LENGTH + UdpHeader.LENGTH_OFFSET, (short) (UdpHeader.LENGTH + echoed.length()));
        }
        final byte[] quote = new byte[Ipv4Header.LENGTH + QUOTED_BYTES];
        whole.get(0, quote);
        return quote;
    }

    private static Ports ports(final PacketSpec spec, final ScriptFlow flow) {
        final Ports given = spec.ports();
        return given != null ? given : new Ports(flow.remotePort(), flow.localPort());
    }

    private ByteBuffer packet(
            final int protocol, final int length, final IpAddress source, final IpAddress destination) {
        final ByteBuffer bytes = ByteBuffer.allocate(Ipv4Header.LENGTH + length);
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
        final int length = bytes.capacity() - Ipv4Header.LENGTH;
        final long sum = InternetChecksum.pseudoHeader(remote, local, protocol)
                + length
                + InternetChecksum.sum(bytes, Ipv4Header.LENGTH, length);
        bytes.putShort(Ipv4Header.LENGTH + offset, (short) InternetChecksum.finish(sum));
        return bytes;
    }
}
