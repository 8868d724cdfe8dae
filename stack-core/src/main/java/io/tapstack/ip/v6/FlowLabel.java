package io.tapstack.ip.v6;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.SipHash;

/**
 * The flow labels of one pair of addresses (RFC 6437): all packets of a connection have one label, which routers use to
 * spread connections over links, and which an outsider cannot predict from other labels (RFC 6437 3). The pair's keys
 * come from a keyed hash; the ports are mixed in with them, which costs a multiplication for each packet. Immutable.
 */
final class FlowLabel {

    private final long key;
    private final long factor;

    FlowLabel(final SipHash hash, final IpAddress source, final IpAddress destination) {
        final long one = hash.hash(source.high(), source.low());
        final long other = hash.hash(destination.high(), destination.low());
        this.key = hash.hash(one, other);
        // An odd factor maps different ports to different products.
        this.factor = hash.hash(other, one) | 1;
    }

    /**
     * The label of a packet.
     *
     * @param protocol of the transport
     * @param ports the first four bytes of the transport header
     * @return 1 to 2^20 - 1; 0, which means no label, for a protocol without ports in that place
     */
    int of(final int protocol, final int ports) {
        if (protocol != IpProtocol.TCP && protocol != IpProtocol.UDP) {
            return 0;
        }
        final long mixed = (key + ((long) protocol << Integer.SIZE | ports & 0xFFFF_FFFFL)) * factor;
        final int label = (int) (mixed >>> 44) & Ipv6Header.FLOW_LABEL_MASK;
        return label == 0 ? 1 : label;
    }
}
