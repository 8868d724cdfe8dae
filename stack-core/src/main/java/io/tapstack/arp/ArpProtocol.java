package io.tapstack.arp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.HostAddress;
import io.tapstack.link.LinkPort;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.NeighborCache;
import io.tapstack.neighbor.NeighborState;
import io.tapstack.neighbor.WaitingPackets;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.ArpPacket;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * ARP for IPv4 over Ethernet (RFC 826): answers requests for our addresses, resolves neighbours, and learns from
 * received packets.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class ArpProtocol {

    private final LinkPort port;
    private final BufferPool pool;
    private final StackStatistics statistics;
    private final long mac;
    private final boolean probeAddress;
    private final boolean speaksForAddress;
    private final NeighborCache neighbors;
    private final TimerWheel wheel;
    private final RandomGenerator random;
    // In the order of addition.
    private final List<AddressClaim> claims = new ArrayList<>(1);
    private boolean started;

    /**
     * @param mac our Ethernet address
     * @param random jitter of timers
     * @param waiting takes back the packets that waited for an address
     */
    public ArpProtocol(
            final LinkPort port,
            final MacAddress mac,
            final ArpConfig config,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final WaitingPackets waiting) {
        this.port = port;
        this.pool = pool;
        this.statistics = statistics;
        this.mac = mac.bits();
        this.probeAddress = config.probeAddress();
        this.speaksForAddress = config.speaksForAddress();
        this.neighbors = new NeighborCache(wheel, config.neighbors(), statistics, random, this::solicit, waiting);
        this.wheel = wheel;
        this.random = random;
    }

    /** Adds an IPv4 address of ours, which is {@linkplain #start() started} with the others, or now. */
    public AddressClaim add(final HostAddress address) {
        final int bits = address.address().ipv4Bits();
        final AddressClaim added = new AddressClaim(address, wheel, random, statistics, new AddressClaim.Announcer() {
            @Override
            public void probe() {
                request(0, bits);
            }

            @Override
            public void announce() {
                request(bits, bits);
            }
        });
        claims.add(added);
        if (started) {
            start(added);
        }
        return added;
    }

    /** Removes an address of ours. */
    public void remove(final IpAddress address) {
        final AddressClaim removed = claim(address.ipv4Bits());
        if (removed != null) {
            removed.stop();
            claims.remove(removed);
        }
    }

    /** Announces our addresses, or probes for them first; or leaves both to another stack. */
    public void start() {
        started = true;
        for (final AddressClaim each : claims) {
            start(each);
        }
    }

    private void start(final AddressClaim claim) {
        if (speaksForAddress) {
            // RFC 5227 2.1: an address that nobody configured may be another host's.
            claim.start(probeAddress || claim.address().origin() != HostAddress.Origin.CONFIGURED);
        } else {
            claim.follow(probeAddress);
        }
    }

    /** Forgets all neighbours and disarms all timers. */
    public void stop() {
        started = false;
        for (final AddressClaim each : claims) {
            each.stop();
        }
        neighbors.clear();
    }

    public NeighborCache neighbors() {
        return neighbors;
    }

    /** The claims to our addresses, in the order of addition. */
    public List<AddressClaim> claims() {
        return List.copyOf(claims);
    }

    private @Nullable AddressClaim claim(final int bits) {
        for (int i = 0; i < claims.size(); i++) {
            if (claims.get(i).isFor(bits)) {
                return claims.get(i);
            }
        }
        return null;
    }

    /** Takes a packet whose head is at the ARP packet, the Ethernet header stripped, and releases it. */
    public void receive(final PacketBuffer packet) {
        final DropReason reason = process(packet);
        if (reason != null) {
            statistics.drop(reason);
        }
        packet.release();
    }

    /**
     * RFC 826 "Packet Reception", in its order.
     *
     * @return the reason for the drop, or null
     */
    private @Nullable DropReason process(final PacketBuffer packet) {
        if (packet.contiguousLength() < ArpPacket.LENGTH) {
            return DropReason.ARP_MALFORMED;
        }
        final ByteBuffer bytes = packet.memory().bytes();
        final int arp = packet.head();
        final int operation = ArpPacket.operation(bytes, arp);
        if (!ArpPacket.isEthernetIpv4(bytes, arp) || (operation != ArpPacket.REQUEST && operation != ArpPacket.REPLY)) {
            return DropReason.ARP_MALFORMED;
        }
        final long senderMac = ArpPacket.senderHardware(bytes, arp);
        final int sender = ArpPacket.senderProtocol(bytes, arp);
        final int target = ArpPacket.targetProtocol(bytes, arp);
        if (senderMac == 0 || EthernetHeader.isGroup(senderMac)) {
            // Answering a group address would turn one packet into many.
            return DropReason.ARP_MALFORMED;
        }
        final AddressClaim sent = claim(sender);
        if (senderMac == mac) {
            if (speaksForAddress || sent == null) {
                return DropReason.ARP_NOT_FOR_US;
            }
            sent.announcedForUs();
            return null;
        }
        if (sent != null) {
            // RFC 5227 2.4: a sender that is not us uses our address.
            sent.claimedByAnother(senderMac);
            return null;
        }
        final AddressClaim asked = claim(target);
        if (asked != null && sender == 0 && operation == ArpPacket.REQUEST) {
            asked.probedByAnother(senderMac);
        }
        if (asked == null ? !hasAddress() : !asked.isOurs()) {
            return DropReason.ARP_NOT_FOR_US;
        }
        final boolean merged = isHostAddress(sender) && merge(operation, sender, senderMac, asked != null);
        if (asked == null) {
            return merged ? null : DropReason.ARP_NOT_FOR_US;
        }
        if (operation == ArpPacket.REQUEST) {
            if (!merged && isHostAddress(sender)) {
                // RFC 826: a host that asks for us is about to send to us.
                neighbors.neighbor(IpAddress.ipv4(sender)).heard(senderMac);
            }
            if (speaksForAddress) {
                send(ArpPacket.REPLY, target, senderMac, sender, senderMac);
            }
            return null;
        }
        // An unsolicited reply makes no entry: otherwise any host could poison the cache.
        return merged ? null : DropReason.ARP_NOT_FOR_US;
    }

    /** RFC 826: "If the pair is already in my translation table, update ... and set Merge_flag to true". */
    private boolean merge(final int operation, final int sender, final long senderMac, final boolean forUs) {
        final Neighbor known = neighbors.find(IpAddress.ipv4(sender));
        if (known == null) {
            return false;
        }
        if (operation == ArpPacket.REPLY && forUs) {
            known.answered(senderMac);
        } else {
            known.heard(senderMac);
        }
        return true;
    }

    /** False for zero (a probe, RFC 5227), loopback, multicast and broadcast. */
    private static boolean isHostAddress(final int bits) {
        return IpAddress.isIpv4Host(bits) && bits >>> 24 != 127;
    }

    private void solicit(final Neighbor neighbor) {
        final int target = neighbor.address().ipv4Bits();
        final int address = source(target);
        if (address == 0) {
            return; // The last address was removed meanwhile.
        }
        if (neighbor.state() == NeighborState.PROBE) {
            // RFC 1122 2.3.2.1 (2): a unicast request refreshes an entry without disturbing the other hosts.
            send(ArpPacket.REQUEST, address, 0, target, neighbor.mac());
        } else {
            request(address, target);
        }
    }

    private boolean hasAddress() {
        for (int i = 0; i < claims.size(); i++) {
            if (claims.get(i).isOurs()) {
                return true;
            }
        }
        return false;
    }

    /** Our address to ask for {@code target} from: the first of its subnet, or else the first; 0 if none is in use. */
    private int source(final int target) {
        int first = 0;
        for (int i = 0; i < claims.size(); i++) {
            final AddressClaim claim = claims.get(i);
            if (claim.isOurs()) {
                final int bits = claim.address().address().ipv4Bits();
                if (claim.address().isOnSubnet(0, IpAddress.ipv4Low(target))) {
                    return bits;
                }
                first = first == 0 ? bits : first;
            }
        }
        return first;
    }

    private void request(final int sender, final int target) {
        send(ArpPacket.REQUEST, sender, 0, target, MacAddress.BROADCAST.bits());
    }

    private void send(
            final int operation, final int sender, final long targetMac, final int target, final long destination) {
        final PacketBuffer frame = pool.packet(BufferPool.SMALL, EthernetHeader.LENGTH);
        final int arp = frame.append(ArpPacket.LENGTH);
        final ByteBuffer bytes = frame.memory().bytes();
        ArpPacket.write(bytes, arp, operation, mac, sender, targetMac, target);
        EthernetHeader.write(bytes, frame.prepend(EthernetHeader.LENGTH), destination, mac, EthernetHeader.TYPE_ARP);
        if (!port.transmit(frame) && !port.isDown()) {
            statistics.drop(DropReason.LINK_FULL);
        }
        frame.release();
    }
}
