package io.tapstack.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;
import java.nio.channels.FileLock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

/** A file on a disk that fails from some position on; all that it has is zeros. */
final class FailingFile extends AsynchronousFileChannel {

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
    public Future<Integer> read(final ByteBuffer target, final long position) {
        final int count = (int) Math.min(target.remaining(), readable - position);
        if (count <= 0) {
            return CompletableFuture.failedFuture(new IOException("Input/output error"));
        }
        target.put(new byte[count]);
        return CompletableFuture.completedFuture(count);
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}

    @Override
    public AsynchronousFileChannel truncate(final long newSize) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void force(final boolean metaData) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void lock(
            final long position,
            final long length,
            final boolean shared,
            final A attachment,
            final CompletionHandler<FileLock, ? super A> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<FileLock> lock(final long position, final long length, final boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public FileLock tryLock(final long position, final long length, final boolean shared) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void read(
            final ByteBuffer target,
            final long position,
            final A attachment,
            final CompletionHandler<Integer, ? super A> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public <A> void write(
            final ByteBuffer source,
            final long position,
            final A attachment,
            final CompletionHandler<Integer, ? super A> handler) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Future<Integer> write(final ByteBuffer source, final long position) {
        throw new UnsupportedOperationException();
    }
}
