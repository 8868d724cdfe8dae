package io.tapstack.packetdrill.script;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A packet as a script describes it. Sequence numbers are relative, and parts that are not specified are not compared.
 */
public sealed interface PacketSpec {

    /** True for a packet to the stack ({@code <}). */
    boolean inbound();

    /** Its IP header. */
    IpSpec ip();

    /** Its ports, or null if they are those of the socket under test. */
    default @Nullable Ports ports() {
        return null;
    }

    /** {@code source > destination}. */
    record Ports(int source, int destination) {}

    /**
     * A TCP segment.
     *
     * @param flags bits of {@link io.tapstack.wire.TcpHeader}
     * @param sequence of the first byte
     * @param length payload in bytes
     * @param window as in the header, or -1 for any
     * @param options null for any ({@code <...>})
     */
    record Tcp(
            boolean inbound,
            IpSpec ip,
            @Nullable Ports ports,
            int flags,
            int sequence,
            int length,
            int acknowledgment,
            int window,
            int urgentPointer,
            @Nullable List<TcpOption> options)
            implements PacketSpec {}

    /**
     * A UDP datagram.
     *
     * @param checksum false for a checksum of 0, that is none (RFC 768)
     * @param length payload in bytes
     */
    record Udp(boolean inbound, IpSpec ip, @Nullable Ports ports, boolean checksum, int length) implements PacketSpec {}

    /**
     * An ICMP or ICMPv6 message.
     *
     * @param names the names of its version
     * @param mtu of a {@code frag_needed} or {@code packet_too_big}, or -1
     * @param echoId of an echo
     * @param echoed the quoted part of the packet that caused it
     */
    record Icmp(boolean inbound, IpSpec ip, IcmpNames names, int type, int code, long mtu, int echoId, Echoed echoed)
            implements PacketSpec {}

    /**
     * The packet inside an ICMP message.
     *
     * @param kind of the packet; RAW for {@code length} bytes of zeros behind the ICMP header instead
     * @param sequence relative, of a TCP segment
     */
    record Echoed(Kind kind, int sequence, int length) {

        /** The kind of quoted packet. */
        public enum Kind {
            TCP,
            UDP,
            RAW
        }
    }

    /**
     * An IP header as a script describes it.
     *
     * @param field the described part of the traffic class byte
     * @param trafficClass its value
     * @param timeToLive the hop limit of IPv6; 0 for any
     * @param flowLabel of IPv6, or -1 for any
     */
    record IpSpec(Field field, int trafficClass, int timeToLive, int flowLabel) {

        /** Not specified. */
        public static final IpSpec ANY = new IpSpec(Field.NONE, 0, 0, -1);

        /** The same with a described part of the traffic class. */
        IpSpec withTrafficClass(final Field part, final int value) {
            return new IpSpec(part, value, timeToLive, flowLabel);
        }

        /** The same with a time to live. */
        IpSpec withTimeToLive(final int hops) {
            return new IpSpec(field, trafficClass, hops, flowLabel);
        }

        /** The same with a flow label. */
        IpSpec withFlowLabel(final int label) {
            return new IpSpec(field, trafficClass, timeToLive, label);
        }

        /** The described part of the traffic class. */
        public enum Field {
            NONE,
            /** The lower two bits. */
            ECN,
            /** The lower two bits are either ECT. */
            ECT_ANY,
            /** The whole byte. */
            ALL
        }
    }
}
