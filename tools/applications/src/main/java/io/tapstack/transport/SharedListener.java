package io.tapstack.transport;

import io.tapstack.socket.SocketHandler;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.StreamSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Sockets of several stacks that listen at one address, as one listener. Each stack has the whole backlog. */
final class SharedListener implements Listener {

    private final List<TapServerSocket> sockets;
    private final List<SocketLayer> stacks;
    private final InetSocketAddress local;

    /** The socket to check first, so that no stack waits for the others. */
    private final AtomicInteger turn = new AtomicInteger();

    /** A permit: a socket may have a connection, or have ended. */
    private final Semaphore reasonToLook = new Semaphore(0);

    /**
     * @param sockets one of each stack, all with one port
     * @param stacks of the sockets
     */
    SharedListener(final List<TapServerSocket> sockets, final List<SocketLayer> stacks) {
        this.sockets = List.copyOf(sockets);
        this.stacks = stacks;
        this.local = sockets.get(0).localAddress();
        for (final TapServerSocket socket : sockets) {
            socket.socket().handler(new SocketHandler<>() {
                @Override
                public void readable(final StreamSocket ready) {
                    reasonToLook.release();
                }
            });
        }
    }

    @Override
    public StreamConnection accept() throws IOException {
        while (true) {
            reasonToLook.drainPermits();
            final StreamConnection accepted = look();
            if (accepted != null) {
                reasonToLook.release(); // There may be more connections, and their permit is gone.
                return accepted;
            }
            try {
                reasonToLook.acquire();
            } catch (final InterruptedException e) {
                close();
                Thread.currentThread().interrupt();
                throw new ClosedByInterruptException();
            }
        }
    }

    private @Nullable StreamConnection look() throws IOException {
        final int first = turn.getAndIncrement();
        for (int i = 0; i < sockets.size(); i++) {
            final int index = Math.floorMod(first + i, sockets.size());
            TapSocket next = acceptNow(index);
            while (next != null) {
                final StreamConnection connection = TapstackListener.connection(next, stacks.get(index));
                if (connection != null) {
                    return connection;
                }
                next = acceptNow(index);
            }
        }
        return null;
    }

    private @Nullable TapSocket acceptNow(final int index) throws IOException {
        try {
            return sockets.get(index).acceptNow();
        } catch (final SocketException e) {
            reasonToLook.release(); // Other waiting threads must find out, too.
            throw e;
        }
    }

    @Override
    public InetSocketAddress local() {
        return local;
    }

    @Override
    public boolean isOpen() {
        return sockets.stream().noneMatch(TapServerSocket::isClosed);
    }

    @Override
    public void close() {
        sockets.forEach(TapServerSocket::close);
        reasonToLook.release();
    }
}
