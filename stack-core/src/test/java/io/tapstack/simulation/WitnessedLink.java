package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.ForwardingLink;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Shows every TCP segment that a stack sends, and every intact one that it receives, to the {@link TcpWitness} of its
 * connection, known by its ports.
 */
final class WitnessedLink extends ForwardingLink {

    private final Supplier<TcpWitness> summons;
    private final Map<Integer, TcpWitness> witnesses = new HashMap<>();
    private final int linkHeaderLength;
    private long mac; // ours, from our frames

    /** @param summons creates a witness */
    WitnessedLink(final LinkDevice device, final Supplier<TcpWitness> summons) {
        super(device);
        this.summons = summons;
        this.linkHeaderLength = device.capabilities().type() == LinkType.ETHERNET ? EthernetHeader.LENGTH : 0;
    }

    @Override
    public @Nullable PacketBuffer receive(final BufferPool pool) throws IOException {
        final PacketBuffer frame = device.receive(pool);
        if (frame != null && isForUs(frame)) {
            final ByteBuffer segment = segment(frame, !frame.checksumTrusted());
            if (segment != null) {
                witness(segment.getShort(2), segment.getShort(0)).received(segment);
            }
        }
        return frame;
    }

    @Override
    public boolean transmit(final PacketBuffer frame) throws IOException {
        final boolean taken = device.transmit(frame);
        if (taken) {
            if (linkHeaderLength > 0) {
                mac = EthernetHeader.source(frame.memory().bytes(), frame.head());
            }
            final ByteBuffer segment = segment(frame, false);
            if (segment != null) {
                witness(segment.getShort(0), segment.getShort(2)).sent(segment, frame.gsoSize());
            }
        }
        return taken;
    }

    private TcpWitness witness(final short ourPort, final short peersPort) {
        return witnesses.computeIfAbsent(ourPort << 16 | peersPort & 0xFFFF, ports -> summons.get());
    }

    /** True unless a bit of the Ethernet header was inverted that the stack reads. */
    private boolean isForUs(final PacketBuffer frame) {
        final ByteBuffer bytes = frame.memory().bytes();
        return linkHeaderLength == 0
                || EthernetHeader.destination(bytes, frame.head()) == mac
                        && !EthernetHeader.isGroup(EthernetHeader.source(bytes, frame.head()));
    }

    /** The TCP segment in the frame, or null if there is no intact one. */
    private @Nullable ByteBuffer segment(final PacketBuffer frame, final boolean summed) {
        final ByteBuffer bytes = ByteBuffer.wrap(frame.toArray());
        final int etherType = SimulatedNetwork.IPV6 ? EthernetHeader.TYPE_IPV6 : EthernetHeader.TYPE_IPV4;
        if (linkHeaderLength > 0 && EthernetHeader.etherType(bytes, 0) != etherType) {
            return null;
        }
        final ByteBuffer packet = bytes.slice(linkHeaderLength, bytes.capacity() - linkHeaderLength);
        if (SimulatedNetwork.IPV6) {
            return segmentOfIpv6(packet, summed);
        }
        if (packet.get(0) != 0x45
                || !Ipv4Header.checksumIsValid(packet, 0, Ipv4Header.LENGTH)
                || Ipv4Header.protocol(packet, 0) != IpProtocol.TCP) {
            return null;
        }
        final ByteBuffer segment =
                packet.slice(Ipv4Header.LENGTH, Ipv4Header.totalLength(packet, 0) - Ipv4Header.LENGTH);
        if (summed) {
            final long pseudoHeader =
                    InternetChecksum.sum(packet, Ipv4Header.SOURCE_OFFSET, 8) + IpProtocol.TCP + segment.capacity();
            final long sum = pseudoHeader + InternetChecksum.sum(segment, 0, segment.capacity());
            return InternetChecksum.finish(sum) == 0 ? segment : null;
        }
        return segment;
    }

    /** The same; as no checksum covers the header, a damaged one may have any fields. */
    private static @Nullable ByteBuffer segmentOfIpv6(final ByteBuffer packet, final boolean summed) {
        final int length = packet.capacity() < Ipv6Header.LENGTH ? 0 : Ipv6Header.payloadLength(packet, 0);
        if (packet.capacity() < Ipv6Header.LENGTH + Math.max(TcpHeader.MIN_LENGTH, length)
                || Ipv6Header.version(packet, 0) != 6
                || Ipv6Header.nextHeader(packet, 0) != IpProtocol.TCP) {
            return null;
        }
        final ByteBuffer segment = packet.slice(Ipv6Header.LENGTH, length);
        final long sum = Ipv6Header.pseudoHeader(packet, 0, length, IpProtocol.TCP)
                + InternetChecksum.sum(segment, 0, segment.capacity());
        return !summed || InternetChecksum.finish(sum) == 0 ? segment : null;
    }
}
