package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.FakeListener;
import io.tapstack.transport.ForwardingTransport;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;

/** Adds {@link StreamConnection#whenReadable} to a transport that lacks it: by a thread that waits for a byte. */
final class WakingTransport extends ForwardingTransport {

    /** The most room that there ever is. */
    static final int ROOM = 4000;

    WakingTransport(final Transport below) {
        super(below);
    }

    @Override
    public Listener listen(final InetSocketAddress local, final int backlog) throws IOException {
        return new WakingListener(super.listen(local, backlog));
    }

    @Override
    public StreamConnection connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
        return new WakingConnection(super.connect(remote, timeout));
    }

    private static final class WakingListener extends FakeListener {

        WakingListener(final Listener below) {
            super(below);
        }

        @Override
        public StreamConnection accept() throws IOException {
            return new WakingConnection(super.accept());
        }
    }

    private static final class WakingConnection implements StreamConnection {

        private final StreamConnection below;
        private final PushbackInputStream input;

        WakingConnection(final StreamConnection below) {
            this.below = below;
            this.input = new PushbackInputStream(below.input());
        }

        @Override
        public int read(final ByteBuffer into) throws IOException {
            final byte[] bytes = new byte[into.remaining()];
            final int count = input.read(bytes);
            into.put(bytes, 0, Math.max(0, count));
            return count;
        }

        @Override
        public int readTo(final WritableByteChannel target) throws IOException {
            final byte[] bytes = new byte[64 * 1024];
            final int count = input.read(bytes);
            for (final ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, Math.max(0, count)); buffer.hasRemaining(); ) {
                target.write(buffer);
            }
            return count;
        }

        @Override
        public void write(final ByteBuffer bytes) throws IOException {
            below.write(bytes);
        }

        @Override
        public Readiness whenReadable(final Runnable action) {
            final Thread thread = new Thread(null, () -> waitForByte(action), "wake", 128 * 1024);
            thread.setDaemon(true);
            thread.start();
            return Readiness.LATER;
        }

        private void waitForByte(final Runnable action) {
            try {
                below.readTimeoutMillis(0);
                final int b = input.read();
                if (b >= 0) {
                    input.unread(b);
                }
            } catch (final IOException e) {
                // the next read will find it, too
            }
            action.run();
        }

        @Override
        public int readNow(final ByteBuffer into) throws IOException {
            final byte[] bytes = new byte[Math.min(input.available(), into.remaining())];
            final int count = bytes.length == 0 ? 0 : input.read(bytes);
            into.put(bytes, 0, count);
            return count;
        }

        @Override
        public void writeNow(final ByteBuffer bytes) throws IOException {
            final byte[] some = new byte[Math.min(ROOM, bytes.remaining())];
            bytes.get(some);
            below.output().write(some);
        }

        @Override
        public InputStream input() {
            return input;
        }

        @Override
        public OutputStream output() {
            return below.output();
        }

        @Override
        public void keepAlive() throws IOException {
            below.keepAlive();
        }

        @Override
        public void readTimeoutMillis(final int millis) throws IOException {
            below.readTimeoutMillis(millis);
        }

        @Override
        public long sendFile(final MappedFile file, final long position, final long count) throws IOException {
            return below.sendFile(file, position, count);
        }

        @Override
        public void shutdownOutput() throws IOException {
            below.shutdownOutput();
        }

        @Override
        public void abort() {
            below.abort();
        }

        @Override
        public void abortAfterSending(final Duration timeout) {
            below.abortAfterSending(timeout);
        }

        @Override
        public InetSocketAddress local() {
            return below.local();
        }

        @Override
        public InetSocketAddress remote() {
            return below.remote();
        }

        @Override
        public void close() {
            below.close();
        }
    }
}
