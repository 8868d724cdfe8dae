package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;

/** Copies a file into a buffer, and writes the buffer. */
abstract class BufferedSender implements BodySender {

    private static final int BUFFER_BYTES = 64 * 1024;

    /**
     * Fills the front of {@code into} with up to {@code wanted} bytes of the file.
     *
     * @return the number of bytes, 0 or less if the file has none there (any more)
     */
    abstract int fill(MappedFile file, long position, byte[] into, int wanted) throws IOException;

    @Override
    public final boolean send(
            final MappedFile file,
            final long position,
            final long count,
            final StreamConnection connection,
            final Transfer transfer)
            throws IOException {
        final byte[] bytes = new byte[(int) Math.min(count, BUFFER_BYTES)];
        long sent = 0;
        while (sent < count) {
            final int filled = fill(file, position + sent, bytes, (int) Math.min(bytes.length, count - sent));
            if (filled <= 0) {
                return false;
            }
            connection.output().write(bytes, 0, filled);
            sent += filled;
            transfer.advance(filled, System.nanoTime());
        }
        return true;
    }
}
