package io.tapstack.names;

import io.tapstack.error.SocketError;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.PollEntry;
import io.tapstack.socket.PollEvents;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.StackSocket;
import io.tapstack.socket.StreamSocket;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Exchanges over the sockets of a stack. None of them waits. One thread, but {@link #close} may be another's. */
final class SocketExchanges implements Exchanges, AutoCloseable {

    /** More than any server sends in one datagram to us, who offer less (RFC 6891 6.2.5). */
    private static final int MAX_DATAGRAM = 4_096;

    /** Messages that are read before other sockets have their turn. */
    private static final int MESSAGES_AT_ONCE = 16;

    /** Messages that are read of one connection, which should bring one. */
    private static final int MAX_MESSAGES = 4;

    private static final int LENGTH_BYTES = 2;

    private final SocketLayer layer;
    private final ByteBuffer datagram = ByteBuffer.allocate(MAX_DATAGRAM);
    private final Object guard = new Object();

    // Guarded by guard, for close().
    private final List<SocketExchange> open = new ArrayList<>();
    private boolean closed;

    SocketExchanges(final SocketLayer layer) {
        this.layer = layer;
    }

    @Override
    public Exchange send(final Endpoint server, final boolean overTcp, final byte[] query, final Receiver receiver) {
        final SocketExchange exchange =
                overTcp ? new Connection(server, query, receiver) : new Datagrams(server, query, receiver);
        synchronized (guard) {
            if (closed) {
                exchange.close();
            } else {
                open.add(exchange);
            }
        }
        return exchange;
    }

    private List<SocketExchange> open() {
        synchronized (guard) {
            return List.copyOf(open);
        }
    }

    /** What to wait for. */
    List<PollEntry> entries() {
        final List<PollEntry> entries = new ArrayList<>();
        for (final SocketExchange exchange : open()) {
            entries.add(exchange.entry);
        }
        return entries;
    }

    /** True if {@link #service} has something to say without any event. */
    boolean isDue() {
        for (final SocketExchange exchange : open()) {
            if (exchange.failure != 0) {
                return true;
            }
        }
        return false;
    }

    /** Reads what has arrived and writes what there is room for. */
    void service(final long now) {
        for (final SocketExchange exchange : open()) {
            if (exchange.failure == 0 && !exchange.ended) {
                exchange.work(now);
            }
            if (exchange.failure != 0 && !exchange.ended) {
                exchange.close();
                exchange.receiver.failed(words(exchange.failure), now);
            }
        }
    }

    /** Closes all sockets; a thread that waits for them wakes up. */
    @Override
    public void close() {
        synchronized (guard) {
            closed = true;
        }
        open().forEach(SocketExchange::close);
    }

    private static String words(final int result) {
        for (final SocketError error : SocketError.values()) {
            if (error.errno() == -result) {
                return switch (error) {
                    case ECONNREFUSED -> "connection refused";
                    case ENETUNREACH -> "network is unreachable";
                    case EHOSTUNREACH -> "no route to host";
                    case ETIMEDOUT -> "connection timed out";
                    case ECONNRESET, EPIPE -> "connection reset";
                    case ENETDOWN -> "network is down";
                    case EBADF -> "socket closed";
                    default -> error.toString();
                };
            }
        }
        return "error " + result;
    }

    private static boolean is(final int result, final SocketError error) {
        return result == -error.errno();
    }

    /** One socket, for one query. */
    private abstract class SocketExchange implements Exchange {

        final StackSocket socket;
        final PollEntry entry;
        final Receiver receiver;
        int failure;
        volatile boolean ended;

        SocketExchange(final StackSocket socket, final int events, final Receiver receiver) {
            this.socket = socket;
            this.entry = new PollEntry(socket, events);
            this.receiver = receiver;
            socket.nonBlocking(true);
        }

        abstract void work(long now);

        @Override
        public void close() {
            ended = true;
            socket.close();
            synchronized (guard) {
                open.remove(this);
            }
        }
    }

    /**
     * A UDP socket that is connected, so the stack drops what others than the server send, and tells of ICMP errors.
     */
    private final class Datagrams extends SocketExchange {

        private final DatagramSocket udp;

        Datagrams(final Endpoint server, final byte[] query, final Receiver receiver) {
            this(layer.datagram(AddressFamily.of(server.address())), server, query, receiver);
        }

        private Datagrams(
                final DatagramSocket udp, final Endpoint server, final byte[] query, final Receiver receiver) {
            super(udp, PollEvents.POLLIN, receiver);
            this.udp = udp;
            failure = Math.min(0, udp.connect(server));
            if (failure == 0) {
                final int result = udp.send(ByteBuffer.wrap(query), 0);
                // A full device is a lost query: the time-out mends it.
                failure = is(result, SocketError.EAGAIN) ? 0 : Math.min(0, result);
            }
        }

        @Override
        void work(final long now) {
            for (int i = 0; i < MESSAGES_AT_ONCE && !ended; i++) {
                final int length = udp.recv(datagram.clear(), 0);
                if (length < 0) {
                    failure = is(length, SocketError.EAGAIN) ? 0 : length;
                    return;
                }
                final byte[] message = new byte[length];
                datagram.flip().get(message);
                receiver.received(message, now);
            }
        }
    }

    /** A connection that carries one query (RFC 7766), each message behind its length (RFC 1035 4.2.2). */
    private final class Connection extends SocketExchange {

        private final StreamSocket tcp;
        private final Endpoint server;
        private final ByteBuffer output;
        private final ByteBuffer length = ByteBuffer.allocate(LENGTH_BYTES);
        private @Nullable ByteBuffer message;
        private boolean connected;
        private int messages;

        Connection(final Endpoint server, final byte[] query, final Receiver receiver) {
            this(layer.stream(AddressFamily.of(server.address())), server, query, receiver);
        }

        private Connection(final StreamSocket tcp, final Endpoint server, final byte[] query, final Receiver receiver) {
            super(tcp, PollEvents.POLLIN | PollEvents.POLLOUT, receiver);
            this.tcp = tcp;
            this.server = server;
            this.output = ByteBuffer.allocate(LENGTH_BYTES + query.length)
                    .putShort((short) query.length)
                    .put(query)
                    .flip();
            connect();
        }

        private void connect() {
            final int result = tcp.connect(server);
            connected = result == 0;
            if (result < 0 && !is(result, SocketError.EINPROGRESS) && !is(result, SocketError.EALREADY)) {
                failure = result;
            }
        }

        @Override
        void work(final long now) {
            if (!connected) {
                connect();
            }
            if (connected && output.hasRemaining()) {
                final int result = tcp.send(output, 0);
                failure = is(result, SocketError.EAGAIN) ? 0 : Math.min(0, result);
            }
            if (connected && !output.hasRemaining()) {
                entry.events(PollEvents.POLLIN);
                read(now);
            }
        }

        private void read(final long now) {
            while (failure == 0 && !ended) {
                final ByteBuffer body = message;
                final ByteBuffer into = body == null ? length : body;
                final int result = tcp.recv(into, 0);
                if (result <= 0) {
                    // An end is as good as a reset: the answer does not come.
                    failure =
                            is(result, SocketError.EAGAIN) ? 0 : result == 0 ? -SocketError.ECONNRESET.errno() : result;
                    return;
                }
                if (into.hasRemaining()) {
                    continue;
                }
                if (body == null) {
                    begin();
                } else {
                    deliver(body.array(), now);
                }
            }
        }

        /** The length of the next message is complete. */
        private void begin() {
            final int bytes = length.flip().getShort() & 0xFFFF;
            length.clear();
            if (bytes == 0) {
                failure = -SocketError.ECONNRESET.errno();
            } else {
                message = ByteBuffer.allocate(bytes);
            }
        }

        private void deliver(final byte[] whole, final long now) {
            message = null;
            messages++;
            receiver.received(whole, now);
            if (messages == MAX_MESSAGES && !ended) {
                failure = -SocketError.ECONNRESET.errno();
            }
        }
    }
}
