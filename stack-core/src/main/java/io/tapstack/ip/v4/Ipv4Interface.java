package io.tapstack.ip.v4;

import io.tapstack.arp.ArpConfig;
import io.tapstack.arp.ArpProtocol;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.ip.NetworkInterface;
import io.tapstack.link.LinkProtocol;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.WaitingPackets;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * IPv4 on one link: our address there, and the neighbours that ARP resolves.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Ipv4Interface implements LinkProtocol {

    private static final long BROADCAST = MacAddress.BROADCAST.bits();

    private final NetworkInterface link;
    private final InterfaceAddress address;
    private final Ipv4Input input;
    private final @Nullable ArpProtocol arp;

    Ipv4Interface(
            final NetworkInterface link,
            final InterfaceAddress address,
            final ArpConfig config,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final Ipv4Input input,
            final Ipv4Output output) {
        if (!address.address().isIpv4()) {
            throw new IllegalArgumentException(address + " is not an IPv4 address");
        }
        this.link = link;
        this.address = address;
        this.input = input;
        link.register(EthernetHeader.TYPE_IPV4, this);
        if (!link.isEthernet()) {
            this.arp = null;
            return;
        }
        final ArpProtocol resolution = new ArpProtocol(
                link.port(),
                MacAddress.of(link.mac()),
                address.address(),
                config,
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
                });
        this.arp = resolution;
        link.register(EthernetHeader.TYPE_ARP, (packet, unicast, nowNanos) -> resolution.receive(packet));
    }

    /** Announces our address on the link (or probes for it first, if so configured). */
    public void start() {
        if (arp != null) {
            arp.start();
        }
    }

    /** Forgets the neighbours and drops the packets that wait for them. The device stays open. */
    public void stop() {
        if (arp != null) {
            arp.stop();
        }
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
        if (nextHop == -1 || address.isDirectedBroadcast(nextHop)) {
            return Neighbor.permanent(hop, BROADCAST);
        }
        if (nextHop >>> 28 == 0xE) {
            // RFC 1112 6.4: the lower 23 bits of the group follow 01:00:5e.
            return Neighbor.permanent(hop, 0x0100_5E00_0000L | (nextHop & 0x7F_FFFF));
        }
        return arp.neighbors().neighbor(hop);
    }

    /** True once our address may be used: at once, or after probes found no other host with it (RFC 5227 2.1). */
    public boolean isReady() {
        return arp == null || arp.claim().isOurs();
    }

    public InterfaceAddress address() {
        return address;
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
