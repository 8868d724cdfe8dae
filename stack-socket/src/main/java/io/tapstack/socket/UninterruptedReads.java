package io.tapstack.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Reads a file by {@code pread(2)}. An interrupted thread that calls almost any method of a
 * {@link java.nio.channels.FileChannel} closes it for all threads; an {@link AsynchronousFileChannel} ignores
 * interrupts, and here the calling thread does its reads itself. ({@code RandomAccessFile} ignores them too, but cannot
 * open every name: it takes names as text.)
 */
final class UninterruptedReads implements FileReads {

    private static final Set<OpenOption> READ_ONLY = Set.of(StandardOpenOption.READ);
    private static final CallingThread CALLING_THREAD = new CallingThread();

    private final AsynchronousFileChannel file;

    UninterruptedReads(final Path path) throws IOException {
        this.file = AsynchronousFileChannel.open(path, READ_ONLY, CALLING_THREAD);
    }

    @Override
    public long size() throws IOException {
        return file.size();
    }

    @Override
    public int read(final ByteBuffer target, final long position) throws IOException {
        try {
            return file.read(target, position).get(); // The calling thread has already done it.
        } catch (final ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Runs each task in the thread that submits it. Never ends. */
    private static final class CallingThread extends AbstractExecutorService {

        @Override
        public void execute(final Runnable task) {
            task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
            return List.of();
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public boolean awaitTermination(final long timeout, final TimeUnit unit) {
            return false;
        }
    }
}
