package io.tapstack.network;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.CapturedLink;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.PacketCapture;
import io.tapstack.link.PcapngWriter;
import io.tapstack.socket.HappyEyeballs;
import io.tapstack.socket.NameResolver;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.TapDatagramSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.StaticRoute;
import io.tapstack.stack.Waiting;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.time.Clock;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A host with an address and sockets: a stack on a device, with its thread. The device may be a TAP, a port of a
 * {@link MemoryNetwork}, or another {@link LinkDevice}.
 *
 * <pre>{@code
 * try (Host host = Host.on(tap).address("10.0.0.2/24").start();
 *         TapServerSocket server = host.listen(80)) {
 *     TapSocket client = server.accept();
 *     ...
 * }
 * }</pre>
 *
 * <p>Any thread may call; on a network in virtual time only its members (see {@link MemoryNetwork}).
 */
public final class Host implements AutoCloseable {

    private static final int BACKLOG = 128;
    private static final long LOOK_NANOS = 1_000_000;

    private final String name;
    private final List<InterfaceAddress> addresses;
    private final NetworkStack stack;
    private final HostRunner runner;
    private final SocketLayer sockets;
    private final @Nullable NameResolver resolver;
    private final Duration linger;
    private final @Nullable MemoryNetwork network;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Host(
            final Builder builder,
            final List<InterfaceAddress> addresses,
            final NetworkStack stack,
            final HostRunner runner,
            final @Nullable MemoryNetwork network) {
        this.name = builder.name;
        this.addresses = addresses;
        this.stack = stack;
        this.runner = runner;
        this.linger = builder.linger;
        this.network = network;
        this.sockets = new SocketLayer(runner.stackLock(), stack);
        this.resolver = builder.resolver == null ? null : builder.resolver.apply(sockets);
    }

    /**
     * A host on {@code device}. The host owns the device from its start, and closes it.
     *
     * @param device not used otherwise
     */
    public static Builder on(final LinkDevice device) {
        return new Builder(device);
    }

    // ---- Sockets

    /**
     * Listens for TCP connections, on all addresses of the host.
     *
     * @param port 0 picks a free one
     * @throws java.net.BindException if the port is taken
     */
    public TapServerSocket listen(final int port) throws IOException {
        return listen(port, BACKLOG);
    }

    /** See {@link #listen(int)}; {@code backlog} connections may wait to be accepted. */
    public TapServerSocket listen(final int port, final int backlog) throws IOException {
        requireOpen();
        return TapServerSocket.listen(sockets, any(port), backlog);
    }

    /**
     * Connects by TCP.
     *
     * @param remote an address in numbers, such as 10.0.0.1; with a {@linkplain Builder#resolver resolver} also a name,
     *     whose addresses are tried as {@link HappyEyeballs} does
     * @throws java.net.ConnectException if the peer refuses, or does not answer for as long as TCP tries (minutes)
     * @throws java.net.UnknownHostException if the name has no address
     * @throws IllegalArgumentException if {@code remote} is not an address, and there is no resolver
     */
    public TapSocket connect(final String remote, final int port) throws IOException {
        requireOpen();
        return resolver == null
                ? connect(inetAddress(IpAddress.parse(remote)), port)
                : new HappyEyeballs(sockets, resolver).connect(remote, port, Duration.ZERO);
    }

    /** See {@link #connect(String, int)}. */
    public TapSocket connect(final InetAddress remote, final int port) throws IOException {
        return connect(new InetSocketAddress(remote, port), Duration.ZERO);
    }

