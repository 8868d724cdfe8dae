package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackEvents;
import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServeMethod;
import io.tapstack.httpd.ServerConfig;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.LinkDevice;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.socket.SocketLayer;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackGroup;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.Waiting;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.tap.TapIo;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.time.Clock;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.transport.Transport;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * A stack in this JVM, on a TAP with a name and a subnet that no other test has; the kernel of the private namespace is
 * the host at the other end. {@link #close()} ends everything and fails if the stack has lost memory or ended with an
 * exception.
 */
final class TestNetwork implements AutoCloseable {

    static final int HTTP_PORT = 80;

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int PREFIX_LENGTH = 24;
    private static final int IPV6_PREFIX_LENGTH = 64;
    private static final Decorator PLAIN = (tap, host, stack) -> tap;
    private static final Settings IPV4 = network -> StackConfig.of(network.ipv4Address());

    private final String tap;
    private final InetAddress address;
    private final InetAddress hostAddress;
    private final InetAddress ipv6Address;
    private final InetAddress ipv6HostAddress;
    private final StackGroup stacks;
    private final List<SocketLayer> sockets = new ArrayList<>();
    private final Transport transport;
    private final Deque<HttpServer> servers = new ArrayDeque<>();

    /** A decorator between the TAP and the stack. */
    interface Decorator {
        /** @return {@code tap}, or a decorator of it; {@code host} and {@code stack} are the addresses at its ends */
        LinkDevice decorate(LinkDevice tap, IpAddress host, IpAddress stack);
    }

    /** Makes the settings of the stack. */
    @FunctionalInterface
    interface Settings {
        /** @param network has its addresses already, but no stack yet */
        StackConfig create(TestNetwork network);
    }

    private TestNetwork(
            final Offload offload, final TapIo io, final int queues, final Decorator decorator, final Settings settings)
            throws IOException {
        final int number = NUMBER.incrementAndGet();
        this.tap = "it" + number;
        this.address = inSubnet(number, 2);
        this.hostAddress = inSubnet(number, 1);
        this.ipv6Address = inIpv6Subnet(number, 2);
        this.ipv6HostAddress = inIpv6Subnet(number, 1);
        final TapConfig config = TapConfig.named(tap)
                .withMtu(1500)
                .withIo(io)
                .withHostAddress(new HostAddress(IpAddress.of(hostAddress.getAddress()), PREFIX_LENGTH));
        final List<TapDevice> devices =
                TapDevice.openQueues(offload == Offload.ON ? config : config.withoutOffload(), queues);
        this.stacks = new StackGroup(
                devices.stream()
                        .map(each -> decorator.decorate(
                                each, IpAddress.of(hostAddress.getAddress()), IpAddress.of(address.getAddress())))
                        .toList(),
                settings.create(this),
                Clock.system(),
                tap,
                Waiting.ADAPTIVE);
        for (int i = 0; i < stacks.size(); i++) {
            sockets.add(new SocketLayer(stacks.driver(i).stackLock(), stacks.stack(i)));
        }
        this.transport = new TapstackTransport(sockets);
        stacks.start();
    }

    /** The stack's IPv4 address with its prefix. */
    InterfaceAddress ipv4Address() {
        return new InterfaceAddress(IpAddress.of(address.getAddress()), PREFIX_LENGTH);
    }

    /** Without the check for a duplicate, which takes seconds. */
    private StackConfig dualStack() {
        return StackConfig.builder(ipv4Address())
                .address(new InterfaceAddress(IpAddress.of(ipv6Address.getAddress()), IPV6_PREFIX_LENGTH))
                .ndp(NdpConfig.DEFAULT.withRouters(false).withDuplicateProbes(0))
                .build();
    }

    private TestNetwork withIpv6OnHost() throws IOException {
        try {
            final String prefixed = ipv6HostAddress.getHostAddress() + "/" + IPV6_PREFIX_LENGTH;
            HostPrograms.run("ip", "-6", "address", "add", prefixed, "dev", tap, "nodad");
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
        return this;
    }

    /** A running stack. */
    static TestNetwork open(final Offload offload) throws IOException {
        return new TestNetwork(offload, TapIo.AUTO, 1, PLAIN, IPV4);
    }

    /** A running stack, to which frames pass in the given way. */
    static TestNetwork open(final Offload offload, final TapIo io) throws IOException {
        return new TestNetwork(offload, io, 1, PLAIN, IPV4);
    }

    /** A running stack with other settings than the default. */
    static TestNetwork open(final Settings settings) throws IOException {
        return new TestNetwork(Offload.ON, TapIo.AUTO, 1, PLAIN, settings);
    }

    /** A running stack behind a decorator of its TAP. */
    static TestNetwork open(final Decorator decorator) throws IOException {
        return new TestNetwork(Offload.ON, TapIo.AUTO, 1, decorator, IPV4);
    }

    /** Several running stacks, with a queue each. */
    static TestNetwork open(final Offload offload, final int queues) throws IOException {
        return new TestNetwork(offload, TapIo.AUTO, queues, PLAIN, IPV4);
    }

    /** A running stack with offloads, for tests that do not depend on them. */
    static TestNetwork open() throws IOException {
        return new TestNetwork(Offload.ON, TapIo.AUTO, 1, PLAIN, IPV4);
    }

    /** A running stack with addresses of both families. */
    static TestNetwork openDual(final Offload offload) throws IOException {
        return new TestNetwork(offload, TapIo.AUTO, 1, PLAIN, TestNetwork::dualStack).withIpv6OnHost();
    }

    /** Several running stacks with addresses of both families. */
    static TestNetwork openDual(final Offload offload, final int queues) throws IOException {
        return new TestNetwork(offload, TapIo.AUTO, queues, PLAIN, TestNetwork::dualStack).withIpv6OnHost();
    }

    private static InetAddress inIpv6Subnet(final int number, final int host) throws UnknownHostException {
        final byte[] bytes = new byte[16];
        bytes[0] = (byte) 0xFD;
        bytes[1] = 77;
        bytes[7] = (byte) number;
        bytes[15] = (byte) host;
        return InetAddress.getByAddress(bytes);
    }

    private static InetAddress inSubnet(final int number, final int host) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {10, 77, (byte) number, (byte) host});
    }

    /** The host's interface. */
    String tap() {
        return tap;
    }

    /** The stack's address. */
    InetAddress address() {
        return address;
    }

    /** The stack's address in numbers. */
    String ip() {
        return address.getHostAddress();
    }

    /** The host's address at the other end. */
    InetAddress hostAddress() {
        return hostAddress;
    }

    /** The stack's IPv6 address, if it {@linkplain #openDual has one}. */
    InetAddress ipv6Address() {
        return ipv6Address;
    }

    /** The same in numbers. */
    String ipv6() {
        return ipv6Address.getHostAddress();
    }

    /** The host's IPv6 address at the other end. */
    InetAddress ipv6HostAddress() {
        return ipv6HostAddress;
    }

    /** The first 64 bits of IPv6 addresses for tests that give them out themselves. */
    String ipv6Prefix() {
        return "2001:db8:77:" + (address.getAddress()[2] & 0xFF);
    }

    /** The sockets of the first stack. */
    SocketLayer sockets() {
        return sockets.get(0);
    }

    /** The number of stacks. */
    int stacks() {
        return stacks.size();
    }

    Transport transport() {
        return transport;
    }

    /** Serves files on port 80 until this network is closed. */
    HttpServer serve(final Path root, final ServeMethod method) throws IOException {
        return serve(root, ServerConfig.standard().withMethod(method));
    }

    /** Serves files on port 80 of both families until this network is closed. */
    HttpServer serveBoth(final Path root, final ServeMethod method) throws IOException {
        final HttpServer server = HttpServer.start(
                transport,
                new InetSocketAddress(HTTP_PORT),
                root,
                ServerConfig.standard().withMethod(method));
        servers.push(server);
        return server;
    }

    /** Serves files on port 80 until this network is closed. */
    HttpServer serve(final Path root, final ServerConfig config) throws IOException {
        final HttpServer server = HttpServer.start(transport, new InetSocketAddress(address, HTTP_PORT), root, config);
        servers.push(server);
        return server;
    }

    /** The address of a served file. */
    String url(final String name) {
        return "http://" + ip() + '/' + name;
    }

    /** The address of a served file, over IPv6. */
    String ipv6Url(final String name) {
        return "http://[" + ipv6() + "]/" + name;
    }

    /** Reads the stack, or the first of several, with its lock held. */
    <T> T look(final Function<NetworkStack, T> question) {
        return look(0, question);
    }

    /** Reads one of several stacks. */
    <T> T look(final int index, final Function<NetworkStack, T> question) {
        final StackLock lock = stacks.driver(index).stackLock();
        lock.lock();
        try {
            return question.apply(stacks.stack(index));
        } finally {
            lock.unlock();
        }
    }

    /** Memory that the stack's queues hold now. */
    long bytesInUse() {
        return look(now -> now.pool().bytesInUse());
    }

    /** The stack's drops for this reason. */
    long drops(final DropReason reason) {
        return look(now -> now.statistics().drops(reason));
    }

    /** Sets the observer of events, which is called on the stack's thread. */
    void observe(final StackEvents observer) {
        look(now -> {
            now.statistics().observer(observer);
            return observer;
        });
    }

    /** The number of TCP segments that the stack has sent. */
    long segmentsSent() {
        return look(now -> now.statistics().segmentsSent);
    }

    /** The state of each connection, for messages of failed assertions. */
    List<String> connections() {
        return look(now ->
                now.tcp().connections().stream().map(TcpConnection::toString).toList());
    }

    @Override
    public void close() throws IOException {
        while (!servers.isEmpty()) {
            servers.pop().close();
        }
        assertThat(stacks.failure()).as("what ended the stack before its time").isNull();
        stacks.close();
        assertThat(stacks.failure()).as("what failed when the stack ended").isNull();
        for (int i = 0; i < stacks.size(); i++) {
            final BufferPool pool = stacks.stack(i).pool();
            assertThat(pool.packetsInUse()).as("packets lost").isZero();
            assertThat(pool.regionsInUse()).as("blocks of memory lost").isZero();
        }
    }
}
