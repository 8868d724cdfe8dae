package io.tapstack.bench.part;

import io.tapstack.socket.MappedFile;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * Serves {@link TransferRequest}s over any transport, each connection on a thread of its own, so that servers on
 * Tapstack and on the kernel differ only in the transport.
 */
public final class BulkServer implements AutoCloseable {

    private static final int BACKLOG = 1024;

    private final Listener listener;
    private final MappedFile file;
    private final Content content;

    private BulkServer(final Listener listener, final MappedFile file, final Content content) {
        this.listener = listener;
        this.file = file;
        this.content = content;
    }

    /** Listens, and serves until closed. */
    public static BulkServer start(final Transport transport, final InetSocketAddress local, final Path path)
            throws IOException {
        final Content content = Content.of(path);
        final MappedFile file = MappedFile.open(path);
        try {
            final BulkServer server = new BulkServer(transport.listen(local, BACKLOG), file, content);
            daemon(server::accept, "accept");
            return server;
        } catch (final IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The address that it listens at. */
    public InetSocketAddress address() {
        return listener.local();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        file.close();
    }

    private static Thread daemon(final Runnable task, final String name) {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                final StreamConnection connection = listener.accept();
                daemon(() -> serve(connection), "connection");
            } catch (final IOException e) {
                if (listener.isOpen()) {
                    System.err.println("accept: " + e);
                }
            }
        }
    }

    private void serve(final StreamConnection connection) {
        try (connection) {
            final ByteBuffer head = ByteBuffer.allocateDirect(TransferRequest.BYTES);
            while (readFully(connection, head.clear())) {
                answer(connection, TransferRequest.read(head.flip()));
            }
        } catch (final IOException | InterruptedException e) {
            System.err.println("connection: " + e);
        }
    }

    /** @return false if the peer has ended before the first byte */
    private static boolean readFully(final StreamConnection connection, final ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (connection.read(into) < 0) {
                if (into.position() == 0) {
                    return false;
                }
                throw new IOException("the peer has ended in the middle of a message");
            }
        }
        return true;
    }

    private void answer(final StreamConnection connection, final TransferRequest request)
            throws IOException, InterruptedException {
        switch (request.kind()) {
            case SENDFILE -> sendFile(connection, request.count());
            case MMAP -> sendMapping(connection, request.count());
            case COPY -> sendBuffer(connection, request.count(), TransferRequest.BUFFER_BYTES);
            case RAW -> sendBuffer(connection, request.count(), TransferRequest.RAW_BYTES);
            case UPLOAD -> receive(connection, request);
            case UPLOAD_LENT -> send(connection, readLent(connection, request));
            case BOTH -> {
                final Failures failures = new Failures();
                final Thread writer = daemon(
                        () -> failures.run(() -> sendBuffer(connection, request.count(), TransferRequest.BUFFER_BYTES)),
                        "writer");
                final Receipt receipt = read(connection, request);
                writer.join();
                failures.check();
                send(connection, receipt);
            }
        }
    }

    private void sendFile(final StreamConnection connection, final long count) throws IOException {
        for (long sent = 0; sent < count; ) {
            final long position = sent % file.size();
            final long taken = connection.sendFile(file, position, Math.min(count - sent, file.size() - position));
            if (taken == 0) {
                throw new IOException("the file was cut short");
            }
            sent += taken;
        }
    }

    private void sendMapping(final StreamConnection connection, final long count) throws IOException {
        for (long sent = 0; sent < count; ) {
            final ByteBuffer piece =
                    file.slice(sent % file.size(), (int) Math.min(TransferRequest.PIECE_BYTES, count - sent));
            sent += piece.remaining();
            connection.write(piece);
        }
    }

    private void sendBuffer(final StreamConnection connection, final long count, final int cycle) throws IOException {
        content.pass(count, cycle, connection::write);
    }

    private static void receive(final StreamConnection connection, final TransferRequest request) throws IOException {
        send(connection, read(connection, request));
    }

    private static Receipt read(final StreamConnection connection, final TransferRequest request) throws IOException {
        final MessageDigest digest = Content.sha256();
        final ByteBuffer buffer = ByteBuffer.allocateDirect(TransferRequest.READ_BYTES);
        long received = 0;
        while (received < request.count()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), request.count() - received));
            final int read = connection.read(buffer);
            if (read < 0) {
                break;
            }
            received += read;
            if (request.verify()) {
                digest.update(buffer.flip());
            }
        }
        return new Receipt(received, request.verify() ? digest.digest() : new byte[Content.HASH_BYTES]);
    }

    private static Receipt readLent(final StreamConnection connection, final TransferRequest request)
            throws IOException {
        final Sink sink = new Sink(request.verify());
        while (sink.received < request.count() && connection.readTo(sink) >= 0) {
            // until all is there
        }
        return new Receipt(sink.received, request.verify() ? sink.digest.digest() : new byte[Content.HASH_BYTES]);
    }

    /** Counts, and hashes, bytes. */
    private static final class Sink implements WritableByteChannel {

        private final MessageDigest digest = Content.sha256();
        private final boolean verify;
        private long received;

        Sink(final boolean verify) {
            this.verify = verify;
        }

        @Override
        public int write(final ByteBuffer bytes) {
            final int count = bytes.remaining();
            received += count;
            if (verify) {
                digest.update(bytes);
            }
            bytes.position(bytes.limit());
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    private static void send(final StreamConnection connection, final Receipt receipt) throws IOException {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(Receipt.BYTES);
        receipt.write(buffer);
        connection.write(buffer.flip());
    }
}
