package io.tapstack.integration;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Bytes that are the same in every run and different at every place, so that lost, repeated, moved and damaged ones show.
 *
 * @param path where they are
 * @param size how many
 * @param sha256 in hexadecimal
 */
record TestFile(Path path, long size, String sha256) {

    private static final int PIECE_BYTES = 1 << 20;

    /** Writes a file. */
    static TestFile write(final Path path, final long size) throws IOException {
        final MessageDigest digest = newDigest();
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long position = 0; position < size; position += PIECE_BYTES) {
                final ByteBuffer piece = bytes(position, (int) Math.min(PIECE_BYTES, size - position));
                digest.update(piece.duplicate());
                while (piece.hasRemaining()) {
                    file.write(piece);
                }
            }
        }
        return new TestFile(path, size, hex(digest));
    }

    String name() {
        return path.getFileName().toString();
    }

    /** The bytes from {@code position} on, which is a multiple of 8. */
    static ByteBuffer bytes(final long position, final int count) {
        final ByteBuffer bytes = ByteBuffer.allocate(count + 7 & ~7).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < bytes.capacity(); i += 8) {
            bytes.putLong(i, mix(position + i));
        }
        return bytes.limit(count);
    }

    /** The finalizer of SplitMix64: fast, and no two numbers give the same. */
    private static long mix(final long number) {
        long z = number * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static String hex(final MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
