package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;

/**
 * Copies out of a mapping and writes the copy.
 *
 * <p>A mapped file that is cut short answers with zeros up to the end of its last page and with a fault beyond. So the size
 * is looked at after each copy: bytes that the file has then were real.
 */
final class MmapSender implements BodySender {

    private static final int BUFFER_BYTES = 64 * 1024;

    @Override
    public boolean send(
            final MappedFile file,
            final long position,
            final long count,
            final StreamConnection connection,
            final Transfer transfer)
            throws IOException {
        final byte[] bytes = new byte[(int) Math.min(count, BUFFER_BYTES)];
        long sent = 0;
        while (sent < count) {
            final long at = position + sent;
            final int wanted = (int) Math.min(Math.min(bytes.length, count - sent), file.sizeNow() - at);
            if (wanted <= 0) {
                return false;
            }
            final int copied = copy(file, at, bytes, wanted);
            connection.output().write(bytes, 0, copied);
            sent += copied;
            transfer.advance(copied, System.nanoTime());
        }
        return true;
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
                throw new IOException("cannot read the mapped file", e);
            }
        }
        return (int) Math.max(0, Math.min(length, file.sizeNow() - position));
    }
}
