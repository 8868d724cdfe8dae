package io.tapstack.socket;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of zeros, on a disk that fails from some position on. */
final class FailingFile implements FileReads {

    private final long size;
    private final long readable;

    FailingFile(final long size, final long readable) {
        this.size = size;
        this.readable = readable;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int read(final ByteBuffer target, final long position) throws IOException {
        final int count = (int) Math.min(target.remaining(), readable - position);
        if (count <= 0) {
            throw new IOException("Input/output error");
        }
        target.put(new byte[count]);
        return count;
    }

    @Override
    public void close() {}
}
