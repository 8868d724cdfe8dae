package io.tapstack.packetdrill.kernel;

import io.tapstack.packetdrill.call.SystemCalls;
import io.tapstack.packetdrill.machine.Machine;
import io.tapstack.packetdrill.machine.PlaySettings;
import io.tapstack.packetdrill.packet.ScriptFlows;
import io.tapstack.packetdrill.packet.WirePacket;
import io.tapstack.packetdrill.script.IcmpNames;
import io.tapstack.packetdrill.script.PacketSpec;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The Linux kernel, in a network namespace made for it: the thread that opens the machine moves there, for good, and so
 * do all threads that it starts from then on. There is a TUN, on which the script plays all other hosts.
 */
public final class KernelMachine implements Machine {

    /** The tolerance between a script's times and those of a machine that does other work, too. */
    public static final long TOLERANCE_MICROS = 20_000;

    private static final int CLONE_NEWNET = 0x4000_0000;
    /** A call that is expected to wait is taken to wait if it has not returned by then. */
    private static final long WAITING_CALL_MICROS = 2_000;
    /** Any other call is taken to wait after this time. */
    private static final long CALL_MICROS = 1_000_000;

    /** No host of a script, so that a late answer disturbs none. */
    private static final IpAddress ECHO_SOURCE = IpAddress.parse("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");

    private static final int ECHO_REQUESTS = 100;
    private static final long ECHO_MICROS = 50_000;

    private static final long NANOS_PER_MICRO = 1_000;

    private final KernelCalls calls = new KernelCalls();
    private final Tun tun;
    private final ExecutorService caller = Executors.newCachedThreadPool(work -> {
        final Thread thread = new Thread(work, "packetdrill-call");
        thread.setDaemon(true);
        return thread;
    });
    private volatile long startNanos = System.nanoTime();

    /**
     * Moves the calling thread to a new namespace, and sets that up.
     *
     * @throws IOException if privileges are missing, or {@code ip} is
     */
    public KernelMachine(final PlaySettings settings) throws IOException {
        if (Native.result(Native.CALLS.unshare(CLONE_NEWNET)) < 0) {
            throw new IOException("no network namespace: be root, or run this in bin/private-net");
        }
        if (settings.mode().hasIpv6Packets()) {
            // No packets but those of the script: no router is asked, and no address is made.
            write("net.ipv6.conf.default.accept_ra", "0");
            write("net.ipv6.conf.default.router_solicitations", "0");
            write("net.ipv6.conf.default.addr_gen_mode", "1");
            write("net.ipv6.conf.default.accept_dad", "0");
        } else {
            write("net.ipv6.conf.default.disable_ipv6", "1");
        }
        this.tun = new Tun(this::now);
        try {
            configure(settings);
            awaitAddress(settings);
        } catch (final IOException e) {
            close();
            throw e;
        }
    }

