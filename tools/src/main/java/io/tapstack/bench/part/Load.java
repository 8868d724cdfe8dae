package io.tapstack.bench.part;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Puts load on a {@link BulkServer} through kernel sockets: the same program, whoever serves. Takes commands from stdin, one a line, and
 * answers each by one line: {@code ok} and numbers, of which the first is the time in nanoseconds, or else what is wrong.
 *
 * <pre>
 *   bulk ADDRESS PORT KIND COUNT VERIFY
 *   echo ADDRESS PORT COUNT SIZE
 * </pre>
 *
 * and those of {@link SmallLoad}.
 */
public final class Load {

    private final Content content;
    private final ByteBuffer input = ByteBuffer.allocateDirect(Request.READ_BYTES);
    private final SmallLoad small = new SmallLoad(input);

    Load(final Content content) {
        this.content = content;
    }

    /** Runs until stdin ends: {@code Load FILE}. */
    public static void main(final String[] arguments) throws IOException {
        final Load load = new Load(Content.of(Path.of(arguments[0])));
        final BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(load.answer(line.split(" ")));
        }
        System.exit(0); // whatever threads there are
    }

    /** Does what a command says. @return the line to answer */
    String answer(final String[] words) {
        try {
            return "ok " + run(words);
        } catch (final IOException | InterruptedException | RuntimeException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }

    private long run(final String[] words) throws IOException, InterruptedException {
        final InetSocketAddress server = new InetSocketAddress(words[1], Integer.parseInt(words[2]));
        return switch (words[0]) {
            case "bulk" ->
                bulk(
                        server,
                        new Request(
                                Request.Kind.valueOf(words[3]),
                                Boolean.parseBoolean(words[5]),
                                Long.parseLong(words[4]),
                                0));
            case "echo" ->
                echo(
                        server,
                        new Request(Request.Kind.ECHO, false, Long.parseLong(words[3]), Integer.parseInt(words[4])));
            default -> small.run(server, words);
        };
    }

    private static SocketChannel connect(final InetSocketAddress server) throws IOException {
        final SocketChannel channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    private static void send(final SocketChannel channel, final Request request) throws IOException {
        final ByteBuffer head = ByteBuffer.allocateDirect(Request.BYTES);
        request.write(head);
        writeFully(channel, head.flip());
    }

    private static void writeFully(final SocketChannel channel, final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    // ---- Bulk

    /** @return from the request to the last byte, or to the receipt for what was sent, in nanoseconds */
    private long bulk(final InetSocketAddress server, final Request request) throws IOException, InterruptedException {
        try (SocketChannel channel = connect(server)) {
            final long start = System.nanoTime();
            send(channel, request);
            switch (request.kind()) {
                case UPLOAD -> {
                    write(channel, request.count());
                    checkReceipt(channel, request);
                }
                case BOTH -> {
                    final Failures failures = new Failures();
                    final Thread writer =
                            new Thread(() -> failures.run(() -> write(channel, request.count())), "writer");
                    writer.start();
                    read(channel, request);
                    writer.join();
                    failures.check();
                    checkReceipt(channel, request);
                }
                default -> read(channel, request);
            }
            final long nanos = System.nanoTime() - start;
            checkEnd(channel);
            return nanos;
        }
    }

    /** What was asked for has come; nothing else may. */
    private void checkEnd(final SocketChannel channel) throws IOException {
        channel.shutdownOutput();
        if (channel.read(input.clear()) >= 0) {
            throw new IOException("received more bytes than there are");
        }
    }

    private void read(final SocketChannel channel, final Request request) throws IOException {
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
            check(digest.digest(), expected(request), "received");
        }
    }

    private byte[] expected(final Request request) throws IOException {
        return switch (request.kind()) {
            case SENDFILE, MMAP -> content.hashOfFile(request.count());
            case RAW -> content.hashOfBuffer(request.count(), Request.RAW_BYTES);
            default -> content.hashOfBuffer(request.count(), Request.BUFFER_BYTES);
        };
    }

    private void write(final SocketChannel channel, final long count) throws IOException {
        content.pass(count, Request.BUFFER_BYTES, piece -> writeFully(channel, piece));
    }

    private void checkReceipt(final SocketChannel channel, final Request request) throws IOException {
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
            check(receipt.hash(), content.hashOfBuffer(request.count(), Request.BUFFER_BYTES), "sent");
        }
    }

    private static void check(final byte[] found, final byte[] expected, final String which) throws IOException {
        if (!Arrays.equals(found, expected)) {
            throw new IOException("the bytes " + which + " are not those that they should be (SHA-256)");
        }
    }

    // ---- Request and response

    /** @return for all exchanges, in nanoseconds */
    private long echo(final InetSocketAddress server, final Request request) throws IOException {
        final ByteBuffer output = ByteBuffer.allocateDirect(Math.max(1, request.size()));
        final ByteBuffer answer = ByteBuffer.allocateDirect(Math.max(1, request.size()));
        try (SocketChannel channel = connect(server)) {
            send(channel, request);
            final long start = System.nanoTime();
            for (long i = 0; i < request.count(); i++) {
                output.clear().put(0, (byte) i);
                writeFully(channel, output);
                answer.clear();
                while (answer.hasRemaining()) {
                    if (channel.read(answer) < 0) {
                        throw new IOException("answered " + i + " times of " + request.count());
                    }
                }
                if (answer.get(0) != (byte) i) {
                    throw new IOException("answer " + i + " is another one");
                }
            }
            return System.nanoTime() - start;
        }
    }
}
