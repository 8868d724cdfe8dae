package io.tapstack.socket;

import io.tapstack.error.SocketError;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;

/** The input stream of a {@link TapSocket}. Safe for use by several threads, of which one reads at a time. */
final class SocketInput extends InputStream {

    private final TapSocket owner;
    private final ReentrantLock lock = new ReentrantLock();
    private final ArrayView view = new ArrayView();

    SocketInput(final TapSocket owner) {
        this.owner = owner;
    }

    @Override
    public int read() throws IOException {
        final byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(final byte[] target, final int offset, final int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (length == 0) {
            return 0;
        }
        lock.lock();
        try {
            return receive(view.of(target, offset, length));
        } finally {
            lock.unlock();
        }
    }

    int read(final ByteBuffer target) throws IOException {
        if (!target.hasRemaining()) {
            return 0;
        }
        lock.lock();
        try {
            return receive(target);
        } finally {
            lock.unlock();
        }
    }

    int readTo(final WritableByteChannel target) throws IOException {
        lock.lock();
        try {
            if (owner.isInputShut()) {
                return -1;
            }
            final int result = owner.socket().recvTo(target, 0);
            return result > 0 ? result : endOrFailure(result);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Reads the available bytes.
     *
     * @return 0 if there is none yet
     */
    int readNow(final ByteBuffer target) throws IOException {
        final int result = owner.isInputShut() ? 0 : owner.socket().recv(target, MessageFlags.MSG_DONTWAIT);
        return Errno.is(result, SocketError.EAGAIN) ? 0 : result > 0 ? result : endOrFailure(result);
    }

    private int receive(final ByteBuffer target) throws IOException {
        if (owner.isInputShut()) {
            return -1;
        }
        final int result = owner.socket().recv(target, 0);
        return result > 0 ? result : endOrFailure(result);
    }

    private int endOrFailure(final int result) throws IOException {
        if (Errno.is(result, SocketError.EAGAIN)) {
            throw new SocketTimeoutException("Read timed out");
        }
        if (result < 0) {
            throw owner.failure(result);
        }
        // The error may have been reported to a writer. A stream that broke off must not look complete to the reader.
        final SocketError failure = owner.socket().failure();
        // EPIPE: the peer's FIN came before its reset, so that the stream is complete (Linux's SOCK_DONE).
        if (failure != null && failure != SocketError.EPIPE && !owner.isInputShut()) {
            throw SocketFailure.of(failure, owner.socket());
        }
        return -1;
    }

    @Override
    public int available() {
        return owner.isInputShut() ? 0 : owner.socket().availableBytes();
    }

    @Override
    public void close() {
        owner.close();
    }
}
