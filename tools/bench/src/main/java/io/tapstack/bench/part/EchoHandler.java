package io.tapstack.bench.part;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.SocketHandler;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StreamSocket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Echoes small messages on the stack's thread, without a thread of its own. */
public final class EchoHandler implements SocketHandler<StreamSocket>, AutoCloseable {

    private static final int BACKLOG = 1024;
    private static final int BUFFER_BYTES = 4096;

    private final StreamSocket listener;
    private final SocketHandler<StreamSocket> connections = new Connections();

    private EchoHandler(final StreamSocket listener) {
        this.listener = listener;
    }

    /** Listens at every stack, and serves until closed. */
    public static AutoCloseable start(final List<SocketLayer> stacks, final InetSocketAddress local)
            throws IOException {
        final List<EchoHandler> servers = new ArrayList<>(stacks.size());
        final AutoCloseable all = () -> servers.forEach(EchoHandler::close);
        for (final SocketLayer stack : stacks) {
            final StreamSocket listener = stack.stream();
            final Endpoint endpoint =
                    new Endpoint(IpAddress.of(local.getAddress().getAddress()), local.getPort());
            if (listener.bind(endpoint) != 0 || listener.listen(BACKLOG) != 0) {
                listener.close();
                servers.forEach(EchoHandler::close);
                throw new IOException("cannot listen at " + local);
            }
            final EchoHandler server = new EchoHandler(listener);
            servers.add(server);
            listener.handler(server);
        }
        return all;
    }

    @Override
    public void close() {
        listener.close();
    }

    @Override
    public void readable(final StreamSocket socket) {
        try {
            for (StreamSocket next = socket.accept(MessageFlags.MSG_DONTWAIT);
                    next != null;
                    next = socket.accept(MessageFlags.MSG_DONTWAIT)) {
                next.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_NODELAY, 1);
                next.handler(connections);
            }
        } catch (final SocketErrorException e) {
            // The listener is closed.
        }
    }

    private static final class Connections implements SocketHandler<StreamSocket> {

        private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

        @Override
        public void readable(final StreamSocket socket) {
            int received = socket.recv(buffer.clear(), 0);
            while (received > 0) {
                // There is room for a small message, as its sender waits for it before the next one.
                socket.send(buffer.flip(), 0);
                received = socket.recv(buffer.clear(), 0);
            }
            if (received != -SocketError.EAGAIN.errno()) {
                socket.close();
            }
        }
    }
}
