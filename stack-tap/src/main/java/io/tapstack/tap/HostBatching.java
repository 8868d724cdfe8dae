package io.tapstack.tap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the host receive our frames from a TAP without offloads in batches, as from a network card: on a kernel thread
 * of the interface (threaded NAPI), which merges segments (GRO) before they go up the host's stack. Otherwise each of
 * our writes carries its frame up to the receiving socket.
 *
 * <p>The switches are files of sysfs, which shows the interfaces of the network namespace that it was mounted in.
 * Without access to these files, or in another namespace, or on a kernel without threaded NAPI (before Linux 5.12),
 * there is no batching.
 *
 * @see <a href="https://docs.kernel.org/networking/napi.html">NAPI</a>
 */
final class HostBatching {

    private static final Logger LOG = LoggerFactory.getLogger(HostBatching.class);
    private static final Path INTERFACES = Path.of("/sys/class/net");

    /**
     * Time for which an incomplete merged segment waits for more, in nanoseconds. Long enough for the next frame of a
     * bulk transfer (a frame costs us a good microsecond), too short to be noticed; a segment with PSH, the last one of
     * a write, does not wait at all.
     */
    private static final int GRO_FLUSH_TIMEOUT = 20_000;

    /**
     * Empty polls of the thread before the interface counts as idle; the kernel uses the timeout only if this is not 0.
     */
    private static final int DEFER_HARD_IRQS = 2;

    private HostBatching() {}

    /**
     * Turns batching on, for an interface that was attached with IFF_NAPI.
     *
     * @return false if that is not possible here
     */
    static boolean start(final String name) throws TapException {
        final Path settings = INTERFACES.resolve(name);
        try (HostInterface host = new HostInterface(name)) {
            if (!isSame(host, settings)) {
                LOG.debug("{}: sysfs belongs to another network namespace; the host takes frames one by one", name);
                return false;
            }
            write(settings, "gro_flush_timeout", GRO_FLUSH_TIMEOUT);
            write(settings, "napi_defer_hard_irqs", DEFER_HARD_IRQS);
            write(settings, "threaded", 1);
            return true;
        } catch (final IOException refused) {
            LOG.debug("{}: no threaded NAPI ({}); the host takes frames one by one", name, refused.toString());
            return false;
        }
    }

    /** Another namespace can have an interface of the same name, but not of the same random Ethernet address. */
    private static boolean isSame(final HostInterface host, final Path settings) throws IOException {
        final Path address = settings.resolve("address");
        if (!Files.isReadable(address)) {
            return false;
        }
        final String text = Files.readString(address).strip().replace(":", "");
        return Long.parseUnsignedLong(text, 16) == host.hardwareAddress();
    }

    private static void write(final Path settings, final String name, final int value) throws IOException {
        Files.writeString(settings.resolve(name), Integer.toString(value), StandardOpenOption.WRITE);
    }
}
