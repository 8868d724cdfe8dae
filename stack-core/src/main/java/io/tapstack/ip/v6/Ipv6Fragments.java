package io.tapstack.ip.v6;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.FragmentFormat;
import io.tapstack.ip.Reassembly;
import io.tapstack.ip.ReassemblyKey;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TrafficClass;
import io.tapstack.wire.UdpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Received fragments of IPv6 (RFC 8200 4.5). The bytes in front of a fragment's payload are the headers that every
 * fragment repeats, and the fragment header.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class Ipv6Fragments implements FragmentFormat {

    private static final int FRAGMENT_HEADER = Ipv6ExtensionHeader.MIN_LENGTH;
    private static final int ICMPV6_HEADER = 8;

    private final Reassembly reassembly;

    Ipv6Fragments(
            final ReassemblyLimits limits,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final Reassembly.TimeoutListener listener) {
        this.reassembly = new Reassembly(this, limits, pool, wheel, statistics, listener);
    }

    /**
     * Takes a fragment whose head is at its IP header, and which {@link #isWellFormed}.
     *
     * @param fragmentHeader offset of the fragment header
     * @return the whole datagram, its head at its IP header, if this fragment completes it
     */
    @Nullable
    PacketBuffer add(
            final PacketBuffer fragment, final int fragmentHeader, final boolean unicast, final long nowNanos) {
        final ByteBuffer bytes = fragment.memory().bytes();
        final int header = fragment.head();
        final int flags = Ipv6ExtensionHeader.fragment(bytes, fragmentHeader);
        final ReassemblyKey key = new ReassemblyKey(
                IpAddress.ipv6(Ipv6Header.sourceHigh(bytes, header), Ipv6Header.sourceLow(bytes, header)),
                IpAddress.ipv6(Ipv6Header.destinationHigh(bytes, header), Ipv6Header.destinationLow(bytes, header)),
                Ipv6ExtensionHeader.identification(bytes, fragmentHeader),
                0);
        return reassembly.add(
                fragment,
                key,
                fragmentHeader + FRAGMENT_HEADER - header,
                Ipv6ExtensionHeader.fragmentOffset(flags),
                (flags & Ipv6ExtensionHeader.MORE_FRAGMENTS) == 0,
                unicast,
                nowNanos);
    }

    /** RFC 8200 4.5: all fragments but the last carry a multiple of eight bytes. */
    static boolean isWellFormed(final int flags, final int length) {
        return (flags & Ipv6ExtensionHeader.MORE_FRAGMENTS) == 0 || (length & 7) == 0;
    }

    /** RFC 8200 4.5: the payload of the whole packet fits the length field. */
    static boolean fits(final int flags, final int length) {
        return Ipv6ExtensionHeader.fragmentOffset(flags) + length <= Ipv6Header.MAX_PAYLOAD_LENGTH;
    }

    /**
     * RFC 7112 5: the first fragment has all headers up to that of the transport, so that a filter sees its ports.
     *
     * @param fragmentHeader offset of the fragment header
     * @param end offset behind the last byte
     */
    static boolean hasWholeChain(final ByteBuffer bytes, final int fragmentHeader, final int end) {
        final long upperLayer = Ipv6ExtensionHeader.upperLayer(
                bytes, Ipv6ExtensionHeader.nextHeader(bytes, fragmentHeader), fragmentHeader + FRAGMENT_HEADER, end);
        if (upperLayer == Ipv6ExtensionHeader.NOT_FOUND) {
            return false;
        }
        return end - Ipv6ExtensionHeader.offset(upperLayer) >= leastLength(Ipv6ExtensionHeader.protocol(upperLayer));
    }

    private static int leastLength(final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> TcpHeader.MIN_LENGTH;
            case IpProtocol.UDP -> UdpHeader.LENGTH;
            case IpProtocol.ICMPV6 -> ICMPV6_HEADER;
            default -> 0;
        };
    }

    @Override
    public int ecn(final ByteBuffer bytes, final int header) {
        return Ipv6Header.trafficClass(bytes, header) & TrafficClass.ECN_MASK;
    }

    @Override
    public boolean mayBeCutAgain() {
        return false;
    }

    @Override
    public boolean isTooLong(final int headerLength, final int payloadLength) {
        return headerLength - Ipv6Header.LENGTH - FRAGMENT_HEADER + payloadLength > Ipv6Header.MAX_PAYLOAD_LENGTH;
    }

    @Override
    public int complete(
            final ByteBuffer bytes,
            final int header,
            final int headerLength,
            final int payloadLength,
            final boolean congestion) {
        final int fragmentHeader = header + headerLength - FRAGMENT_HEADER;
        // RFC 8200 4.5: the last header in front takes over the next header of the first fragment.
        int field = header + Ipv6Header.NEXT_HEADER_OFFSET;
        for (int at = header + Ipv6Header.LENGTH; at < fragmentHeader; at += Ipv6ExtensionHeader.length(bytes, at)) {
            field = at + Ipv6ExtensionHeader.NEXT_HEADER_OFFSET;
        }
        bytes.put(field, (byte) Ipv6ExtensionHeader.nextHeader(bytes, fragmentHeader));
        for (int at = fragmentHeader - 1; at >= header; at--) {
            bytes.put(at + FRAGMENT_HEADER, bytes.get(at));
        }
        final int start = header + FRAGMENT_HEADER;
        Ipv6Header.payloadLength(bytes, start, headerLength - FRAGMENT_HEADER - Ipv6Header.LENGTH + payloadLength);
        if (congestion) {
            Ipv6Header.trafficClass(
                    bytes, start, Ipv6Header.trafficClass(bytes, start) | TrafficClass.CONGESTION_EXPERIENCED);
        }
        return FRAGMENT_HEADER;
    }

    /** Drops everything. */
    void clear() {
        reassembly.clear();
    }
}
