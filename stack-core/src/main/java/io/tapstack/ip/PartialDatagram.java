package io.tapstack.ip;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The fragments of one datagram received so far, in the order of their offsets. Each is a packet whose head is at its
 * payload, with its IP header in front. As overlaps are refused, the datagram is complete when the lengths add up.
 */
final class PartialDatagram {

    /** The result of adding a fragment. */
    enum Outcome {
        /** It was stored. */
        STORED,
        /** The same bytes are already stored. */
        REPEATED,
        /** It overlaps stored bytes partly, or with other contents. */
        OVERLAP,
        /** It contradicts the known length of the datagram. */
        MALFORMED
    }

    /** The memory of a datagram besides its fragments: the objects that represent it. */
    static final int OVERHEAD_BYTES = 512;

    private static final int UNKNOWN = -1;

    private final FragmentFormat format;
    private final ReassemblyKey key;
    private final long expiresAt;
    private final boolean unicast;
    private PacketBuffer[] fragments = new PacketBuffer[4];
    private int[] starts = new int[4];
    private int[] headerLengths = new int[4];
    private int count;
    private int payloadBytes;
    private int heldBytes = OVERHEAD_BYTES;
    private int payloadLength = UNKNOWN;
    private @Nullable DropReason poisonReason;
    private int lastFragment;
    private boolean sawNotEct;
    private boolean sawCongestion;

    PartialDatagram(final FragmentFormat format, final ReassemblyKey key, final long expiresAt, final boolean unicast) {
        this.format = format;
        this.key = key;
        this.expiresAt = expiresAt;
        this.unicast = unicast;
    }

    /**
     * Finds the place of a fragment, and stores it if it fits.
     *
     * @param fragment its head is at the payload; becomes ours if the result is {@link Outcome#STORED}
     * @param headerLength of its IP header, in front of the head
     */
    Outcome add(final PacketBuffer fragment, final int headerLength, final int start, final boolean last) {
        final int length = fragment.contiguousLength();
        final int end = start + length;
        final int position = position(start);
        if ((position > 0 && end(position - 1) > start) || (position < count && starts[position] < end)) {
            return isRepeated(fragment, start, last) ? Outcome.REPEATED : Outcome.OVERLAP;
        }
        final boolean behindTheEnd = payloadLength != UNKNOWN && (last || end > payloadLength);
        final boolean cutsOff = last && count > 0 && end(count - 1) > end;
        if (behindTheEnd || cutsOff) {
            return Outcome.MALFORMED;
        }
        insert(position, fragment, headerLength, start);
        if (last) {
            payloadLength = end;
        }
        return Outcome.STORED;
    }

    /**
     * The first place whose fragment does not start before {@code start}. Most fragments arrive in order, and go to the
     * end; other places are found by binary search, so that thousands of tiny fragments in the worst order stay cheap.
     */
    private int position(final int start) {
        if (count == 0 || starts[count - 1] < start) {
            return count;
        }
        final int found = Arrays.binarySearch(starts, 0, count, start);
        return found < 0 ? -found - 1 : found;
    }

    /**
     * True if all bytes of a fragment are stored, no matter in which fragments, with the same contents and the same end
     * of the datagram. A router on another path, with another MTU, sends the same datagram so.
     */
    private boolean isRepeated(final PacketBuffer fragment, final int start, final boolean last) {
        final int end = start + fragment.contiguousLength();
        if (last != (end == payloadLength)) {
            return false;
        }
        if (!format.mayBeCutAgain() && !isDuplicate(start, end)) {
            return false;
        }
        int known = start;
        for (int i = Math.max(0, position(start + 1) - 1); i < count && starts[i] <= known && known < end; i++) {
            final int to = Math.min(end, end(i));
            if (to > known) {
                if (!isEqual(fragments[i], known - starts[i], fragment, known - start, to - known)) {
                    return false;
                }
                known = to;
            }
        }
        return known == end;
    }

    /** True if one stored fragment has exactly these bounds. */
    private boolean isDuplicate(final int start, final int end) {
        final int at = position(start);
        return at < count && starts[at] == start && end(at) == end;
    }

