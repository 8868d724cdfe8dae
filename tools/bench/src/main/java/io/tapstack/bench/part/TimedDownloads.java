package io.tapstack.bench.part;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Downloads for a fixed time instead of a fixed number of bytes: with heavy losses the time for a number of bytes
 * depends on the start of the connections, and on the slowest one, more than on their rate.
 */
final class TimedDownloads implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(5);
    private static final int CONNECT_MILLIS = 3_500;
    private static final int ATTEMPTS = 20;
    private static final long ENDLESS = 1L << 40;

    private final List<SocketChannel> channels = new ArrayList<>();
    private final LongAdder received = new LongAdder();
    private final Failures failures = new Failures();

    /** Connects {@code flows} times, and requests more than can arrive. */
    TimedDownloads(final InetSocketAddress server, final TransferRequest.Kind kind, final int flows)
            throws IOException, InterruptedException {
        final List<Thread> threads = new ArrayList<>(flows);
        for (int i = 0; i < flows; i++) {
            threads.add(new Thread(() -> failures.run(() -> add(begin(server, kind))), "connect" + i));
        }
        threads.forEach(Thread::start);
        for (final Thread thread : threads) {
            thread.join();
        }
        failures.check();
    }

    /** A connection whose SYNs are lost again and again would delay all: it is started anew, from another port. */
    private static SocketChannel begin(final InetSocketAddress server, final TransferRequest.Kind kind)
            throws IOException {
        for (int attempt = 1; ; attempt++) {
            final SocketChannel channel = SocketChannel.open();
            try {
                channel.socket().connect(server, CONNECT_MILLIS);
                BulkTransfer.ask(channel, new TransferRequest(kind, false, ENDLESS));
                return channel;
            } catch (final SocketTimeoutException e) {
                channel.close();
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private synchronized void add(final SocketChannel channel) {
        channels.add(channel);
    }

    /** @return bytes that arrive in all flows within {@code time}, after five seconds to find their rate */
    long run(final Duration time) throws IOException, InterruptedException {
        for (final SocketChannel channel : channels) {
            final Thread thread = new Thread(() -> failures.run(() -> read(channel)), "download");
            thread.setDaemon(true);
            thread.start();
        }
        Thread.sleep(START.toMillis());
        final long before = received.sum();
        Thread.sleep(time.toMillis());
        final long bytes = received.sum() - before;
        failures.check();
        return bytes;
    }

    private void read(final SocketChannel channel) throws IOException {
        final ByteBuffer input = ByteBuffer.allocateDirect(TransferRequest.READ_BYTES);
        try {
            for (int read = channel.read(input); read >= 0; read = channel.read(input.clear())) {
                received.add(read);
            }
        } catch (final IOException e) {
            if (channel.isOpen()) {
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (final SocketChannel channel : channels) {
            channel.close();
        }
    }
}
