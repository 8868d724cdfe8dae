package io.tapstack.bench.part;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What both ends know that is sent: the file and its first bytes. */
final class Content {

    /** Of SHA-256. */
    static final int HASH_BYTES = 32;

    private final Path file;
    private final ByteBuffer buffer;

    private Content(final Path file, final ByteBuffer buffer) {
        this.file = file;
        this.buffer = buffer;
    }

    static Content of(final Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            final ByteBuffer buffer = ByteBuffer.allocateDirect((int) Math.min(Request.BUFFER_BYTES, channel.size()));
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

    /** SHA-256 of {@code count} bytes: the first {@code cycle} ones of the buffer, again and again. */
    byte[] hashOfBuffer(final long count, final int cycle) {
        final MessageDigest digest = sha256();
        final ByteBuffer view = buffer();
        final int most = Math.min(cycle, view.capacity());
        for (long left = count; left > 0; left -= view.limit()) {
            view.clear().limit((int) Math.min(most, left));
            digest.update(view);
        }
        return digest.digest();
    }

    /** SHA-256 of {@code count} bytes: those of the file, again and again. */
    byte[] hashOfFile(final long count) throws IOException {
        final MessageDigest digest = sha256();
        final ByteBuffer block = ByteBuffer.allocate(Request.BUFFER_BYTES);
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
