package io.tapstack.agent;

import io.tapstack.conformance.setting.Setting;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkDevice;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.stack.StackConfig;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The conformance agent: a stack behind a Unix-domain socket. Each connection has a thread that reads its requests and
 * one that makes the calls. {@code docs/agent.md} describes the requests.
 */
public final class ConformanceAgent implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConformanceAgent.class);
    private static final int MAX_CONNECTIONS = 1_024;
    private static final long SEED = 1;

    private final AgentConfig config;
    private final ServerSocketChannel server;
    private final @Nullable LinkDevice tap;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<AgentConnection> connections = new HashSet<>();
    private volatile Incarnation incarnation;
    private volatile boolean closed;

    private ConformanceAgent(
            final AgentConfig config, final ServerSocketChannel server, final @Nullable LinkDevice tap) {
        this.config = config;
        this.server = server;
        this.tap = tap;
        this.incarnation = incarnate(0);
    }

    /**
     * Starts the agent; it accepts connections when this returns.
     *
     * @throws IOException if it cannot listen there, or there is no such TAP
     * @throws IllegalArgumentException for settings that the link does not allow
     */
    public static ConformanceAgent start(final AgentConfig config) throws IOException {
        final LinkDevice tap = config.tap().isPresent() ? open(config.tap().get(), config.mtu()) : null;
        ServerSocketChannel server = null;
        try {
            server = listen(config.socket());
            final ConformanceAgent agent = new ConformanceAgent(config, server, tap);
            final Thread acceptor = new Thread(agent::accept, "agent-acceptor");
            acceptor.setDaemon(true);
            acceptor.start();
            return agent;
        } catch (final IOException | RuntimeException e) {
            if (tap != null) {
                tap.close();
            }
            if (server != null) {
                server.close();
                Files.deleteIfExists(config.socket());
            }
            throw e;
        }
    }

    /** One packet per frame, as on the wire. */
    private static LinkDevice open(final String name, final int mtu) throws IOException {
        return TapDevice.open(
                TapConfig.named(name).withMtu(mtu).withoutOffload().withoutHostBatching());
    }

    private static ServerSocketChannel listen(final Path path) throws IOException {
        final UnixDomainSocketAddress address = UnixDomainSocketAddress.of(path);
        removeStale(address);
        final ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            return server.bind(address);
        } catch (final IOException | RuntimeException e) {
            server.close();
            // An agent's own socket was removed before.
            throw new IOException(
                    path + ": " + (Files.exists(path) ? "is there and no socket: take another path" : e.getMessage()),
                    e);
        }
    }

    /** An agent that was killed leaves its socket behind, on which no process listens. */
    private static void removeStale(final UnixDomainSocketAddress address) throws IOException {
        final Path path = address.getPath();
        final boolean isSocket = Files.exists(path)
                && Files.readAttributes(path, "unix:mode").get("mode") instanceof Integer mode
                && (mode & 0xF000) == 0xC000;
        if (!isSocket) {
            return;
        }
        try (SocketChannel other = SocketChannel.open(address)) {
            throw new BindException(other.getRemoteAddress() + ": another agent listens there");
        } catch (final BindException e) {
            throw e;
        } catch (final IOException e) {
            Files.delete(path);
        }
    }

    private Incarnation incarnate(final long startMicros) {
        final List<InterfaceAddress> locals = config.locals();
        final StackConfig.Builder builder = StackConfig.builder(locals.get(0));
        locals.subList(1, locals.size()).forEach(builder::address);
        config.gateways().forEach(builder::gateway);
        if (config.virtualTime()) {
            builder.random(new SplittableRandom(SEED));
        }
        if (tap == null && locals.stream().anyMatch(each -> !each.address().isIpv4())) {
            // The suite sees the packets of sockets alone: no reports of groups either.
            builder.ndp(NdpConfig.DEFAULT.withRouters(false).silent());
        }
        final StackConfig stack = builder.build();
        if (config.virtualTime()) {
            return VirtualIncarnation.start(stack, settings(), startMicros);
        }
        final LinkDevice device = tap == null ? new AgentLink(System::nanoTime) : new BorrowedDevice(tap);
        return RealIncarnation.start(device, stack, settings(), startMicros);
    }

    /** The settings of the command line, and the MTU in any case, as our own link would take packets of any size. */
    private List<Setting> settings() {
        final List<Setting> all = new ArrayList<>();
        all.add(Setting.parse("mtu=" + config.mtu()));
        all.addAll(config.settings());
        return all;
    }

    private void accept() {
        try {
            while (!closed) {
                serve(server.accept());
            }
        } catch (final IOException e) {
            if (!closed) {
                LOG.error("the agent accepts no more connections", e);
            }
        }
    }

    private void serve(final SocketChannel channel) throws IOException {
        lock.lock();
        try {
            if (closed || connections.size() >= MAX_CONNECTIONS) {
                channel.close();
                return;
            }
            final AgentConnection connection = new AgentConnection(this, channel);
            connection.join(incarnation);
            connections.add(connection);
            connection.start();
        } finally {
            lock.unlock();
        }
    }

    /** Op 1, called by {@code caller}: starts a new stack. Waiting calls of the other connections fail. */
    void reset(final AgentConnection caller) {
        lock.lock();
        try {
            final Incarnation old = incarnation;
            old.close();
            final Incarnation next = incarnate(old.uniqueMicros() + 1);
            incarnation = next;
            for (final AgentConnection connection : connections) {
                connection.join(next);
                if (connection != caller) {
                    connection.interruptCall();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** A connection has ended. */
    void ended(final AgentConnection connection) {
        lock.lock();
        try {
            connections.remove(connection);
            connection.leave();
        } finally {
            lock.unlock();
        }
    }

    /** Ends all connections and the stack, and removes the socket's file. */
    @Override
    public void close() throws IOException {
        closed = true;
        server.close();
        Files.deleteIfExists(config.socket());
        final List<AgentConnection> open;
        lock.lock();
        try {
            open = new ArrayList<>(connections);
        } finally {
            lock.unlock();
        }
        incarnation.close();
        open.forEach(AgentConnection::close);
        if (tap != null) {
            tap.close();
        }
    }
}
