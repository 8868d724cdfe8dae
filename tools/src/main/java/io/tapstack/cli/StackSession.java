package io.tapstack.cli;

import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.CapturedLink;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.PcapngWriter;
import io.tapstack.socket.SocketLayer;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackDriver;
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
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Our stack behind a TAP device, put together as the options say: device, decorators, stack, driver, sockets. */
final class StackSession implements Session {

    private static final Logger LOG = LoggerFactory.getLogger(StackSession.class);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final StackDriver driver;
    private final Transport transport;
    private final InetAddress address;

    private StackSession(final StackDriver driver, final Transport transport, final InetAddress address) {
        this.driver = driver;
        this.transport = transport;
        this.address = address;
    }

    static Session open(final LinkOptions link) throws IOException {
        if (link.network() == LinkOptions.Network.KERNEL) {
            return new KernelSession();
        }
        final Clock clock = Clock.system();
        final LinkDevice device = device(link, clock);
        try {
            final NetworkStack stack = new NetworkStack(device, config(link), clock.nanoTime());
            final Waiting waiting = link.busyPoll() ? Waiting.BUSY_POLL : Waiting.ADAPTIVE;
            final StackDriver driver = new StackDriver(stack, clock, "tapstack", waiting);
            final SocketLayer sockets = new SocketLayer(driver.door(), stack);
            driver.start();
            return new StackSession(
                    driver, new TapstackTransport(sockets), link.address().address());
        } catch (final RuntimeException | Error e) {
            device.close();
            throw e;
        }
    }

    @Override
    public Transport transport() {
        return transport;
    }

    @Override
    public InetAddress address() {
        return address;
    }

    @Override
    public void close() {
        driver.close();
    }

    private static StackConfig config(final LinkOptions link) {
        final InterfaceAddress ours = new InterfaceAddress(
                ipAddress(link.address().address()), link.address().prefixLength());
        final StackConfig config = link.seed().isPresent()
                ? StackConfig.of(ours, new SplittableRandom(link.seed().getAsLong()))
                : StackConfig.of(ours);
        return link.gateway().isPresent()
                ? config.withGateway(ipAddress(link.gateway().get()))
                : config;
    }

    /** The TAP, what is to go wrong on it, and outermost the capture: it sees what the stack sees. */
    private static LinkDevice device(final LinkOptions link, final Clock clock) throws IOException {
        // Opened first: a file that cannot be written is to be told before the network changes.
        final PcapngWriter capture =
                link.pcap().isPresent() ? new PcapngWriter(output(link.pcap().get())) : null;
        final LinkDevice tap;
        try {
            tap = tap(link);
        } catch (final IOException | RuntimeException e) {
            if (capture != null) {
                capture.close();
            }
            throw e;
        }
        final LinkDevice impaired = link.impaired() ? impair(tap, link) : tap;
        if (capture == null) {
            return impaired;
        }
        final long epochOffset = System.currentTimeMillis() * NANOS_PER_MILLI - clock.nanoTime();
        return new CapturedLink(impaired, capture, link.tap(), clock, epochOffset);
    }

    private static LinkDevice tap(final LinkOptions link) throws IOException {
        final Cidr host = link.hostAddress();
        final TapConfig config = TapConfig.named(link.tap())
                .withMtu(link.mtu())
                .withHostAddress(new HostAddress(ipAddress(host.address()), host.prefixLength()));
        // A frame that is lost should cost one segment, so an impaired link has no super-segments in either direction.
        if (!link.noOffload() && !link.impaired()) {
            return TapDevice.open(config);
        }
        final boolean single = link.noHostBatching() || link.impaired();
        return TapDevice.open(single ? config.withoutOffload().withoutHostBatching() : config.withoutOffload());
    }

    private static LinkDevice impair(final LinkDevice tap, final LinkOptions link) {
        final long seed = link.seed().orElseGet(() -> new SplittableRandom().nextLong() >>> 1);
        final Impairment impairment =
                Impairment.NONE.withLoss(link.loss()).withDelay(link.delay().toNanos());
        LOG.info(
                "the link loses {} % and takes {} ms each way; --seed {} repeats it",
                link.loss() * 100, link.delay().toNanos() / (double) NANOS_PER_MILLI, seed);
        return new ImpairedLink(tap, impairment, impairment, seed);
    }

    private static OutputStream output(final Path file) throws IOException {
        return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    }

    private static IpAddress ipAddress(final InetAddress address) {
        return IpAddress.of(address.getAddress());
    }
}
