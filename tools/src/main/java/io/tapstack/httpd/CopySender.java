package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads into a buffer and writes the buffer. */
final class CopySender implements BodySender {

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
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        long sent = 0;
        while (sent < count) {
            buffer.clear().limit((int) Math.min(bytes.length, count - sent));
            final int read = file.channel().read(buffer, position + sent);
            if (read <= 0) {
                return false;
            }
            connection.output().write(bytes, 0, read);
            sent += read;
            transfer.advance(read, System.nanoTime());
        }
        return true;
    }
}
