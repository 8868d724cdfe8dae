package io.tapstack.stack;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.ip.TransportProtocol;
import io.tapstack.link.LinkType;
import io.tapstack.link.SteeredLink;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.MacAddress;

/**
 * In front of the TCP of the first of several stacks. Fragments have no ports, so all of them come to that stack; whose
 * a segment is shows when it is whole, and then it is passed on to its owner.
 */
final class StraySegments implements TransportProtocol {

    private final TransportProtocol tcp;
    private final SteeredLink link;
    private final long mac;

    /**
     * @param tcp whose segments are not passed on
     * @param link the stack's
     * @param mac that of all the stacks
     */
    StraySegments(final TransportProtocol tcp, final SteeredLink link, final MacAddress mac) {
        this.tcp = tcp;
        this.link = link;
        this.mac = mac.bits();
    }

    @Override
    public void receive(final PacketBuffer packet, final ReceivedPacket info, final long nowNanos) {
        // What came whole was steered before. What was sent to a group is nobody's: its link address would get lost.
        final int self = link.share().queue();
        final int owner = info.isReassembled() && info.isUnicast() ? link.owner(packet, info.headerOffset()) : self;
        if (owner == self) {
            tcp.receive(packet, info, nowNanos);
            return;
        }
        packet.prepend(packet.head() - info.headerOffset());
        if (link.capabilities().type() == LinkType.ETHERNET) {
            final int header = packet.prepend(EthernetHeader.LENGTH);
            EthernetHeader.write(packet.memory().bytes(), header, mac, mac, EthernetHeader.TYPE_IPV4);
        }
        link.pass(packet, owner);
        packet.release();
    }

    /** Errors come whole, and so to the owner at once; one that a router has cut up is lost, as any of them can be. */
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
