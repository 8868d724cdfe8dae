package io.tapstack.transport;

import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.TapDatagramSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Our own TCP/IP: one stack, or several that share an address (see {@link io.tapstack.stack.StackGroup}). */
public final class TapstackTransport implements Transport {

    /** Attempts to find a port that is free at all stacks. */
    private static final int PORT_ATTEMPTS = 16;

    private final List<SocketLayer> stacks;
    private final AtomicInteger connects = new AtomicInteger();

    /** The stack whose sockets these are. */
    public TapstackTransport(final SocketLayer sockets) {
        this(List.of(sockets));
    }

    /** The stacks whose sockets these are, at least one; the first one has UDP. */
    public TapstackTransport(final List<SocketLayer> stacks) {
        if (stacks.isEmpty()) {
            throw new IllegalArgumentException("no stack");
        }
        this.stacks = List.copyOf(stacks);
    }

    /** The sockets of each stack, for features that no other transport has. */
    public List<SocketLayer> stacks() {
        return stacks;
    }

    @Override
    public String name() {
        return "tapstack";
    }

    @Override
    public Listener listen(final InetSocketAddress local, final int backlog) throws IOException {
        if (stacks.size() == 1) {
            return new TapstackListener(TapServerSocket.listen(stacks.get(0), local, backlog), stacks.get(0));
        }
        IOException taken = new IOException("no port");
        for (int attempt = 0; attempt < (local.getPort() == 0 ? PORT_ATTEMPTS : 1); attempt++) {
            try {
                return new SharedListener(listenEverywhere(local, backlog), stacks);
            } catch (final IOException e) {
                taken = e;
            }
        }
        throw taken;
    }

    /** A connection arrives at the stack that owns it, so all of them listen. */
    private List<TapServerSocket> listenEverywhere(final InetSocketAddress local, final int backlog)
            throws IOException {
        final List<TapServerSocket> sockets = new ArrayList<>(stacks.size());
        InetSocketAddress address = local;
        try {
            for (final SocketLayer stack : stacks) {
                sockets.add(TapServerSocket.listen(stack, address, backlog));
                address = sockets.get(0).localAddress();
            }
            return sockets;
        } catch (final IOException | RuntimeException e) {
            sockets.forEach(TapServerSocket::close);
            throw e;
        }
    }

    @Override
    public StreamConnection connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
        return connect(stacks.get(Math.floorMod(connects.getAndIncrement(), stacks.size())), remote, timeout);
    }

    /** Only connections of one stack can be joined by reference. */
    @Override
    public StreamConnection connectBeside(
            final StreamConnection other, final InetSocketAddress remote, final Duration timeout) throws IOException {
        if (other instanceof TapstackStreamConnection ours && stacks.contains(ours.stack())) {
            return connect(ours.stack(), remote, timeout);
        }
        return connect(remote, timeout);
    }

    private static StreamConnection connect(
            final SocketLayer stack, final InetSocketAddress remote, final Duration timeout) throws IOException {
        final TapSocket socket = new TapSocket(stack);
        try {
            socket.connect(remote, Math.toIntExact(timeout.toMillis()));
            return new TapstackStreamConnection(socket, stack);
        } catch (final IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    @Override
    public DatagramEndpoint datagrams(final InetSocketAddress local) throws IOException {
        return new TapstackDatagramEndpoint(new TapDatagramSocket(stacks.get(0), local));
    }
}
