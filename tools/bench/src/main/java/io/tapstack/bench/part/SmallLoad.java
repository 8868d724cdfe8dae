package io.tapstack.bench.part;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Load of messages of one byte, and of idle connections, on kernel sockets. Every returned byte is checked.
 *
 * <pre>
 *   rr ADDRESS PORT CONNECTIONS COUNT   exchanges of a byte, as many in flight as there are connections
 *   crr ADDRESS PORT COUNT              a connection for each exchange
 *   open ADDRESS PORT COUNT             connections that stay
 *   alive ADDRESS PORT                  the number of these that are open
 *   close ADDRESS PORT                  closes them
 *   get ADDRESS PORT COUNT              a file of COUNT bytes by HTTP
 * </pre>
 */
final class SmallLoad {

    private static final int HEAD_BYTES = 4096;
    private static final String HEAD_END = "\r\n\r\n";

    private final List<SocketChannel> idle = new ArrayList<>();
    private final ByteBuffer input;

    /** @param input for bulk data that is received */
    SmallLoad(final ByteBuffer input) {
        this.input = input;
    }

    /** @return the command's result: nanoseconds, unless described otherwise */
    long run(final InetSocketAddress server, final String[] words) throws IOException {
        return switch (words[0]) {
            case "rr" -> {
                final int connections = Integer.parseInt(words[3]);
                final int count = Integer.parseInt(words[4]);
                yield connections == 1 ? exchange(server, count) : exchange(server, connections, count);
            }
            case "crr" -> connectAndExchange(server, Integer.parseInt(words[3]));
            case "open" -> open(server, Integer.parseInt(words[3]));
            case "alive" -> alive();
            case "close" -> close();
            case "get" -> get(server, Long.parseLong(words[3]));
            default -> throw new IllegalArgumentException("no command " + words[0]);
        };
    }

    private static SocketChannel connect(final InetSocketAddress server) throws IOException {
        final SocketChannel channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        return channel;
    }

    // ---- Request and response

    private static long exchange(final InetSocketAddress server, final int count) throws IOException {
        final ByteBuffer one = ByteBuffer.allocateDirect(1);
        try (SocketChannel channel = connect(server)) {
            final long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                exchange(channel, one, (byte) i);
            }
            return System.nanoTime() - start;
        }
    }

    private static void exchange(final SocketChannel channel, final ByteBuffer one, final byte message)
            throws IOException {
        send(channel, one, message);
        if (channel.read(one.clear()) < 0) {
            throw new IOException("the server has ended instead of answering");
        }
        check(one, message);
    }

    private static void send(final SocketChannel channel, final ByteBuffer one, final byte message) throws IOException {
        if (channel.write(one.clear().put(0, message)) != 1) {
            throw new IOException("no room for one byte");
        }
    }

    private static void check(final ByteBuffer answer, final byte message) throws IOException {
        if (answer.get(0) != message) {
            throw new IOException("answered " + answer.get(0) + " to " + message);
        }
    }

    private static long exchange(final InetSocketAddress server, final int connections, final int count)
            throws IOException {
        final List<SocketChannel> channels = new ArrayList<>();
        final ByteBuffer one = ByteBuffer.allocateDirect(1);
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                final SocketChannel channel = connect(server);
                channels.add(channel);
                channel.configureBlocking(false).register(selector, SelectionKey.OP_READ, new byte[1]);
            }
            final long start = System.nanoTime();
            for (final SocketChannel channel : channels) {
                send(channel, one, (byte) 0);
            }
            int sent = connections;
            for (int answered = 0; answered < count; ) {
                selector.select();
                for (final SelectionKey key : selector.selectedKeys()) {
                    final byte[] message = (byte[]) key.attachment();
                    final SocketChannel channel = (SocketChannel) key.channel();
                    if (channel.read(one.clear()) < 0) {
                        throw new IOException("the server has ended instead of answering");
                    }
                    if (one.position() == 0) {
                        continue;
                    }
                    check(one, message[0]);
                    answered++;
                    if (sent < count) {
                        sent++;
                        message[0]++;
                        send(channel, one, message[0]);
                    }
                }
                selector.selectedKeys().clear();
            }
            return System.nanoTime() - start;
        } finally {
            closeAll(channels);
        }
    }

    private static long connectAndExchange(final InetSocketAddress server, final int count) throws IOException {
        final ByteBuffer one = ByteBuffer.allocateDirect(1);
        final long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            try (SocketChannel channel = connect(server)) {
                exchange(channel, one, (byte) i);
            }
        }
        return System.nanoTime() - start;
    }

    // ---- Idle connections

    /** One after the other, so that no more than one waits for its handshake. */
    private long open(final InetSocketAddress server, final int count) throws IOException {
        final long start = System.nanoTime();
        for (int i = 0; i < count; i++) {
            final SocketChannel channel = connect(server);
            idle.add(channel);
            channel.configureBlocking(false);
        }
        return System.nanoTime() - start;
    }

    /** @return the number of connections that are open and have received nothing */
    private long alive() {
        final ByteBuffer one = ByteBuffer.allocateDirect(1);
        long alive = 0;
        for (final SocketChannel channel : idle) {
            try {
                if (channel.read(one.clear()) == 0) {
                    alive++;
                }
            } catch (final IOException e) {
                // Reset: not alive.
            }
        }
        return alive;
    }

    /** Closes by resets: otherwise the ports would be in TIME-WAIT for a minute. */
    private long close() throws IOException {
        final long start = System.nanoTime();
        for (final SocketChannel channel : idle) {
            channel.setOption(StandardSocketOptions.SO_LINGER, 0);
        }
        closeAll(idle);
        idle.clear();
        return System.nanoTime() - start;
    }

    private static void closeAll(final List<SocketChannel> channels) throws IOException {
        for (final SocketChannel channel : channels) {
            channel.close();
        }
    }

    // ---- HTTP

    private long get(final InetSocketAddress server, final long count) throws IOException {
        final String request = "GET / HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
        try (SocketChannel channel = connect(server)) {
            final long start = System.nanoTime();
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            long received = -headBytes(channel);
            for (int read = input.position(); read >= 0; read = channel.read(input.clear())) {
                received += read;
            }
            final long nanos = System.nanoTime() - start;
            if (received != count) {
                throw new IOException("a body of " + received + " bytes instead of " + count);
            }
            return nanos;
        }
    }

    /**
     * Reads into {@link #input} until the head is complete.
     *
     * @return its length
     */
    private int headBytes(final SocketChannel channel) throws IOException {
        input.clear();
        while (channel.read(input) >= 0) {
            final byte[] bytes = new byte[Math.min(HEAD_BYTES, input.position())];
            input.get(0, bytes);
            final String head = new String(bytes, StandardCharsets.ISO_8859_1);
            final int end = head.indexOf(HEAD_END);
            if (end >= 0) {
                if (!head.startsWith("HTTP/1.1 200 ")) {
                    throw new IOException("answered " + head.substring(0, head.indexOf('\r')));
                }
                return end + HEAD_END.length();
            }
        }
        throw new IOException("no complete response");
    }
}
