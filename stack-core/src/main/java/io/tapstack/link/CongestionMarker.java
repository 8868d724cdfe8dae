package io.tapstack.link;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.VlanTag;
import java.nio.ByteBuffer;

/** Marks ECN-capable IPv4 packets "congestion experienced", as a router with a long queue does (RFC 3168 5). */
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
        if (ip < 0 || frame.tail() - ip < Ipv4Header.LENGTH || Ipv4Header.version(bytes, ip) != 4) {
            return false;
        }
        final int trafficClass = Ipv4Header.trafficClass(bytes, ip);
        if ((trafficClass & Ipv4Header.ECN_MASK) == Ipv4Header.NOT_ECT) {
            return false;
        }
        bytes.put(ip + Ipv4Header.TRAFFIC_CLASS_OFFSET, (byte) (trafficClass | Ipv4Header.CONGESTION_EXPERIENCED));
        Ipv4Header.updateChecksum(bytes, ip);
        return true;
    }

    /** The offset of the IPv4 packet in a frame, or -1 if there is none. */
    private int packet(final PacketBuffer frame, final ByteBuffer bytes) {
        if (linkHeaderLength == 0) {
            return frame.head();
        }
        if (frame.contiguousLength() < linkHeaderLength) {
            return -1;
        }
        final int typeAt = VlanTag.skipPriority(bytes, frame.head(), frame.tail());
        return VlanTag.typeAt(bytes, typeAt) == EthernetHeader.TYPE_IPV4 ? typeAt + Short.BYTES : -1;
    }
}
