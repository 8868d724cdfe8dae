package io.tapstack.transport;

import io.tapstack.socket.HappyEyeballs;
import io.tapstack.socket.NameResolver;
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
import org.jspecify.annotations.Nullable;

/** Our own TCP/IP: one stack, or several that share an address (see {@link io.tapstack.stack.StackGroup}). */
public final class TapstackTransport implements Transport {

    /** Attempts to find a port that is free at all stacks. */
    private static final int PORT_ATTEMPTS = 16;

    private final List<SocketLayer> stacks;
    private final AtomicInteger connects = new AtomicInteger();
    private final @Nullable NameResolver resolver;

    /** The stack whose sockets these are. */
    public TapstackTransport(final SocketLayer sockets) {
        this(List.of(sockets));
    }

    /** The stacks whose sockets these are, at least one; the first one has UDP. */
    public TapstackTransport(final List<SocketLayer> stacks) {
        this(stacks, null);
    }

    private TapstackTransport(final List<SocketLayer> stacks, final @Nullable NameResolver resolver) {
        if (stacks.isEmpty()) {
            throw new IllegalArgumentException("no stack");
        }
        this.stacks = List.copyOf(stacks);
        this.resolver = resolver;
    }

    /** The same stacks, with a resolver over the first of them, which lives as long as they do. */
    public TapstackTransport resolving(final NameResolver ours) {
        return new TapstackTransport(stacks, ours);
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

    /** By RFC 8305, at the first stack, if there is a resolver. */
    @Override
    public StreamConnection connect(final String host, final int port, final Duration timeout) throws IOException {
        if (resolver == null) {
            return Transport.super.connect(host, port, timeout);
        }
        final SocketLayer stack = stacks.get(0);
        final String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        return new TapstackStreamConnection(new HappyEyeballs(stack, resolver).connect(name, port, timeout), stack);
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
