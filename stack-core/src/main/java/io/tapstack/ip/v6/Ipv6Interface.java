package io.tapstack.ip.v6;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.ip.Route;
import io.tapstack.ip.RouteTable;
import io.tapstack.link.LinkProtocol;
import io.tapstack.multicast.MldProtocol;
import io.tapstack.multicast.MulticastGroups;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.ndp.NdpProtocol;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.WaitingPackets;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv6Groups;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.SipHash;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IPv6 on one link: our addresses and groups there, and the neighbours that Neighbor Discovery finds.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Ipv6Interface implements LinkProtocol {

    /** RFC 4291 2.5.6. */
    private static final IpAddress LINK_LOCAL_PREFIX = IpAddress.ipv6(0xFE80L << 48, 0);

    private static final int LINK_LOCAL_LENGTH = 64;

    private final NetworkInterface link;
    private final RouteTable routes;
    private final Ipv6Input input;
    private final AddressList addresses = new AddressList();
    private final MldProtocol mld;
    private final @Nullable NdpProtocol ndp;
    private boolean started;

    /** @throws IllegalArgumentException if the link's MTU is less than IPv6 needs (RFC 8200 5) */
    Ipv6Interface(
            final NetworkInterface link,
            final RouteTable routes,
            final NdpConfig config,
            final SipHash secret,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final Ipv6Input input,
            final Ipv6Output output) {
        if (link.mtu() < Ipv6Header.MIN_MTU) {
            throw new IllegalArgumentException(
                    "IPv6 needs an MTU of " + Ipv6Header.MIN_MTU + " bytes or more, and the link has " + link.mtu());
        }
        this.link = link;
        this.routes = routes;
        this.input = input;
        this.mld = new MldProtocol(link, addresses, config.speaksForAddress(), pool, wheel, statistics, random);
        if (!config.speaksForAddress()) {
            // The stack that speaks for the addresses announces them to all routers (RFC 9131 6.1).
            mld.groups().join(Ipv6Groups.ALL_ROUTERS);
        }
        addresses.listen(changed -> routes.changed());
        link.register(EthernetHeader.TYPE_IPV6, this);
        if (!link.isEthernet()) {
            this.ndp = null;
            return;
        }
        this.ndp = new NdpProtocol(
                link,
                addresses,
                routes,
                mld.groups(),
                config,
                secret,
                pool,
                wheel,
                statistics,
                random,
                new WaitingPackets() {
                    @Override
                    public void resolved(final PacketBuffer packet, final Neighbor neighbor) {
                        output.resolved(packet, link, neighbor);
                    }

                    @Override
                    public void unresolved(final PacketBuffer packet, final long nowNanos) {
                        input.unreachable(packet, nowNanos);
                    }
                },
                advertised -> routes.changed());
    }

    /**
     * Adds an address, with a route to its subnet. It is used once {@link #start} was called, and on Ethernet after the
     * check for a duplicate (RFC 4862 5.4).
     *
     * @throws IllegalArgumentException if it is not an IPv6 address, or the interface has it
     */
    public HostAddress add(final InterfaceAddress address) {
        if (address.address().isIpv4()) {
            throw new IllegalArgumentException(address + " is not an IPv6 address");
        }
        final HostAddress added = new HostAddress(
                address.address(), address.prefixLength(), HostAddress.Origin.CONFIGURED, AddressState.TENTATIVE);
        routes.add(new Route(address.network(), address.prefixLength(), null, link));
        addresses.add(added);
        if (ndp == null && started) {
            added.state(AddressState.PREFERRED);
        }
        return added;
    }

    /** Checks our addresses for duplicates and solicits routers, as configured; without Ethernet neither is needed. */
    public void start() {
        started = true;
        if (ndp != null) {
            ndp.start();
            return;
        }
        routes.add(new Route(LINK_LOCAL_PREFIX, LINK_LOCAL_LENGTH, null, link));
        for (final HostAddress each : addresses.all()) {
            each.state(AddressState.PREFERRED);
        }
    }

    /** Forgets the neighbours and routers, and drops the packets that wait. The device stays open. */
    public void stop() {
        if (ndp != null) {
            ndp.stop();
        }
        mld.stop();
    }

    @Override
    public void receive(final PacketBuffer packet, final boolean unicast, final long nowNanos) {
        input.receive(packet, this, unicast, nowNanos);
    }

    /** The addresses on this link. */
    public AddressList addresses() {
        return addresses;
    }

    /** The groups that are joined on this link. */
    public MulticastGroups groups() {
        return mld.groups();
    }

    /** Multicast Listener Discovery on this link. */
    public MldProtocol mld() {
        return mld;
    }

    /** Neighbor Discovery on this link, or null if it needs none. */
    public @Nullable NdpProtocol ndp() {
        return ndp;
    }

    /** The link. */
    public NetworkInterface link() {
        return link;
    }

    /** Largest IPv6 packet on the link in bytes: that of the device, or less if a router says so (RFC 4861 6.3.4). */
    public int mtu() {
        return ndp == null ? link.mtu() : Math.min(ndp.parameters().mtu(), link.mtu());
    }

    /** False while the link's MTU is less than IPv6 needs: nothing is sent (RFC 8200 5). */
    boolean isUp() {
        return link.mtu() >= Ipv6Header.MIN_MTU;
    }

    /** True if packets to the address (128 bits) are received here. */
    boolean isOurs(final long high, final long low) {
        return addresses.isUsable(high, low);
    }

    /** True if packets of a source to a group (128 bits each) are received here. */
    boolean isMember(final long high, final long low, final long sourceHigh, final long sourceLow) {
        final IpAddress all = Ipv6Groups.ALL_NODES;
        if (low == all.low() && high == all.high()) {
            return true;
        }
        for (int i = 0; i < addresses.size(); i++) {
            if (Ipv6Groups.isSolicitedNode(high, low, addresses.get(i).address().low())) {
                return true;
            }
        }
        return mld.groups().accepts(high, low, sourceHigh, sourceLow);
    }

    /** The neighbour that packets for {@code nextHop} go to, or null on a link without Ethernet. */
    @Nullable
    Neighbor neighbor(final IpAddress nextHop) {
        if (ndp == null) {
            return null;
        }
        return nextHop.isMulticast()
                ? Neighbor.permanent(nextHop, Ipv6Groups.mac(nextHop))
                : ndp.neighbors().neighbor(nextHop);
    }
}
