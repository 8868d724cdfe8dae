package io.tapstack.stack;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.link.LinkType;
import io.tapstack.link.SteeredLink;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;

/**
 * Passes reassembled segments on to the stack that owns them; stands in front of the TCP of the first of several
 * stacks. Fragments have no ports, so all of them come to the first stack, and the owner is known only after
 * reassembly.
 */
final class StraySegments implements TransportProtocol {

    private final TransportProtocol tcp;
    private final SteeredLink link;
    private final long mac;

    /**
     * @param tcp receives the segments of this stack
     * @param link of this stack
     * @param mac of all the stacks
     */
    StraySegments(final TransportProtocol tcp, final SteeredLink link, final MacAddress mac) {
        this.tcp = tcp;
        this.link = link;
        this.mac = mac.bits();
    }

    @Override
    public void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        // A whole segment was steered before. A segment to a group address stays here, as passing it on would lose its
        // link address.
        final int self = link.share().queue();
        final int owner = info.isReassembled() && info.isUnicast() ? link.owner(packet, info.headerOffset()) : self;
        if (owner == self) {
            tcp.receive(packet, info, nowNanos);
            return;
        }
        packet.prepend(packet.head() - info.headerOffset());
        if (link.capabilities().type() == LinkType.ETHERNET) {
            final ByteBuffer bytes = packet.memory().bytes();
            final boolean ipv6 = Ipv6Header.version(bytes, info.headerOffset()) == 6;
            final int header = packet.prepend(EthernetHeader.LENGTH);
            final int etherType = ipv6 ? EthernetHeader.TYPE_IPV6 : EthernetHeader.TYPE_IPV4;
            EthernetHeader.write(bytes, header, mac, mac, etherType);
        }
        link.pass(packet, owner);
        packet.release();
    }

    /**
     * An error is whole, so it comes to the owner at once; one that a router has fragmented is lost, as any error can
     * be.
     */
    @Override
    public void icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        tcp.icmpError(error, mtu, quoted, info, nowNanos);
    }
}
