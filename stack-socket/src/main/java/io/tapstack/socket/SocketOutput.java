package io.tapstack.socket;

import io.tapstack.error.SocketError;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ScatteringByteChannel;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/** The output stream of a {@link TapSocket}. Safe for use by several threads; one write is never mixed with another. */
final class SocketOutput extends OutputStream {

    private final TapSocket owner;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayView view = new ArrayView();

    SocketOutput(final TapSocket owner) {
        this.owner = owner;
    }

    @Override
    public void write(final int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(final byte[] source, final int offset, final int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        lock.lock();
        try {
            writeAll(view.of(source, offset, length));
        } finally {
            lock.unlock();
        }
    }

    void write(final ByteBuffer source) throws IOException {
        lock.lock();
        try {
            writeAll(source);
        } finally {
            lock.unlock();
        }
    }

    private void writeAll(final ByteBuffer source) throws IOException {
        while (source.hasRemaining()) {
            final int result = owner.socket().send(source, 0);
            if (result < 0) {
                throw owner.failure(result);
            }
        }
    }

    int writeFrom(final ScatteringByteChannel source) throws IOException {
        lock.lock();
        try {
            final int result = owner.socket().sendFrom(source, 0);
            if (result < 0) {
                throw owner.failure(result);
            }
            return result > 0 ? result : -1;
        } finally {
            lock.unlock();
        }
    }

    long sendFile(final MappedFile file, final long position, final long count) throws IOException {
        lock.lock();
        try {
            final long result = owner.socket().sendFile(file, position, count, 0);
            if (result < 0) {
                throw owner.failure(result);
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    long sendCopy(final MappedFile file, final long position, final long count) throws IOException {
        lock.lock();
        try {
            final long result = owner.socket().sendCopy(file, position, count, 0);
            if (result < 0) {
                throw owner.failure(result);
            }
            return result;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        owner.close();
    }

    /** Writes as many bytes as there is room for. */
    void writeNow(final ByteBuffer source) throws IOException {
        final int result = owner.socket().send(source, MessageFlags.MSG_DONTWAIT);
        if (result < 0 && !Errno.is(result, SocketError.EAGAIN)) {
            throw owner.failure(result);
        }
    }
}
