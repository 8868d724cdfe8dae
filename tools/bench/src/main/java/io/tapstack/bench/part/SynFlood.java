package io.tapstack.bench.part;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * A network of hosts that do not exist and all send SYNs (RFC 4987) through the host to one server. Answers are never
 * read: the TAP loses them.
 *
 * <pre>
 *   SynFlood TAP HOST_ADDRESS PREFIX_LENGTH HOST_MAC NETWORK SERVER PORT SYNS_PER_SECOND
 * </pre>
 *
 * Prints {@code ready}; the first line of its stdin starts it, and the second stops it and makes it print the number of
 * SYNs sent. And so on, until stdin ends.
 */
public final class SynFlood {

    /** A locally administered address (IEEE 802). */
    private static final long MAC = 0x02_00_00_00_00_11L;

    private static final int HOST_BITS = 16;
    private static final int HOSTS = 1 << HOST_BITS;
    private static final int FIRST_PORT = 1_024;
    private static final int PORTS = 60_000;
    private static final long NAP_NANOS = 500_000;
    /** A late sender does not catch up at once: the queues on the path are short. */
    private static final int BURST = 128;

    private static final double NANOS_PER_SECOND = 1e9;

    private final TapDevice device;
    private final SynFrame syn;
    private final int network;
    private final int perSecond;
    private final BufferPool pool = new BufferPool();
    private volatile boolean on;
    private volatile long sent;

    private SynFlood(final TapDevice device, final SynFrame syn, final int network, final int perSecond) {
        this.device = device;
        this.syn = syn;
        this.network = network;
        this.perSecond = perSecond;
    }

    public static void main(final String[] arguments) throws IOException {
        final HostAddress host = new HostAddress(IpAddress.parse(arguments[1]), Integer.parseInt(arguments[2]));
        final TapDevice device = TapDevice.open(TapConfig.named(arguments[0]).withHostAddress(host));
        final SynFrame syn = new SynFrame(
                Long.parseLong(arguments[3].replace(":", ""), 16),
                MAC,
                IpAddress.parse(arguments[5]).ipv4Bits(),
                Integer.parseInt(arguments[6]));
        final SynFlood flood =
                new SynFlood(device, syn, IpAddress.parse(arguments[4]).ipv4Bits(), Integer.parseInt(arguments[7]));
        final Thread sender = new Thread(flood::send, "flood");
        sender.setDaemon(true);
        sender.start();
        System.out.println("ready");
        for (int next = System.in.read(); next >= 0; next = System.in.read()) {
            if (next == '\n') {
                flood.turn();
            }
        }
        System.exit(0);
    }

    private void turn() {
        on = !on;
        if (!on) {
            System.out.println(sent);
        }
    }

    private void send() {
        try {
            while (true) {
                while (!on) {
                    LockSupport.parkNanos(NAP_NANOS);
                }
                sent = 0;
                final long start = System.nanoTime();
                while (on) {
                    final long due = (long) ((System.nanoTime() - start) / NANOS_PER_SECOND * perSecond);
                    for (int i = 0; i < BURST && sent < due; i++) {
                        sendSyn(sent);
                        sent++;
                    }
                    device.flush();
                    LockSupport.parkNanos(NAP_NANOS);
                }
            }
        } catch (final IOException e) {
            System.err.println(device.name() + ": " + e.getMessage());
            System.exit(1);
        }
    }

    private void sendSyn(final long number) throws IOException {
        final int source = network | 1 + (int) (number % (HOSTS - 2));
        final int sourcePort = FIRST_PORT + (int) (number % PORTS);
        final PacketBuffer frame = syn.from(source, sourcePort, (int) (number * 77_777), pool);
        try {
            device.transmit(frame);
        } finally {
            frame.release();
        }
    }
}
