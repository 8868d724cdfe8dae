package io.tapstack.bench.part;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.MessageDigest;
import java.util.Arrays;

/** The client's side of a transfer between a {@link BulkServer} and a kernel socket. */
final class BulkTransfer {

    private final Content content;
    private final InetSocketAddress server;
    private final TransferRequest request;
    private final ByteBuffer input;

    /** @param input for received bytes */
    BulkTransfer(
            final Content content,
            final InetSocketAddress server,
            final TransferRequest request,
            final ByteBuffer input) {
        this.content = content;
        this.server = server;
        this.request = request;
        this.input = input;
    }

    /** @return the time from the request to the last byte, or to the receipt for sent bytes, in nanoseconds */
    long run() throws IOException, InterruptedException {
        try (SocketChannel channel = connect(server)) {
            final long start = System.nanoTime();
            ask(channel, request);
            switch (request.kind()) {
                case UPLOAD, UPLOAD_LENT -> {
                    write(channel);
                    checkReceipt(channel);
                }
                case BOTH -> {
                    final Failures failures = new Failures();
                    final Thread writer = new Thread(() -> failures.run(() -> write(channel)), "writer");
                    writer.start();
                    read(channel);
                    writer.join();
                    failures.check();
                    checkReceipt(channel);
                }
                default -> read(channel);
            }
            final long nanos = System.nanoTime() - start;
            checkEnd(channel);
            return nanos;
        }
    }

    /** All requested bytes have arrived; no other may. */
    private void checkEnd(final SocketChannel channel) throws IOException {
        channel.shutdownOutput();
        if (channel.read(input.clear()) >= 0) {
            throw new IOException("received more bytes than there are");
        }
    }

    private void read(final SocketChannel channel) throws IOException {
        final MessageDigest digest = Content.sha256();
        long received = 0;
        while (received < request.count()) {
            input.clear().limit((int) Math.min(input.capacity(), request.count() - received));
            final int read = channel.read(input);
            if (read < 0) {
                throw new IOException("received " + received + " bytes of " + request.count());
            }
            received += read;
            if (request.verify()) {
                digest.update(input.flip());
            }
        }
        if (request.verify()) {
            check(digest.digest(), expected(), "received");
        }
    }

    private byte[] expected() throws IOException {
        return switch (request.kind()) {
            case SENDFILE, MMAP -> content.hashOfFile(request.count());
            case RAW -> content.hashOfBuffer(request.count(), TransferRequest.RAW_BYTES);
            default -> content.hashOfBuffer(request.count(), TransferRequest.BUFFER_BYTES);
        };
    }

    private void write(final SocketChannel channel) throws IOException {
        content.pass(request.count(), TransferRequest.BUFFER_BYTES, piece -> writeFully(channel, piece));
    }

    private void checkReceipt(final SocketChannel channel) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocateDirect(Receipt.BYTES);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("no receipt for what was sent");
            }
        }
        final Receipt receipt = Receipt.read(bytes.flip());
        if (receipt.count() != request.count()) {
            throw new IOException("sent " + request.count() + " bytes, of which " + receipt.count() + " have arrived");
        }
        if (request.verify()) {
            check(receipt.hash(), content.hashOfBuffer(request.count(), TransferRequest.BUFFER_BYTES), "sent");
        }
    }

    private static void check(final byte[] found, final byte[] expected, final String which) throws IOException {
        if (!Arrays.equals(found, expected)) {
            throw new IOException("the bytes " + which + " are not those that they should be (SHA-256)");
        }
    }

    private static SocketChannel connect(final InetSocketAddress server) throws IOException {
        final SocketChannel channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    /** Asks for {@code request} on a connection. */
    static void ask(final SocketChannel channel, final TransferRequest request) throws IOException {
        final ByteBuffer head = ByteBuffer.allocateDirect(TransferRequest.BYTES);
        request.write(head);
        writeFully(channel, head.flip());
    }

    private static void writeFully(final SocketChannel channel, final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
