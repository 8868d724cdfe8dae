package io.tapstack.wire;

import io.tapstack.buffer.PacketBuffer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The Internet checksum: the one's complement of the one's complement sum of 16-bit words (RFC 1071). A partial sum is
 * a {@code long} that need not be folded; it is folded at the end.
 */
public final class InternetChecksum {

    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long LOW_32 = 0xFFFF_FFFFL;

    private InternetChecksum() {}

    /**
     * The sum of {@code length} bytes, as if an odd last byte were followed by a zero.
     *
     * @param bytes in network byte order
     */
    public static long sum(final ByteBuffer bytes, final int offset, final int length) {
        long high = 0;
        long low = 0;
        int i = offset;
        final int end = offset + length;
        // Two registers take 32-bit halves: carries collect in the upper halves, and 2^31 words could be added before
        // one is lost.
        for (final int wide = end - 31; i < wide; i += 32) {
            final long a = (long) LONGS.get(bytes, i);
            final long b = (long) LONGS.get(bytes, i + 8);
            final long c = (long) LONGS.get(bytes, i + 16);
            final long d = (long) LONGS.get(bytes, i + 24);
            high += (a >>> 32) + (b >>> 32) + (c >>> 32) + (d >>> 32);
            low += (a & LOW_32) + (b & LOW_32) + (c & LOW_32) + (d & LOW_32);
        }
        for (; i + 4 <= end; i += 4) {
            low += bytes.getInt(i) & LOW_32;
        }
        if (i + 2 <= end) {
            low += bytes.getShort(i) & 0xFFFF;
            i += 2;
        }
        if (i < end) {
            low += (bytes.get(i) & 0xFF) << 8;
        }
        return fold(high) + fold(low);
    }

    /**
     * The sum of a packet from {@code start} (an offset in its memory) over the rest of its contiguous part and all its
     * slices. A slice that starts at an odd distance counts with its bytes swapped (RFC 1071 2(B)).
     */
    public static long sum(final PacketBuffer packet, final int start) {
        final int contiguous = packet.tail() - start;
        long sum = sum(packet.memory().bytes(), start, contiguous);
        boolean odd = (contiguous & 1) != 0;
        for (int i = 0; i < packet.sliceCount(); i++) {
            final int length = packet.sliceLength(i);
            final long part = sum(packet.sliceRegion(i).bytes(), packet.sliceOffset(i), length);
            sum += odd ? swap(part) : part;
            odd ^= (length & 1) != 0;
        }
        return sum;
    }

    /** A partial sum folded into 16 bits. */
    public static int fold(final long sum) {
        long folded = (sum & LOW_32) + (sum >>> 32);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        folded = (folded & 0xFFFF) + (folded >>> 16);
        return (int) folded;
    }

    /** The value for a checksum field: the complement of the folded sum. */
    public static int finish(final long sum) {
        return ~fold(sum) & 0xFFFF;
    }

    /** The partial sum of bytes that start at an odd distance. */
    public static long swap(final long sum) {
        final int folded = fold(sum);
        return ((folded & 0xFF) << 8) | (folded >>> 8);
    }

    /**
     * The sum of the pseudo-header of TCP and UDP without the length (RFC 9293 3.1, RFC 8200 8.1), for one pair of
     * addresses and a protocol. It does not depend on the layout of the address family.
     */
    public static long pseudoHeader(final IpAddress source, final IpAddress destination, final int protocol) {
        return IpAddress.checksumPart(source.high(), source.low())
                + IpAddress.checksumPart(destination.high(), destination.low())
                + protocol;
    }
}
