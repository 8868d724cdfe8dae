package io.tapstack.packetdrill.packet;

import io.tapstack.packetdrill.script.IcmpNames;
import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.PacketSpec.Echoed;
import io.tapstack.packetdrill.script.PacketSpec.IpSpec;
import io.tapstack.packetdrill.script.PacketSpec.Ports;
import io.tapstack.packetdrill.script.TcpOption;
import io.tapstack.packetdrill.script.TcpOptionCodec;
import io.tapstack.wire.IcmpHeader;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import java.util.List;

/** Describes a packet of the stack in the terms of a script. */
final class PacketReader {

    private PacketReader() {}

    /** The packet in the script's terms, with all its parts. */
    static PacketSpec read(final WirePacket packet, final ScriptFlow flow) {
        final IpSpec ip = new IpSpec(IpSpec.Field.ALL, packet.trafficClass(), packet.timeToLive(), packet.flowLabel());
        if (packet.isIcmp()) {
            final int header = packet.transport();
            final int type = IcmpHeader.type(packet.bytes(), header);
            final int code = IcmpHeader.code(packet.bytes(), header);
            final IcmpNames names = IcmpNames.of(packet.isIpv6());
            return new PacketSpec.Icmp(false, ip, names, type, code, -1, 0, new Echoed(Echoed.Kind.TCP, 0, 0));
        }
        final Ports ports = new Ports(packet.sourcePort(), packet.destinationPort());
        if (packet.protocol() == IpProtocol.UDP) {
            return new PacketSpec.Udp(false, ip, ports, true, packet.payloadLength());
        }
        final TcpHeader tcp = packet.tcp();
        final boolean syn = (tcp.flags() & TcpHeader.SYN) != 0;
        final boolean ack = (tcp.flags() & TcpHeader.ACK) != 0;
        final List<TcpOption> options = new TcpOptionCodec()
                .decode(packet.tcpOptions(), -flow.remoteOffset(syn)).stream()
                        .map(option -> option instanceof TcpOption.Timestamp timestamp
                                ? new TcpOption.Timestamp(flow.scriptTimestamp(timestamp.value()), timestamp.echo())
                                : option)
                        .toList();
        return new PacketSpec.Tcp(
                false,
                ip,
                ports,
                packet.tcpFlags(),
                tcp.sequence() - flow.localOffset(syn),
                packet.payloadLength(),
                ack ? tcp.acknowledgment() - flow.remoteOffset(syn) : tcp.acknowledgment(),
                tcp.window(),
                tcp.urgentPointer(),
                options);
    }
}
