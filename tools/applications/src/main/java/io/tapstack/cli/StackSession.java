package io.tapstack.cli;

import io.tapstack.dhcp.DhcpConfig;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.CapturedLink;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.PacketCapture;
import io.tapstack.link.PcapngWriter;
import io.tapstack.ndp.NdpConfig;
import io.tapstack.network.SharedCapture;
import io.tapstack.socket.SocketLayer;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackGroup;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.Waiting;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.time.Clock;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.transport.Transport;
import io.tapstack.wire.IpAddress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our stack behind a TAP device, or a stack behind each of its queues, built from the options: devices, decorators,
 * stacks, drivers, sockets.
 */
final class StackSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(StackSession.class);
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final Duration ADDRESS_TIMEOUT = Duration.ofSeconds(10);

    /** RFC 3927 2.2.1 and 2.4: an address is probed and announced for up to ten seconds, or a second one after it. */
    private static final Duration LINK_LOCAL_CLAIM = Duration.ofSeconds(30);

    private static final long ADDRESS_POLL_MILLIS = 10;
    private static final long MILLIS_PER_SECOND = 1_000;

    private final StackGroup stacks;
    private final Transport transport;
    private final LinkOptions link;

    // Written by awaitAddresses, by the thread that opened the session.
    private List<InetAddress> addresses;

    private StackSession(final StackGroup stacks, final Transport transport, final LinkOptions link) {
        this.stacks = stacks;
        this.transport = transport;
        this.link = link;
        this.addresses = link.addresses().stream().map(Cidr::address).toList();
    }

    /** Sets up the log, and loads the native library. Any thread; what fails will fail in {@link #open} again. */
    static void prepare() {
        TapDevice.prepare();
    }

    static Session open(final LinkOptions link) throws IOException {
        if (link.network() == LinkOptions.Network.KERNEL) {
            return new KernelSession();
        }
        final Clock clock = Clock.system();
        final List<LinkDevice> devices = devices(link, clock);
        try {
            final Waiting waiting = link.busyPoll() ? Waiting.BUSY_POLL : Waiting.ADAPTIVE;
            final StackGroup stacks = new StackGroup(devices, config(link), clock, "tapstack", waiting);
            final CongestionControls controls = CongestionControlSource.all();
            final List<SocketLayer> sockets = new ArrayList<>(stacks.size());
            for (int i = 0; i < stacks.size(); i++) {
                final SocketLayer layer = new SocketLayer(stacks.driver(i).stackLock(), stacks.stack(i));
                layer.defaults().congestionControls(controls);
                link.congestionControl().ifPresent(layer.defaults()::congestionControl);
                link.mtuProbing().ifPresent(layer.defaults()::mtuProbing);
                sockets.add(layer);
            }
            stacks.start();
            return new StackSession(stacks, new TapstackTransport(sockets), link);
        } catch (final RuntimeException | Error e) {
            devices.forEach(LinkDevice::close);
            throw e;
        }
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public List<InetAddress> addresses() {
        return addresses;
    }

    /** An address of the network may change later, so a server takes connections to all. */
    @Override
    public InetAddress listeningAddress() {
        return link.hasAddressesOfTheNetwork()
                ? new InetSocketAddress(0).getAddress()
                : Session.super.listeningAddress();
    }

    /** IPv6 looks for a duplicate of an address first (RFC 4862 5.4), which takes a second or two. */
    @Override
    public void awaitAddresses() throws IOException, InterruptedException {
        for (final Cidr each : link.addresses()) {
            if (!await(stack -> stack.internet().isLocal(each.ip()), ADDRESS_TIMEOUT)) {
                throw new IOException(
                        "the address " + each.ip() + " cannot be used: another host has it, or the link is down");
            }
        }
        if (link.dhcp().isPresent() && !await(stack -> isUsable(ipv4(stack)), patience())) {
            throw new IOException("no DHCP server has answered at " + link.tap() + " in " + text(link.dhcpTimeout())
                    + ": start one there, or give an address with --address");
        }
        if (link.autoconfiguration() && !await(stack -> isUsable(ipv6(stack)), link.dhcpTimeout())) {
            throw new IOException("no IPv6 router has given an address at " + link.tap() + " in "
                    + text(link.dhcpTimeout()) + ": start one there, or give an address with --address");
        }
        if (link.hasAddressesOfTheNetwork()) {
            addresses = usable();
        }
    }

    private static String text(final Duration time) {
        return time.toMillis() % MILLIS_PER_SECOND == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    private Duration patience() {
        final boolean linkLocal = link.dhcp().stream().anyMatch(DhcpConfig::linkLocal);
        return linkLocal ? link.dhcpTimeout().plus(LINK_LOCAL_CLAIM) : link.dhcpTimeout();
    }

    private boolean await(final Predicate<NetworkStack> condition, final Duration limit) throws InterruptedException {
        final long deadline = System.nanoTime() + limit.toNanos();
        while (!look(condition::test)) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            Thread.sleep(ADDRESS_POLL_MILLIS);
        }
        return true;
    }

    private <T> T look(final Function<NetworkStack, T> question) {
        final StackLock lock = stacks.driver(0).stackLock();
        lock.lock();
        try {
            return question.apply(stacks.stack(0));
        } finally {
            lock.unlock();
        }
    }

    private List<InetAddress> usable() throws UnknownHostException {
        final List<IpAddress> found =
                look(stack -> Stream.concat(ipv4(stack), ipv6(stack)).toList());
        final List<InetAddress> all = new ArrayList<>(found.size());
        for (final IpAddress each : found) {
            all.add(InetAddress.getByAddress(each.toBytes()));
        }
        return List.copyOf(all);
    }

    private static boolean isUsable(final Stream<IpAddress> addresses) {
        return addresses.findAny().isPresent();
    }

    private static Stream<IpAddress> ipv4(final NetworkStack stack) {
        return stack.ipv4().interfaces().stream().flatMap(each -> usable(each.addresses()));
    }

    /** Without the link-local ones, which need a zone beside them. */
    private static Stream<IpAddress> ipv6(final NetworkStack stack) {
        return Stream.ofNullable(stack.ipv6())
                .flatMap(ipv6 -> ipv6.interfaces().stream())
                .flatMap(each -> usable(each.addresses()))
                .filter(each -> !each.isLinkLocal());
    }

    private static Stream<IpAddress> usable(final AddressList list) {
        return list.all().stream().filter(each -> each.isUsable()).map(each -> each.address());
    }

    @Override
    public void whenEnded(final Runnable listener) {
        // The stacks end together.
        final StackLock lock = stacks.driver(0).stackLock();
        lock.lock();
        try {
            lock.whenEnded(listener);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Throwable> failure() {
        return Optional.ofNullable(stacks.failure());
    }

    @Override
    public void close() {
        stacks.close();
    }

    private static StackConfig config(final LinkOptions link) {
        final List<InterfaceAddress> ours = link.addresses().stream()
                .map(each -> new InterfaceAddress(each.ip(), each.prefixLength()))
                .toList();
        final StackConfig.Builder config = StackConfig.builder();
        ours.forEach(config::address);
        link.dhcp().ifPresent(config::dhcp);
        if (link.autoconfiguration()) {
            config.ndp(NdpConfig.DEFAULT);
        }
        link.routes().forEach(config::route);
        link.seed().ifPresent(seed -> config.random(new SplittableRandom(seed)));
        return config.build();
    }

    /** The queues of the TAP, their impairments, and outermost the capture: it sees the frames that the stacks see. */
    private static List<LinkDevice> devices(final LinkOptions link, final Clock clock) throws IOException {
        // Opened first: a file that cannot be written is reported before the network changes.
        final PcapngWriter capture =
                link.pcap().isPresent() ? new PcapngWriter(output(link.pcap().get())) : null;
        final List<? extends LinkDevice> queues;
        try {
            queues = tap(link);
        } catch (final IOException | RuntimeException e) {
            if (capture != null) {
                capture.close();
            }
            throw e;
        }
        final List<? extends LinkDevice> impaired = link.impaired() ? impair(queues, link) : queues;
        return capture == null ? List.copyOf(impaired) : captured(impaired, capture, link.tap(), clock);
    }

    private static List<TapDevice> tap(final LinkOptions link) throws IOException {
        TapConfig config = TapConfig.named(link.tap()).withMtu(link.mtu()).withIo(link.tapIo());
        for (final Cidr host : link.hostAddresses()) {
            config = config.withHostAddress(new HostAddress(host.ip(), host.prefixLength()));
        }
        // A lost frame should cost one segment, so an impaired link has no super-segments in either direction.
        if (!link.noOffload() && !link.impaired()) {
            return TapDevice.openQueues(config, link.queues());
        }
        final boolean single = link.noHostBatching() || link.impaired();
        return TapDevice.openQueues(
                single ? config.withoutOffload().withoutHostBatching() : config.withoutOffload(), link.queues());
    }

    private static List<LinkDevice> impair(final List<? extends LinkDevice> queues, final LinkOptions link) {
        final long seed = link.seed().orElseGet(() -> new SplittableRandom().nextLong() >>> 1);
        final Impairment impairment =
                Impairment.NONE.withLoss(link.loss()).withDelay(link.delay().toNanos());
        LOG.info(
                "the link loses {} % and takes {} ms each way; --seed {} repeats it",
                link.loss() * 100, link.delay().toNanos() / (double) NANOS_PER_MILLI, seed);
        final List<LinkDevice> impaired = new ArrayList<>(queues.size());
        for (final LinkDevice queue : queues) {
            impaired.add(new ImpairedLink(queue, impairment, impairment, seed + impaired.size()));
        }
        return impaired;
    }

    /** All queues in one file, which has an interface for each. */
    private static List<LinkDevice> captured(
            final List<? extends LinkDevice> queues, final PcapngWriter capture, final String tap, final Clock clock) {
        final long epochOffset = System.currentTimeMillis() * NANOS_PER_MILLI - clock.nanoTime();
        final PacketCapture shared = new SharedCapture(capture, 0);
        final List<LinkDevice> captured = new ArrayList<>(queues.size());
        for (final LinkDevice queue : queues) {
            final String name = queues.size() == 1 ? tap : tap + " queue " + captured.size();
            captured.add(new CapturedLink(queue, shared, name, clock, epochOffset));
        }
        return captured;
    }

    private static OutputStream output(final Path file) throws IOException {
        final Path folder = file.toAbsolutePath().getParent();
        if (folder != null && !Files.isDirectory(folder)) {
            throw new Failure("--pcap " + file + ": there is no folder " + folder);
        }
        return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }
}