    private static void configure(final PlaySettings settings) throws IOException {
        final String commands = String.join(
                "\n",
                "link set lo up",
                "link set " + Tun.NAME + " mtu " + settings.mtu() + " up",
                "addr add " + settings.local() + "/" + settings.prefixLength() + " dev " + Tun.NAME
                        + (settings.mode().hasIpv6Packets() ? " nodad" : ""),
                "addr add " + settings.gateway() + "/" + settings.prefixLength() + " dev lo scope host",
                "route add default dev " + Tun.NAME + " src " + settings.local(),
                "");
        final Process ip = new ProcessBuilder("ip", "-batch", "-")
                .redirectErrorStream(true)
                .start();
        try (var in = ip.getOutputStream()) {
            in.write(commands.getBytes(StandardCharsets.US_ASCII));
        }
        final String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (ip.waitFor() != 0) {
                throw new IOException("ip cannot set up " + Tun.NAME + ": "
                        + said.lines().findFirst().orElse(""));
            }
        } catch (final InterruptedException e) {
            throw interrupted();
        }
    }

    /** Asks for echoes until the kernel answers: it takes up an address of IPv6 some time after it was told to. */
    private void awaitAddress(final PlaySettings settings) throws IOException {
        final boolean ipv6 = settings.mode().hasIpv6Packets();
        if (!ipv6) {
            return;
        }
        final ScriptFlows flows = new ScriptFlows(settings.local(), ECHO_SOURCE, 1, 1, settings.comparison());
        flows.connecting(IpProtocol.UDP, 1, 1);
        final byte[] request = flows.write(new PacketSpec.Icmp(
                true,
                PacketSpec.IpSpec.ANY,
                IcmpNames.of(ipv6),
                Icmpv6Header.ECHO_REQUEST,
                0,
                -1,
                1,
                new PacketSpec.Echoed(PacketSpec.Echoed.Kind.RAW, 0, 0)));
        for (int i = 0; i < ECHO_REQUESTS; i++) {
            tun.send(request);
            final long end = now() + ECHO_MICROS;
            for (Optional<WirePacket> packet = receive(end); packet.isPresent(); packet = receive(end)) {
                if (flows.concerns(packet.get())) {
                    return;
                }
            }
        }
        throw new IOException("the kernel does not answer at " + settings.local());
    }

    @Override
    public long now() {
        return (System.nanoTime() - startNanos) / NANOS_PER_MICRO;
    }

    @Override
    public void start() {
        calls.start();
        startNanos = System.nanoTime();
    }

    @Override
    public void runUntil(final long micros) throws IOException {
        for (long left = micros - now(); left > 0; left = micros - now()) {
            LockSupport.parkNanos(left * NANOS_PER_MICRO);
            if (Thread.interrupted()) {
                throw interrupted();
            }
        }
    }

    @Override
    public Optional<WirePacket> receive(final long untilMicros) throws IOException {
        try {
            return tun.receive(untilMicros - now());
        } catch (final InterruptedException e) {
            throw interrupted();
        }
    }

    @Override
    public void send(final byte[] packet) throws IOException {
        tun.send(packet);
    }

    @Override
    public SystemCalls systemCalls() {
        return calls;
    }

    @Override
    public RunningCall call(final LongSupplier body, final boolean mayWait) throws IOException {
        final KernelCall call = new KernelCall();
        caller.execute(() -> call.run(body, this));
        await(call, now() + (mayWait ? WAITING_CALL_MICROS : CALL_MICROS));
        return call;
    }

    @Override
    public void await(final RunningCall call, final long untilMicros) throws IOException {
        try {
            final CountDownLatch done = ((KernelCall) call).done;
            if (!done.await(Math.max(0, untilMicros - now()), TimeUnit.MICROSECONDS)) {
                return;
            }
        } catch (final InterruptedException e) {
            throw interrupted();
        }
    }

    @Override
    public boolean sysctl(final String name, final String value) throws IOException {
        return write(name, value.startsWith("0x") ? Long.decode(value).toString() : value);
    }

    private static boolean write(final String name, final String value) throws IOException {
        final Path file = Path.of("/proc/sys", name.replace('.', '/'));
        if (!Files.exists(file)) {
            return false;
        }
        try {
            Files.writeString(file, value);
        } catch (final IOException e) {
            throw new IOException("the kernel refuses " + name + "=" + value, e);
        }
        return true;
    }

    @Override
    public void close() {
        calls.closeAll();
        tun.close();
        caller.shutdown();
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }

    private static final class KernelCall implements RunningCall {

        private final CountDownLatch done = new CountDownLatch(1);
        private volatile long result;
        private volatile long endMicros;

        void run(final LongSupplier body, final KernelMachine machine) {
            result = body.getAsLong();
            endMicros = machine.now();
            done.countDown();
        }

        @Override
        public boolean isDone() {
            return done.getCount() == 0;
        }

        @Override
        public long result() {
            return result;
        }

        @Override
        public long endMicros() {
            return endMicros;
        }
    }
}
