package io.tapstack.ip;

import io.tapstack.arp.ArpProtocol;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkPort;
import io.tapstack.link.LinkType;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.neighbor.WaitingPackets;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.VlanTag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The stack's interface on one link: takes frames from the device, reads the Ethernet header, hands the payload to ARP
 * or IPv4, and prepends the header to sent packets. On a link without Ethernet, packets pass as they are.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class NetworkInterface {

    private static final long BROADCAST = MacAddress.BROADCAST.bits();

    private final LinkPort port;
    private final LinkCapabilities capabilities;
    private final boolean ethernet;
    private int mtu;
    private final long mac;
    private final InterfaceAddress address;
    private final StackStatistics statistics;
    private final Ipv4Input input;
    private final @Nullable ArpProtocol arp;

    NetworkInterface(
            final LinkDevice device,
            final InterfaceConfig config,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random,
            final Ipv4Input input,
            final Ipv4Output output) {
        this.port = new LinkPort(device, pool, statistics);
        this.capabilities = device.capabilities();
        this.mtu = capabilities.mtu();
        this.ethernet = capabilities.type() == LinkType.ETHERNET;
        this.mac = config.mac().bits();
        this.address = config.address();
        this.statistics = statistics;
        this.input = input;
        this.arp = ethernet
                ? new ArpProtocol(
                        port,
                        config.mac(),
                        address.address(),
                        config.arp(),
                        pool,
                        wheel,
                        statistics,
                        random,
                        new WaitingPackets() {
                            @Override
                            public void resolved(final PacketBuffer packet, final Neighbor neighbor) {
                                output.resolved(packet, NetworkInterface.this, neighbor);
                            }

                            @Override
                            public void unresolved(final PacketBuffer packet, final long nowNanos) {
                                input.unreachable(packet, nowNanos);
                            }
                        })
                : null;
    }

    /** Announces our address on the link (or probes for it first, if so configured). */
    public void start() {
        if (arp != null) {
            arp.start();
        }
    }

    /** Removes all neighbours and their waiting packets. The device stays open. */
    public void stop() {
        if (arp != null) {
            arp.stop();
        }
    }

    /**
     * Takes frames from the device until it has no more.
     *
     * @param budget most frames to take
     * @return the number taken; equal to {@code budget} if there may be more
     */
    public int poll(final int budget, final long nowNanos) {
        for (int taken = 0; taken < budget; taken++) {
            final PacketBuffer frame = port.receive();
            if (frame == null) {
                return taken;
            }
            receive(frame, nowNanos);
        }
        return budget;
    }

    /** Takes one frame, and releases it or hands it on. */
    public void receive(final PacketBuffer frame, final long nowNanos) {
        statistics.framesReceived++;
        statistics.bytesReceived += frame.length();
        if (!ethernet) {
            input.receive(frame, this, true, nowNanos);
            return;
        }
        if (frame.contiguousLength() < EthernetHeader.LENGTH) {
            drop(frame, DropReason.ETHERNET_TOO_SHORT);
            return;
        }
        final ByteBuffer bytes = frame.memory().bytes();
        final int header = frame.head();
        final long destination = EthernetHeader.destination(bytes, header);
        final boolean group = EthernetHeader.isGroup(destination);
        if (destination != mac && !group) {
            drop(frame, DropReason.ETHERNET_NOT_FOR_US);
            return;
        }
        if (EthernetHeader.isGroup(EthernetHeader.source(bytes, header))) {
            drop(frame, DropReason.ETHERNET_SOURCE_GROUP);
            return;
        }
        final int typeAt = VlanTag.skipPriority(bytes, header, frame.tail());
        final int etherType = VlanTag.typeAt(bytes, typeAt);
        if (VlanTag.isTag(etherType)) {
            // The stack is in no VLAN; a tagged frame is for other hosts.
            final boolean whole = VlanTag.isWhole(typeAt, frame.tail());
            drop(frame, whole ? DropReason.ETHERNET_VLAN : DropReason.ETHERNET_TOO_SHORT);
            return;
        }
        frame.stripLinkHeader(typeAt + Short.BYTES - header);
        if (etherType == EthernetHeader.TYPE_IPV4) {
            input.receive(frame, this, !group, nowNanos);
        } else if (etherType == EthernetHeader.TYPE_ARP && arp != null) {
            arp.receive(frame);
        } else {
            drop(frame, DropReason.ETHERNET_UNKNOWN_TYPE);
        }
    }

    /**
     * Sends one packet that starts with its IP header and fits the link. Takes the packet.
     *
     * @param neighbor the receiver, or null on a link without Ethernet
     */
    SendStatus transmit(final PacketBuffer packet, final @Nullable Neighbor neighbor) {
        if (neighbor != null) {
            final int header = packet.prepend(EthernetHeader.LENGTH);
            EthernetHeader.write(packet.memory().bytes(), header, neighbor.mac(), mac, EthernetHeader.TYPE_IPV4);
        }
        final boolean sent = port.transmit(packet);
        packet.release();
        if (sent) {
            return SendStatus.SENT;
        }
        return port.isDown() ? SendStatus.UNREACHABLE : SendStatus.DEVICE_FULL;
    }

    /** The neighbour that packets for {@code nextHop} go to, or null on a link without Ethernet. */
    @Nullable
    Neighbor neighbor(final int nextHop) {
        if (arp == null) {
            return null;
        }
        if (nextHop == -1 || address.isDirectedBroadcast(nextHop)) {
            return Neighbor.permanent(IpAddress.ipv4(nextHop), BROADCAST);
        }
        if (nextHop >>> 28 == 0xE) {
            // RFC 1112 6.4: the lower 23 bits of the group follow 01:00:5e.
            return Neighbor.permanent(IpAddress.ipv4(nextHop), 0x0100_5E00_0000L | (nextHop & 0x7F_FFFF));
        }
        return arp.neighbors().neighbor(IpAddress.ipv4(nextHop));
    }

    /** True once our address may be used: at once, or when no other host has objected to it (RFC 5227 2.1). */
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

    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /** Largest IP packet of the link, in bytes. */
    public int mtu() {
        return mtu;
    }

    /** Sets the MTU; {@link Ipv4Protocol#linkMtu} tells the paths. */
    void mtu(final int bytes) {
        if (bytes < LinkCapabilities.MIN_MTU || bytes > capabilities.mtu()) {
            throw new IllegalArgumentException(
                    "MTU " + bytes + " is not between " + LinkCapabilities.MIN_MTU + " and " + capabilities.mtu());
        }
        mtu = bytes;
    }

    /** True once the device has failed. */
    public boolean isDown() {
        return port.isDown();
    }

    /** The failure of the device, or null while it works. */
    public @Nullable IOException failure() {
        return port.failure();
    }

    private void drop(final PacketBuffer frame, final DropReason reason) {
        statistics.drop(reason);
        frame.release();
    }
}
