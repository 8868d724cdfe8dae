package io.tapstack.integration;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An endless sequence of bytes that is the same in every run and different at every place, so that bytes which are
 * lost, repeated, moved or damaged show.
 */
final class TestBytes {

    private static final int PIECE_BYTES = 1 << 16;

    /**
     * What went through a stream.
     *
     * @param sha256 in hexadecimal
     */
    record Summary(long count, String sha256) {}

    private TestBytes() {}

    /** The bytes from {@code position} on, which is a multiple of 8. */
    static byte[] at(final long position, final int count) {
        final ByteBuffer bytes = ByteBuffer.allocate(count + 7 & ~7).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes.capacity(); i += 8) {
            bytes.putLong(i, mix(position + i));
        }
        return bytes.capacity() == count ? bytes.array() : Arrays.copyOf(bytes.array(), count);
    }

    /** Writes {@code count} bytes from {@code position} on. */
    static Summary write(final OutputStream out, final long position, final long count) throws IOException {
        final MessageDigest digest = newDigest();
        for (long done = 0; done < count; done += PIECE_BYTES) {
            final byte[] piece = at(position + done, (int) Math.min(PIECE_BYTES, count - done));
            digest.update(piece);
            out.write(piece);
        }
        return new Summary(count, hex(digest));
    }

    /** Reads to the end. */
    static Summary readAll(final InputStream in) throws IOException {
        final MessageDigest digest = newDigest();
        final byte[] buffer = new byte[PIECE_BYTES];
        long total = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            digest.update(buffer, 0, count);
            total += count;
        }
        return new Summary(total, hex(digest));
    }

    /** The finalizer of SplitMix64: fast, and no two numbers give the same. */
    private static long mix(final long number) {
        long z = number * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private static String hex(final MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
