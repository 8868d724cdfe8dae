package io.tapstack.cli;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.CapturedLink;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.PacketCapture;
import io.tapstack.link.PcapngWriter;
import io.tapstack.network.SharedCapture;
import io.tapstack.socket.SocketLayer;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackGroup;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.Waiting;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.time.Clock;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.transport.Transport;
import io.tapstack.wire.IpAddress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our stack behind a TAP device, or a stack behind each of its queues, built from the options: devices, decorators,
 * stacks, drivers, sockets.
 */
final class StackSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(StackSession.class);
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long ADDRESS_TIMEOUT_NANOS = 10_000 * NANOS_PER_MILLI;
    private static final long ADDRESS_POLL_MILLIS = 10;

    private final StackGroup stacks;
    private final Transport transport;
    private final List<InetAddress> addresses;

    private StackSession(final StackGroup stacks, final Transport transport, final List<InetAddress> addresses) {
        this.stacks = stacks;
        this.transport = transport;
        this.addresses = addresses;
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
            final List<SocketLayer> sockets = new ArrayList<>(stacks.size());
            for (int i = 0; i < stacks.size(); i++) {
                final SocketLayer layer = new SocketLayer(stacks.driver(i).stackLock(), stacks.stack(i));
                layer.defaults().congestionControls(CongestionControlSource.all());
                link.congestionControl().ifPresent(layer.defaults()::congestionControl);
                link.mtuProbing().ifPresent(layer.defaults()::mtuProbing);
                sockets.add(layer);
            }
            stacks.start();
            return new StackSession(
                    stacks,
                    new TapstackTransport(sockets),
                    link.addresses().stream().map(Cidr::address).toList());
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

    /** IPv6 looks for a duplicate of an address first (RFC 4862 5.4), which takes a second or two. */
    @Override
    public void awaitAddresses() throws IOException, InterruptedException {
        final long deadline = System.nanoTime() + ADDRESS_TIMEOUT_NANOS;
        for (final InetAddress address : addresses) {
            while (!isUsable(Cidr.ip(address))) {
                if (System.nanoTime() - deadline > 0) {
                    throw new IOException("the address " + Cidr.ip(address)
                            + " cannot be used: another host has it, or the link is down");
                }
                Thread.sleep(ADDRESS_POLL_MILLIS);
            }
        }
    }

    private boolean isUsable(final IpAddress address) {
        final StackLock lock = stacks.driver(0).stackLock();
        lock.lock();
        try {
            return stacks.stack(0).internet().isLocal(address);
        } finally {
            lock.unlock();
        }
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
        final StackConfig.Builder config = StackConfig.builder(ours.get(0));
        ours.subList(1, ours.size()).forEach(config::address);
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
