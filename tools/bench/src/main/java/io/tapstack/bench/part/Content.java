package io.tapstack.bench.part;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The content of transfers, known to both ends: a file and its first bytes. */
final class Content {

    /** The length of SHA-256. */
    static final int HASH_BYTES = 32;

    private final Path file;
    private final ByteBuffer buffer;

    private Content(final Path file, final ByteBuffer buffer) {
        this.file = file;
        this.buffer = buffer;
    }

    static Content of(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            final ByteBuffer buffer =
                    ByteBuffer.allocateDirect((int) Math.min(TransferRequest.BUFFER_BYTES, channel.size()));
            while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
                // until it is full
            }
            return new Content(file, buffer.flip().asReadOnlyBuffer());
        }
    }

    /** A view, from its start, of the file's first bytes, in direct memory. */
    ByteBuffer buffer() {
        return buffer.duplicate();
    }

    /** Takes bytes. */
    @FunctionalInterface
    interface Taker {

        /** Takes all remaining bytes of {@code piece}. */
        void take(ByteBuffer piece) throws IOException;
    }

    /**
     * Passes on {@code count} bytes: the first {@code cycle} ones of the buffer, repeated, in pieces of up to
     * {@link TransferRequest#PIECE_BYTES}.
     */
    void pass(final long count, final int cycle, final Taker taker) throws IOException {
        final ByteBuffer view = buffer();
        final int most = Math.min(cycle, view.capacity());
        int at = 0;
        for (long left = count; left > 0; ) {
            final int length = (int) Math.min(Math.min(TransferRequest.PIECE_BYTES, most - at), left);
            taker.take(view.limit(at + length).position(at));
            left -= length;
            at = (at + length) % most;
        }
    }

    /** SHA-256 of the bytes that {@link #pass} passes on. */
    byte[] hashOfBuffer(final long count, final int cycle) throws IOException {
        final MessageDigest digest = sha256();
        pass(count, cycle, digest::update);
        return digest.digest();
    }

    /** SHA-256 of {@code count} bytes of the file, repeated. */
    byte[] hashOfFile(final long count) throws IOException {
        final MessageDigest digest = sha256();
        final ByteBuffer block = ByteBuffer.allocate(TransferRequest.BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long left = count; left > 0; left -= block.limit()) {
                block.clear().limit((int) Math.min(block.capacity(), left));
                if (channel.read(block) < 0) {
                    channel.position(0);
                }
                block.flip();
                digest.update(block);
            }
        }
        return digest.digest();
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
