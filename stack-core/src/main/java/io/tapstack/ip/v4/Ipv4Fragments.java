package io.tapstack.ip.v4;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.FragmentFormat;
import io.tapstack.ip.Reassembly;
import io.tapstack.ip.ReassemblyKey;
import io.tapstack.ip.ReassemblyLimits;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.TrafficClass;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Received fragments of IPv4 (RFC 791 3.2, RFC 1122 3.3.2).
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class Ipv4Fragments implements FragmentFormat {

    private final StackStatistics statistics;
    private final Reassembly reassembly;

    Ipv4Fragments(
            final ReassemblyLimits limits,
            final BufferPool pool,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final Reassembly.TimeoutListener listener) {
        this.statistics = statistics;
        this.reassembly = new Reassembly(this, limits, pool, wheel, statistics, listener);
    }

    /**
     * Takes a fragment whose head is at its valid IP header.
     *
     * @return the whole datagram, its head at its IP header, if this fragment completes it
     */
    @Nullable
    PacketBuffer add(final PacketBuffer fragment, final boolean unicast, final long nowNanos) {
        final ByteBuffer bytes = fragment.memory().bytes();
        final int header = fragment.head();
        final int headerLength = Ipv4Header.headerLength(bytes, header);
        final int flags = Ipv4Header.fragment(bytes, header);
        final int start = Ipv4Header.fragmentOffset(flags);
        final boolean last = (flags & Ipv4Header.MORE_FRAGMENTS) == 0;
        final int length = fragment.contiguousLength() - headerLength;
        if (!isPossible(start, length, last, Ipv4Header.protocol(bytes, header))) {
            statistics.drop(DropReason.FRAGMENT_MALFORMED);
            fragment.release();
            return null;
        }
        return reassembly.add(fragment, key(bytes, header), headerLength, start, last, unicast, nowNanos);
    }

    private static boolean isPossible(final int start, final int length, final boolean last, final int protocol) {
        // RFC 791 3.2: all fragments but the last carry a multiple of eight bytes.
        final boolean wellFormed = length > 0 && (last || (length & 7) == 0);
        // The "ping of death": an end that no total length can express.
        final boolean fits = start + length <= Ipv4Header.MAX_TOTAL_LENGTH - Ipv4Header.LENGTH;
        // RFC 1858 3.2.2: a fragment that starts 8 bytes into a TCP header hides flags from a filter.
        final boolean hidesFlags = start == 8 && protocol == IpProtocol.TCP;
        return wellFormed && fits && !hidesFlags;
    }

    /** RFC 791 3.2: the four values that a datagram's fragments have in common. */
    private static ReassemblyKey key(final ByteBuffer bytes, final int header) {
        return new ReassemblyKey(
                IpAddress.ipv4(Ipv4Header.source(bytes, header)),
                IpAddress.ipv4(Ipv4Header.destination(bytes, header)),
                Ipv4Header.identification(bytes, header),
                Ipv4Header.protocol(bytes, header));
    }

    @Override
    public int ecn(final ByteBuffer bytes, final int header) {
        return Ipv4Header.trafficClass(bytes, header) & TrafficClass.ECN_MASK;
    }

    @Override
    public boolean mayBeCutAgain() {
        return true;
    }

    @Override
    public boolean isTooLong(final int headerLength, final int payloadLength) {
        return headerLength + payloadLength > Ipv4Header.MAX_TOTAL_LENGTH;
    }

    @Override
    public int complete(
            final ByteBuffer bytes,
            final int header,
            final int headerLength,
            final int payloadLength,
            final boolean congestion) {
        final int trafficClass = Ipv4Header.trafficClass(bytes, header) | (congestion ? TrafficClass.ECN_MASK : 0);
        bytes.put(header + Ipv4Header.TRAFFIC_CLASS_OFFSET, (byte) trafficClass);
        bytes.putShort(header + Ipv4Header.TOTAL_LENGTH_OFFSET, (short) (headerLength + payloadLength));
        bytes.putShort(header + Ipv4Header.FRAGMENT_OFFSET, (short) 0);
        Ipv4Header.updateChecksum(bytes, header);
        return 0;
    }

    /** Drops everything. */
    void clear() {
        reassembly.clear();
    }
}
