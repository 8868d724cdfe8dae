package io.tapstack.ip.v4;

import io.tapstack.arp.ArpConfig;
import io.tapstack.arp.ArpProtocol;
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
import io.tapstack.multicast.IgmpProtocol;
import io.tapstack.multicast.MulticastGroups;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.WaitingPackets;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.Ipv4Groups;
import io.tapstack.wire.MacAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 on one link: our addresses there, and the neighbours that ARP resolves.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Ipv4Interface implements LinkProtocol {

    private static final long BROADCAST = MacAddress.BROADCAST.bits();

    private final NetworkInterface link;
    private final RouteTable routes;
    private final AddressList addresses = new AddressList();
    private final Ipv4Input input;
    private final IgmpProtocol igmp;
    private final @Nullable ArpProtocol arp;
    private boolean started;
    private boolean seeksAddress;

    Ipv4Interface(
            final NetworkInterface link,
            final RouteTable routes,
            final ArpConfig config,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final Ipv4Input input,
            final Ipv4Output output) {
        this.link = link;
        this.routes = routes;
        this.input = input;
        this.igmp =
                new IgmpProtocol(link, this::groupSource, config.speaksForAddress(), pool, wheel, statistics, random);
        addresses.listen(changed -> routes.changed());
        link.register(EthernetHeader.TYPE_IPV4, this);
        if (!link.isEthernet()) {
            this.arp = null;
            return;
        }
        final ArpProtocol resolution = new ArpProtocol(
                link.port(), MacAddress.of(link.mac()), config, pool, wheel, statistics, random, new WaitingPackets() {
                    @Override
                    public void resolved(final PacketBuffer packet, final Neighbor neighbor) {
                        output.resolved(packet, link, neighbor);
                    }

                    @Override
                    public void unresolved(final PacketBuffer packet, final long nowNanos) {
                        input.unreachable(packet, nowNanos);
                    }
                });
        this.arp = resolution;
        link.register(EthernetHeader.TYPE_ARP, (packet, unicast, nowNanos) -> resolution.receive(packet));
    }

    /**
     * Adds an address, with a route to its subnet. It is used once {@link #start} was called, and probed for first if
     * ARP is so configured.
     *
     * @throws IllegalArgumentException if it is not an IPv4 address, or the interface has it
     */
    public HostAddress add(final InterfaceAddress address, final HostAddress.Origin origin) {
        if (!address.address().isIpv4()) {
            throw new IllegalArgumentException(address + " is not an IPv4 address");
        }
        final HostAddress added =
                new HostAddress(address.address(), address.prefixLength(), origin, AddressState.TENTATIVE);
        addresses.add(added);
        routes.add(new Route(address.network(), address.prefixLength(), null, link));
        if (arp != null) {
            arp.add(added);
        } else if (started) {
            added.state(AddressState.PREFERRED);
        }
        return added;
    }

    /** Removes an address, and the route to its subnet if no other address is there. */
    public void remove(final HostAddress address) {
        if (arp != null) {
            arp.remove(address.address());
        }
        addresses.remove(address);
        final IpAddress network = address.address().prefix(address.prefixLength());
        for (int i = 0; i < addresses.size(); i++) {
            final HostAddress other = addresses.get(i);
            if (other.prefixLength() == address.prefixLength() && other.isOnSubnet(network.high(), network.low())) {
                return;
            }
        }
        routes.remove(network, address.prefixLength());
    }

    /** Announces our addresses on the link (or probes for them first, if so configured). */
    public void start() {
        started = true;
        if (arp != null) {
            arp.start();
            return;
        }
        for (int i = 0; i < addresses.size(); i++) {
            addresses.get(i).state(AddressState.PREFERRED);
        }
    }

    /** Forgets the neighbours and drops the packets that wait for them. The device stays open. */
    public void stop() {
        if (arp != null) {
            arp.stop();
        }
        igmp.stop();
    }

    /**
     * Sets whether a protocol looks for an address of this interface: until there is one, packets may be sent from
     * 0.0.0.0 to all hosts of the link, and those to all hosts are received (RFC 1122 3.2.1.3 (a), 3.3.6).
     */
    public void seeksAddress(final boolean seeks) {
        seeksAddress = seeks;
        routes.changed();
    }

    /** True if a protocol looks for an address and there is none yet. */
    boolean lacksAddress() {
        return seeksAddress && !isReady();
    }

    /** The groups that are joined on this link. */
    public MulticastGroups groups() {
        return igmp.groups();
    }

    /** Group management on this link. */
    IgmpProtocol igmp() {
        return igmp;
    }

    /** RFC 3376 4.2.13: reports come from an address of ours, or from 0.0.0.0 while there is none. */
    private IpAddress groupSource() {
        return IpAddress.ipv4(source(0));
    }

    @Override
    public void receive(final PacketBuffer packet, final boolean unicast, final long nowNanos) {
        input.receive(packet, this, unicast, nowNanos);
    }

    /** The neighbour that packets for {@code nextHop} go to, or null on a link without Ethernet. */
    @Nullable
    Neighbor neighbor(final int nextHop) {
        if (arp == null) {
            return null;
        }
        final IpAddress hop = IpAddress.ipv4(nextHop);
        if (nextHop == -1 || isDirectedBroadcast(nextHop)) {
            return Neighbor.permanent(hop, BROADCAST);
        }
        if (nextHop >>> 28 == 0xE) {
            return Neighbor.permanent(hop, Ipv4Groups.mac(nextHop));
        }
        return arp.neighbors().neighbor(hop);
    }

    /**
     * Our address for packets by {@code nextHop}: the first of its subnet, as on Linux, or else the first; 0 if none is
     * in use.
     */
    int source(final int nextHop) {
        int first = 0;
        for (int i = 0; i < addresses.size(); i++) {
            final HostAddress each = addresses.get(i);
            if (each.isUsable()) {
                if (each.isOnSubnet(0, IpAddress.ipv4Low(nextHop))) {
                    return each.address().ipv4Bits();
                }
                first = first == 0 ? each.address().ipv4Bits() : first;
            }
        }
        return first;
    }

    /** True if the 32 bits are an address of this interface, in any state. */
    boolean has(final int bits) {
        return addresses.find(0, IpAddress.ipv4Low(bits)) != null;
    }

    /** True if the 32 bits are an address of this interface that is in use. */
    boolean uses(final int bits) {
        return addresses.isUsable(0, IpAddress.ipv4Low(bits));
    }

    /** True if the 32 bits are the broadcast address of a subnet of this interface. */
    boolean isDirectedBroadcast(final int bits) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).isDirectedBroadcast(bits)) {
                return true;
            }
        }
        return false;
    }

    /** True once an address may be used: at once, or after probes found no other host with it (RFC 5227 2.1). */
    public boolean isReady() {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).isUsable()) {
                return true;
            }
        }
        return false;
    }

    /** Our addresses on the link. */
    public AddressList addresses() {
        return addresses;
    }

    /** Address resolution on this link, or null if it needs none. */
    public @Nullable ArpProtocol arp() {
        return arp;
    }

    /** The link. */
    public NetworkInterface link() {
        return link;
    }
}
