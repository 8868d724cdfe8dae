package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkPort;
import io.tapstack.link.LinkProtocol;
import io.tapstack.link.LinkType;
import io.tapstack.neighbor.Neighbor;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.MacAddress;
import io.tapstack.wire.VlanTag;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The stack's interface on one link: takes frames from the device, reads the Ethernet header, hands each payload to the
 * protocol of its EtherType, and prepends the header to sent packets. On a link without Ethernet, packets pass as they
 * are.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class NetworkInterface {

    private final LinkPort port;
    private final LinkCapabilities capabilities;
    private final boolean ethernet;
    private final long mac;
    private final StackStatistics statistics;
    private int mtu;

    // Two or three protocols: a search from the front finds them sooner than a map.
    private int[] etherTypes = {};
    private LinkProtocol[] protocols = {};

    /**
     * @param mac our Ethernet address; unused on a link without Ethernet
     * @throws IllegalArgumentException if {@code mac} is a group address
     */
    public NetworkInterface(
            final LinkDevice device, final MacAddress mac, final BufferPool pool, final StackStatistics statistics) {
        if (mac.isGroup()) {
            throw new IllegalArgumentException(mac + " is a group address and cannot be a host's");
        }
        this.port = new LinkPort(device, pool, statistics);
        this.capabilities = device.capabilities();
        this.mtu = capabilities.mtu();
        this.ethernet = capabilities.type() == LinkType.ETHERNET;
        this.mac = mac.bits();
        this.statistics = statistics;
    }

    /** Hands packets of {@code etherType} to {@code protocol} from now on. */
    public void register(final int etherType, final LinkProtocol protocol) {
        final int count = etherTypes.length;
        etherTypes = Arrays.copyOf(etherTypes, count + 1);
        protocols = Arrays.copyOf(protocols, count + 1);
        etherTypes[count] = etherType;
        protocols[count] = protocol;
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
            receivePlain(frame, nowNanos);
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
        final LinkProtocol protocol = protocol(etherType);
        if (protocol == null) {
            drop(frame, DropReason.ETHERNET_UNKNOWN_TYPE);
        } else {
            protocol.receive(frame, !group, nowNanos);
        }
    }

    /** Takes a packet of a link without Ethernet, whose IP version says which protocol it is for. */
    private void receivePlain(final PacketBuffer packet, final long nowNanos) {
        if (packet.contiguousLength() == 0) {
            drop(packet, DropReason.IP_TOO_SHORT);
            return;
        }
        final int version = packet.memory().bytes().get(packet.head()) >>> 4 & 0xF;
        final int etherType = version == 4 ? EthernetHeader.TYPE_IPV4 : EthernetHeader.TYPE_IPV6;
        final LinkProtocol protocol = version == 4 || version == 6 ? protocol(etherType) : null;
        if (protocol == null) {
            drop(packet, DropReason.IP_VERSION);
        } else {
            protocol.receive(packet, true, nowNanos);
        }
    }

    private @Nullable LinkProtocol protocol(final int etherType) {
        for (int i = 0; i < etherTypes.length; i++) {
            if (etherTypes[i] == etherType) {
                return protocols[i];
            }
        }
        return null;
    }

    /**
     * Sends one packet that starts with its IP header and fits the link. Takes the packet.
     *
     * @param etherType the packet's protocol
     * @param neighbor the receiver, or null on a link without Ethernet
     */
    public SendStatus transmit(final PacketBuffer packet, final int etherType, final @Nullable Neighbor neighbor) {
        if (neighbor != null) {
            final int header = packet.prepend(EthernetHeader.LENGTH);
            EthernetHeader.write(packet.memory().bytes(), header, neighbor.mac(), mac, etherType);
        }
        final boolean sent = port.transmit(packet);
        packet.release();
        if (sent) {
            return SendStatus.SENT;
        }
        return port.isDown() ? SendStatus.UNREACHABLE : SendStatus.DEVICE_FULL;
    }

    /** Ends a batch of sent frames: those that the device has gathered leave. */
    public void flush() {
        port.flush();
    }

    /** True if frames have an Ethernet header. */
    public boolean isEthernet() {
        return ethernet;
    }

    /** Our Ethernet address, 48 bits. */
    public long mac() {
        return mac;
    }

    /** The device, for protocols that build frames of their own. */
    public LinkPort port() {
        return port;
    }

    public LinkCapabilities capabilities() {
        return capabilities;
    }

    /** Largest IP packet of the link, in bytes. */
    public int mtu() {
        return mtu;
    }

    /** Sets the MTU; {@link InternetProtocol#linkMtu} tells the paths. */
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
