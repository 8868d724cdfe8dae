package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads into a buffer and writes the buffer. */
final class CopySender extends BufferedSender {

    @Override
    int fill(final MappedFile file, final long position, final byte[] into, final int wanted) throws IOException {
        return file.read(ByteBuffer.wrap(into, 0, wanted), position);
    }
}
