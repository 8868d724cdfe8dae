package io.tapstack.packetdrill.packet;

import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.packetdrill.script.PacketSpec.IpSpec;
import io.tapstack.packetdrill.script.PacketSpec.Ports;
import io.tapstack.packetdrill.script.TcpOption;
import io.tapstack.wire.TcpHeader;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Packets in packetdrill's notation. */
public final class PacketText {

    private static final String[] ECN = {"noecn", "ect1", "ect0", "ce"};

    private PacketText() {}

    /** The packet in the notation of scripts, without the parts that are not specified. */
    public static String of(final PacketSpec packet) {
        final StringBuilder text = new StringBuilder();
        text.append(packet.inbound() ? "<" : ">").append(ip(packet.ip()));
        if (packet instanceof PacketSpec.Icmp icmp) {
            text.append(" icmp ").append(icmp.names().describe(icmp.type(), icmp.code()));
            return text.append(icmp.mtu() < 0 ? "" : " mtu " + icmp.mtu()).toString();
        }
        final Ports ports = packet.ports();
        final String portText = ports == null ? "" : " " + ports.source() + " > " + ports.destination();
        if (packet instanceof PacketSpec.Udp udp) {
            return text.append(" udp")
                    .append(portText)
                    .append(udp.checksum() ? "" : " nochecksum")
                    .append(" (" + udp.length() + ")")
                    .toString();
        }
        return text.append(portText).append(tcp((PacketSpec.Tcp) packet)).toString();
    }

    private static String tcp(final PacketSpec.Tcp tcp) {
        final StringBuilder text = new StringBuilder();
        text.append(' ').append(flags(tcp.flags()));
        text.append(' ').append(Integer.toUnsignedString(tcp.sequence()));
        text.append(':').append(Integer.toUnsignedString(tcp.sequence() + tcp.length()));
        text.append('(').append(tcp.length()).append(')');
        if ((tcp.flags() & TcpHeader.ACK) != 0 || tcp.acknowledgment() != 0) {
            text.append(" ack ").append(Integer.toUnsignedString(tcp.acknowledgment()));
        }
        if (tcp.window() >= 0) {
            text.append(" win ").append(tcp.window());
        }
        if ((tcp.flags() & TcpHeader.URG) != 0 || tcp.urgentPointer() != 0) {
            text.append(" urg ").append(tcp.urgentPointer());
        }
        return text.append(options(tcp.options())).toString();
    }

    private static String options(final @org.jspecify.annotations.Nullable List<TcpOption> options) {
        if (options == null) {
            return " <...>";
        }
        return options.isEmpty()
                ? ""
                : options.stream().map(Object::toString).collect(Collectors.joining(",", " <", ">"));
    }

    /** Flags as tcpdump writes them. */
    static String flags(final int flags) {
        final String plain = TcpHeader.flagsToString(flags).replaceAll("[\\[\\]]", "");
        return plain.isEmpty() ? "-" : plain;
    }

    private static String ip(final IpSpec ip) {
        final String trafficClass =
                switch (ip.field()) {
                    case NONE -> "";
                    case ECN -> ECN[ip.trafficClass()];
                    case ECT_ANY -> "ect01";
                    case ALL -> String.format("tos 0x%02x", ip.trafficClass());
                };
        final String flowLabel = ip.flowLabel() < 0 ? "" : String.format("flowlabel 0x%05x", ip.flowLabel());
        final String timeToLive = ip.timeToLive() == 0 ? "" : "ttl " + ip.timeToLive();
        final String all = Stream.of(trafficClass, flowLabel, timeToLive)
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining(","));
        return all.isEmpty() ? "" : " [" + all + "]";
    }
}
