package io.tapstack.ip.v6;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.link.LinkProtocol;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6Groups;
import io.tapstack.wire.Ipv6Header;
import org.jspecify.annotations.Nullable;

/**
 * IPv6 on one link: our addresses and groups there, and the neighbours.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Ipv6Interface implements LinkProtocol {

    private final NetworkInterface link;
    private final Ipv6Input input;
    private final AddressList addresses = new AddressList();
    private int mtu = Integer.MAX_VALUE;

    /** @throws IllegalArgumentException if the link's MTU is less than IPv6 needs (RFC 8200 5) */
    Ipv6Interface(final NetworkInterface link, final Ipv6Input input) {
        if (link.mtu() < Ipv6Header.MIN_MTU) {
            throw new IllegalArgumentException(
                    "IPv6 needs an MTU of " + Ipv6Header.MIN_MTU + " bytes or more, and the link has " + link.mtu());
        }
        this.link = link;
        this.input = input;
        link.register(EthernetHeader.TYPE_IPV6, this);
    }

    @Override
    public void receive(final PacketBuffer packet, final boolean unicast, final long nowNanos) {
        input.receive(packet, this, unicast, nowNanos);
    }

    /** The addresses on this link. */
    public AddressList addresses() {
        return addresses;
    }

    /** The link. */
    public NetworkInterface link() {
        return link;
    }

    /** Largest IPv6 packet on the link in bytes. */
    public int mtu() {
        return Math.min(mtu, link.mtu());
    }

    /** False while the link's MTU is less than IPv6 needs: nothing is sent (RFC 8200 5). */
    boolean isUp() {
        return link.mtu() >= Ipv6Header.MIN_MTU;
    }

    /** True if packets to the address (128 bits) are received here. */
    boolean isOurs(final long high, final long low) {
        return addresses.isUsable(high, low);
    }

    /** True if packets to the group (128 bits) are received here. */
    boolean isMember(final long high, final long low) {
        final IpAddress all = Ipv6Groups.ALL_NODES;
        if (low == all.low() && high == all.high()) {
            return true;
        }
        for (int i = 0; i < addresses.size(); i++) {
            final HostAddress each = addresses.get(i);
            if (Ipv6Groups.isSolicitedNode(high, low, each.address().low())) {
                return true;
            }
        }
        return false;
    }

    /** The neighbour that packets for {@code nextHop} go to, or null on a link without Ethernet. */
    @Nullable
    Neighbor neighbor(final IpAddress nextHop) {
        if (!link.isEthernet()) {
            return null;
        }
        if (nextHop.isMulticast()) {
            return Neighbor.permanent(nextHop, Ipv6Groups.mac(nextHop));
        }
        throw new IllegalStateException("no Neighbor Discovery");
    }
}