    private static boolean isEqual(
            final PacketBuffer one,
            final int oneFrom,
            final PacketBuffer other,
            final int otherFrom,
            final int length) {
        final ByteBuffer oneBytes = one.memory().bytes().slice(one.head() + oneFrom, length);
        return oneBytes.equals(other.memory().bytes().slice(other.head() + otherFrom, length));
    }

    private void insert(final int position, final PacketBuffer fragment, final int headerLength, final int start) {
        if (count == fragments.length) {
            fragments = Arrays.copyOf(fragments, 2 * count);
            starts = Arrays.copyOf(starts, 2 * count);
            headerLengths = Arrays.copyOf(headerLengths, 2 * count);
        }
        System.arraycopy(fragments, position, fragments, position + 1, count - position);
        System.arraycopy(starts, position, starts, position + 1, count - position);
        System.arraycopy(headerLengths, position, headerLengths, position + 1, count - position);
        fragments[position] = fragment;
        starts[position] = start;
        headerLengths[position] = headerLength;
        count++;
        payloadBytes += fragment.contiguousLength();
        heldBytes += fragment.memory().capacity();
        final int header = fragment.head() - headerLength;
        final int ecn = format.ecn(fragment.memory().bytes(), header);
        sawNotEct |= ecn == 0;
        sawCongestion |= ecn == 3;
    }

    private int end(final int position) {
        return starts[position] + fragments[position].contiguousLength();
    }

    boolean isComplete() {
        return payloadBytes == payloadLength;
    }

    /**
     * True if the whole would not be a valid datagram: longer than the length field allows, or marked "congestion
     * experienced" in part and not ECN-capable in part (RFC 3168 5.3).
     */
    boolean isImpossible() {
        return format.isTooLong(headerLengths[0], payloadLength) || (sawNotEct && sawCongestion);
    }

    /**
     * Builds the whole datagram with the first fragment's header, its head at that header. The fragments are used up.
     */
    PacketBuffer assemble(final BufferPool pool) {
        final PacketBuffer first = fragments[0];
        final int headerLength = headerLengths[0];
        final int totalLength = headerLength + payloadLength;
        final PacketBuffer whole = pool.packet(RoutedPath.LINK_HEADROOM + totalLength, RoutedPath.LINK_HEADROOM);
        final int header = whole.append(totalLength);
        final ByteBuffer bytes = whole.memory().bytes();
        bytes.put(header, first.memory().bytes(), first.head() - headerLength, headerLength);
        for (int i = 0; i < count; i++) {
            final int length = fragments[i].contiguousLength();
            fragments[i].copyTo(0, whole.memory(), header + headerLength + starts[i], length);
        }
        whole.strip(format.complete(bytes, header, headerLength, payloadLength, sawCongestion));
        release();
        return whole;
    }

    /** Releases all fragments and refuses further ones: RFC 5722 4, also for those that are still to come. */
    void poison(final DropReason reason) {
        poisonReason = reason;
        release();
    }

    boolean isPoisoned() {
        return poisonReason != null;
    }

    /** The reason why it {@linkplain #isPoisoned() is poisoned}. */
    DropReason poisonReason() {
        return Objects.requireNonNull(poisonReason);
    }

    /** The number of its last fragment among those of its source, as {@link PartialDatagrams} counts them. */
    int lastFragment() {
        return lastFragment;
    }

    void lastFragment(final int number) {
        lastFragment = number;
    }

    ReassemblyKey key() {
        return key;
    }

    @SuppressWarnings("NullAway") // A cleared element is never read: count says how many are there.
    void release() {
        for (int i = 0; i < count; i++) {
            fragments[i].release();
            fragments[i] = null;
        }
        count = 0;
        payloadBytes = 0;
        heldBytes = OVERHEAD_BYTES;
    }

    /** The fragment that starts the datagram, or null if it is missing. */
    @Nullable
    PacketBuffer first() {
        return count > 0 && starts[0] == 0 ? fragments[0] : null;
    }

    /** Length of the IP header in front of {@link #first()}. */
    int firstHeaderLength() {
        return headerLengths[0];
    }

    int count() {
        return count;
    }

    /** Memory held, in bytes, with that of the objects that represent the datagram. */
    int heldBytes() {
        return heldBytes;
    }

    long expiresAt() {
        return expiresAt;
    }

    boolean isUnicast() {
        return unicast;
    }
}
