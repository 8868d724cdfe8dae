package io.tapstack.link;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TrafficClass;
import io.tapstack.wire.VlanTag;
import java.nio.ByteBuffer;

/** Marks ECN-capable packets "congestion experienced", as a router with a long queue does (RFC 3168 5). */
final class CongestionMarker {

    private final int linkHeaderLength;

    CongestionMarker(final LinkType type) {
        this.linkHeaderLength = type == LinkType.ETHERNET ? EthernetHeader.LENGTH : 0;
    }

    /**
     * Marks {@code frame}, whose headers are in its contiguous part.
     *
     * @return false if it is not ECN-capable
     */
    boolean mark(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        final int ip = packet(frame, bytes);
        if (ip < 0 || frame.tail() - ip < Ipv4Header.LENGTH) {
            return false;
        }
        return switch (Ipv4Header.version(bytes, ip)) {
            case 4 -> markIpv4(bytes, ip);
            case 6 -> markIpv6(bytes, ip);
            default -> false;
        };
    }

    private static boolean markIpv4(final ByteBuffer bytes, final int ip) {
        final int trafficClass = Ipv4Header.trafficClass(bytes, ip);
        if (!isCapable(trafficClass)) {
            return false;
        }
        bytes.put(ip + Ipv4Header.TRAFFIC_CLASS_OFFSET, (byte) (trafficClass | TrafficClass.CONGESTION_EXPERIENCED));
        Ipv4Header.updateChecksum(bytes, ip);
        return true;
    }

    /** RFC 3168 5: the field of IPv6's traffic class is that of IPv4, and no checksum covers it. */
    private static boolean markIpv6(final ByteBuffer bytes, final int ip) {
        final int trafficClass = Ipv6Header.trafficClass(bytes, ip);
        if (!isCapable(trafficClass)) {
            return false;
        }
        Ipv6Header.trafficClass(bytes, ip, trafficClass | TrafficClass.CONGESTION_EXPERIENCED);
        return true;
    }

    private static boolean isCapable(final int trafficClass) {
        return (trafficClass & TrafficClass.ECN_MASK) != TrafficClass.NOT_ECT;
    }

    /** The offset of the IP packet in a frame, or -1 if there is none. */
    private int packet(final PacketBuffer frame, final ByteBuffer bytes) {
        if (linkHeaderLength == 0) {
            return frame.head();
        }
        if (frame.contiguousLength() < linkHeaderLength) {
            return -1;
        }
        final int typeAt = VlanTag.skipPriority(bytes, frame.head(), frame.tail());
        final int type = VlanTag.typeAt(bytes, typeAt);
        final boolean isIp = type == EthernetHeader.TYPE_IPV4 || type == EthernetHeader.TYPE_IPV6;
        return isIp ? typeAt + Short.BYTES : -1;
    }
}