    /**
     * See {@link #connect(String, int)}.
     *
     * @param timeout zero for as long as TCP tries
     * @throws java.net.SocketTimeoutException if the time is over
     */
    public TapSocket connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
        requireOpen();
        final TapSocket socket = new TapSocket(sockets);
        // A limit of less than a millisecond is a limit too, not "none".
        final long millis = timeout.isZero() ? 0 : Math.max(1, Math.min(Integer.MAX_VALUE, timeout.toMillis()));
        socket.connect(remote, (int) millis);
        return socket;
    }

    /** A UDP socket at a free port. */
    public TapDatagramSocket datagrams() throws IOException {
        return datagrams(0);
    }

    /**
     * A UDP socket.
     *
     * @param port 0 picks a free one
     * @throws java.net.BindException if the port is taken
     */
    public TapDatagramSocket datagrams(final int port) throws IOException {
        requireOpen();
        return new TapDatagramSocket(sockets, any(port));
    }

    private static InetSocketAddress any(final int port) {
        return new InetSocketAddress(inetAddress(IpAddress.ANY_IPV4), port);
    }

    private void requireOpen() throws SocketException {
        if (closed.get()) {
            throw new SocketException(this + " is closed");
        }
    }

    // ---- The host itself

    /** The host's first address. */
    public InetAddress address() {
        return addresses().get(0);
    }

    /** The host's addresses, in the order in which they were given. */
    public List<InetAddress> addresses() {
        return addresses.stream().map(each -> inetAddress(each.address())).toList();
    }

    private static InetAddress inetAddress(final IpAddress address) {
        try {
            return InetAddress.getByAddress(address.toBytes());
        } catch (final UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }

    /** The name, for messages; on a {@link MemoryNetwork} that of its port. */
    public String name() {
        return name;
    }

    /**
     * The resolver of names.
     *
     * @throws IllegalStateException if the host was built without one
     */
    public NameResolver resolver() {
        if (resolver == null) {
            throw new IllegalStateException(
                    this + " has no resolver: call resolver(StubResolver.with(config)) before start()");
        }
        return resolver;
    }

    /** All sockets of the host: for BSD-like calls, polls and options that have no method here. */
    public SocketLayer sockets() {
        return sockets;
    }

    /**
     * Runs {@code question} on the stack with the rights of its owner: for statistics, connections and routes.
     *
     * @param question called inside the stack's lock, so that it must neither wait nor do bulk work
     */
    public <T extends @Nullable Object> T look(final Function<NetworkStack, T> question) {
        final StackLock lock = runner.stackLock();
        lock.lock();
        try {
            return question.apply(stack);
        } finally {
            lock.unlock();
        }
    }

    /** The cause of an end before {@link #close()}, such as a removed device or a bug; null if the host runs. */
    public @Nullable Throwable failure() {
        return runner.failure();
    }

    /** True after {@link #close()}. */
    public boolean isClosed() {
        return closed.get();
    }

    /**
     * Ends the host. Closes all sockets; a thread that waits in one gets a {@link SocketException}. Gives connections a
     * limited time to deliver their data ({@link Builder#linger}), and resets the others. Then ends the stack, and
     * closes the device and the capture. A second call does nothing.
     */
    @Override
    public void close() {
        // In virtual time, refuses a thread that is not a member before anything changes.
        look(ours -> ours);
        if (closed.compareAndSet(false, true)) {
            if (resolver != null) {
                resolver.close();
            }
            sockets.closeAll();
            awaitDelivery();
            runner.close();
            if (network != null) {
                network.ended(this);
            }
        }
    }

    /** Waits until all data that was written to the sockets is acknowledged, for a limited time. */
    private void awaitDelivery() {
        final StackLock lock = runner.stackLock();
        lock.lock();
        try {
            final long deadline = lock.now() + linger.toNanos();
            while (!lock.isEnded() && isDelivering() && lock.now() - deadline < 0) {
                lock.waitPoint().await(lock.now() + LOOK_NANOS);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final IllegalStateException e) {
            // Virtual time has failed; other callers get the exception.
        } finally {
            lock.unlock();
        }
    }

    private boolean isDelivering() {
        return stack.tcp().connections().stream().anyMatch(Host::isDelivering);
    }

    private static boolean isDelivering(final TcpConnection connection) {
        return switch (connection.state()) {
            case FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return "host " + name + " ("
                + addresses.stream().map(InterfaceAddress::toString).collect(Collectors.joining(", ")) + ")";
    }

    /** The settings of a {@link Host}. Only its addresses have no default. Confined to one thread; starts one host. */
    public static final class Builder {

        private final LinkDevice device;
        private String name;
        private final List<InterfaceAddress> addresses = new ArrayList<>();
        private final List<StaticRoute> routes = new ArrayList<>();
        private @Nullable MacAddress mac;
        private int mtu;
        private TcpLimits tcpLimits = TcpLimits.DEFAULT;
        private long memoryLimitBytes;
        private Waiting waiting = Waiting.ADAPTIVE;
        private Duration linger = Duration.ofSeconds(2);
        private Consumer<TcpConfig> tcp = config -> {};
        private UnaryOperator<LinkDevice> decorator = UnaryOperator.identity();
        private @Nullable Path capture;
        private @Nullable RandomGenerator random;
        private @Nullable Function<SocketLayer, NameResolver> resolver;
        private boolean started;

        private Builder(final LinkDevice device) {
            this.device = device;
            this.name = device instanceof MemoryPort port ? port.name() : "tapstack";
        }

        /** The host's name in messages, and of its thread in logs. */
        public Builder name(final String newName) {
            this.name = newName;
            return this;
        }

        /**
         * An address of the host and the length of its subnet's prefix, such as {@code 10.0.0.2/24} or
         * {@code 2001:db8::2/64}. A host may have several, of either family.
         *
         * @throws IllegalArgumentException if {@code text} is not that
         */
        public Builder address(final String text) {
            addresses.add(InterfaceAddress.parse(text));
            return this;
        }

        /** The router for all other subnets of its family; without it they cannot be reached. */
        public Builder gateway(final String router) {
            routes.add(StaticRoute.byDefault(IpAddress.parse(router)));
            return this;
        }

        /**
         * A route to a range of addresses, such as {@code 192.0.2.0/24 via 10.0.0.1}.
         *
         * @throws IllegalArgumentException if {@code text} is not that
         */
        public Builder route(final String text) {
            routes.add(StaticRoute.parse(text));
            return this;
        }

        /** The host's Ethernet address, such as {@code 02:00:00:00:00:01}; without it, a random local one. */
        public Builder mac(final String text) {
            this.mac = MacAddress.parse(text);
            return this;
        }

        /** The largest IP packet in bytes; without it, the device's. */
        public Builder mtu(final int bytes) {
            this.mtu = bytes;
            return this;
        }

        /** Changes what TCP sockets of this host start with, such as {@code tcp(c -> c.congestionControl("bbr"))}. */
        public Builder tcp(final Consumer<TcpConfig> change) {
            this.tcp = this.tcp.andThen(change);
            return this;
        }

        /** Limits of the memory and the connections that TCP keeps for peers. */
        public Builder tcpLimits(final TcpLimits limits) {
            this.tcpLimits = limits;
            return this;
        }

        /** The memory limit of the host; see {@link io.tapstack.buffer.BufferPool#limitBytes()}. */
        public Builder memoryLimit(final long bytes) {
            this.memoryLimitBytes = bytes;
            return this;
        }

        /** How the host's thread waits; without effect in virtual time. */
        public Builder waiting(final Waiting how) {
            this.waiting = how;
            return this;
        }

        /** The longest time that {@link Host#close()} waits until the peers have all data; 2 seconds by default. */
        public Builder linger(final Duration most) {
            this.linger = most;
            return this;
        }

        /** Puts a decorator between the host and its device, such as an {@link io.tapstack.link.ImpairedLink}. */
        public Builder decorate(final UnaryOperator<LinkDevice> between) {
            final UnaryOperator<LinkDevice> before = decorator;
            this.decorator = link -> between.apply(before.apply(link));
            return this;
        }

        /** Writes all frames to a pcapng file, which Wireshark reads; an older file is overwritten. */
        public Builder capture(final Path file) {
            this.capture = file;
            return this;
        }

        /**
         * The source of all secrets and random numbers. Without it they are unpredictable, or on a
         * {@link MemoryNetwork} derived from its seed and the host's name.
         */
        public Builder random(final RandomGenerator source) {
            this.random = source;
            return this;
        }

        /**
         * Lets the host connect to names.
         *
         * @param make called once, with the sockets of the host; {@code StubResolver.with(config)} of the artifact
         *     {@code tapstack-names} is one that asks DNS servers
         */
        public Builder resolver(final Function<SocketLayer, NameResolver> make) {
            this.resolver = make;
            return this;
        }

        /**
         * Starts the host.
         *
         * @throws IllegalStateException if it has no address, or was started before
         * @throws IllegalArgumentException if the MTU is larger than the device's, or the device is simulated
         * @throws IOException if the capture cannot be written
         */
        public Host start() throws IOException {
            if (addresses.isEmpty()) {
                throw new IllegalStateException(
                        "host " + name + " has no address: call address(\"10.0.0.2/24\") before start()");
            }
            if (started) {
                throw new IllegalStateException("host " + name + " was started already: a builder starts one host");
            }
            final MemoryNetwork network = device instanceof MemoryPort port ? port.network() : null;
            final LockStep steps = network == null ? null : network.steps();
            if (device.isSimulated() && steps == null) {
                throw new IllegalArgumentException("host " + name + " cannot run on " + device
                        + ", which is simulated: use MemoryNetwork.host, and decorate() to put a device in between");
            }
            started = true;
            final Clock clock = network == null ? Clock.system() : network.clock();
            if (steps != null) {
                steps.enter();
            }
            try {
                final NetworkStack stack =
                        new NetworkStack(link(clock, steps != null), config(network), clock.nanoTime());
                final HostRunner runner =
                        steps == null ? new DrivenStack(stack, name, waiting) : new SteppedStack(stack, steps);
                final Host host = new Host(this, List.copyOf(addresses), stack, runner, network);
                tcp.accept(host.sockets.defaults());
                runner.start();
                if (network != null) {
                    network.started(host);
                }
                return host;
            } finally {
                if (steps != null) {
                    steps.exit();
                }
            }
        }

        private StackConfig config(final @Nullable MemoryNetwork network) {
            final StackConfig.Builder config =
                    StackConfig.builder(addresses.get(0)).tcpLimits(tcpLimits);
            addresses.subList(1, addresses.size()).forEach(config::address);
            routes.forEach(config::route);
            if (memoryLimitBytes > 0) {
                config.memoryLimit(memoryLimitBytes);
            }
            if (random != null) {
                config.random(random);
            } else if (network != null) {
                config.random(new SplittableRandom(network.seed() * 31 + name.hashCode()));
            }
            if (mac != null) {
                config.mac(mac);
            }
            return config.build();
        }

        private LinkDevice link(final Clock clock, final boolean virtual) throws IOException {
            LinkDevice link = decorator.apply(mtu == 0 ? device : new SmallerMtu(device, mtu));
            final long epochOffset = virtual ? 0 : System.currentTimeMillis() * 1_000_000 - clock.nanoTime();
            final PacketCapture ofAll =
                    device instanceof MemoryPort port ? port.network().capture() : null;
            if (ofAll != null) {
                link = new CapturedLink(link, ofAll, name, clock, epochOffset);
            }
            if (capture == null) {
                return link;
            }
            return new CapturedLink(link, new PcapngWriter(Files.newOutputStream(capture)), name, clock, epochOffset);
        }
    }
}
