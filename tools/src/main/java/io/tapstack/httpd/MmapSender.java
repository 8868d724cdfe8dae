package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Copies out of a mapping and writes the copy.
 *
 * <p>A mapped file that is cut short answers with zeros up to the end of its last page and with a fault beyond. So the size
 * is looked at after each copy: bytes that the file has then were real.
 */
final class MmapSender extends BufferedSender {

    @Override
    int fill(final MappedFile file, final long position, final byte[] into, final int wanted) throws IOException {
        final long there = file.sizeNow() - position;
        return there <= 0 ? 0 : copy(file, position, into, (int) Math.min(wanted, there));
    }

    /** Copies up to {@code wanted} bytes, as many as the chunk has and the file still has after the copy. */
    private static int copy(final MappedFile file, final long position, final byte[] into, final int wanted)
            throws IOException {
        final var slice = file.slice(position, wanted);
        final int length = slice.remaining();
        try {
            slice.get(into, 0, length);
        } catch (final InternalError e) { // what HotSpot makes of SIGBUS
            if (file.sizeNow() >= position + length) {
                // The page cannot be had; read(2) may have the bytes, or say what is wrong.
                return Math.max(0, file.read(ByteBuffer.wrap(into, 0, length), position));
            }
        }
        return (int) Math.max(0, Math.min(length, file.sizeNow() - position));
    }
}
