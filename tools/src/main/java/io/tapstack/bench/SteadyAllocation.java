package io.tapstack.bench;

import com.sun.management.ThreadMXBean;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.socket.MappedFile;
import io.tapstack.socket.SocketLayer;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.StackDriver;
import io.tapstack.tap.HostAddress;
import io.tapstack.tap.TapConfig;
import io.tapstack.tap.TapDevice;
import io.tapstack.time.Clock;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/**
 * What the stack allocates for each segment of a steady transfer over a TAP: {@code SteadyAllocation FILE}. Counted on the stack's own
 * thread and on the application thread that does its protocol work; sent segments and received ones are counted as the device sees them, so a
 * super-segment is one.
 */
public final class SteadyAllocation {

    private static final String DRIVER = "bench-stack";
    private static final int BUFFER_BYTES = 1 << 18;
    private static final int PIECE_BYTES = 1 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final NetworkStack stack;
    private final StackDriver driver;
    private final StreamConnection ours;
    private final Socket theirs;

    private SteadyAllocation(
            final NetworkStack stack, final StackDriver driver, final StreamConnection ours, final Socket theirs) {
        this.stack = stack;
        this.driver = driver;
        this.ours = ours;
        this.theirs = theirs;
    }

    /** Runs. */
    public static void main(final String[] arguments) throws Exception {
        try (MappedFile file = MappedFile.open(Path.of(arguments[0]))) {
            measure(file, true);
            measure(file, false);
        }
    }

    private static void measure(final MappedFile file, final boolean offload) throws Exception {
        final InetAddress host = InetAddress.getByName("10.79.0.1");
        final InetAddress address = InetAddress.getByName("10.79.0.2");
        final TapConfig tap =
                TapConfig.named("bench0").withHostAddress(new HostAddress(IpAddress.of(host.getAddress()), 24));
        final Clock clock = Clock.system();
        final NetworkStack stack = new NetworkStack(
                TapDevice.open(offload ? tap : tap.withoutOffload()),
                StackConfig.of(new InterfaceAddress(IpAddress.of(address.getAddress()), 24)),
                clock.nanoTime());
        try (StackDriver driver = new StackDriver(stack, clock, DRIVER)) {
            final TapstackTransport transport = new TapstackTransport(new SocketLayer(driver.door(), stack));
            driver.start();
            try (ServerSocket server = new ServerSocket(0, 1, host);
                    StreamConnection ours =
                            transport.connect(new InetSocketAddress(host, server.getLocalPort()), TIMEOUT);
                    Socket theirs = server.accept()) {
                final SteadyAllocation bench = new SteadyAllocation(stack, driver, ours, theirs);
                bench.run(offload ? "with offload" : "without offload", file);
            }
        }
    }

    private void run(final String title, final MappedFile file) throws Exception {
        send(file); // warms up: pools grow, code is compiled
        report(title + ", sending a mapped file", () -> send(file));
        receive(file.size());
        report(title + ", receiving", () -> receive(file.size()));
    }

    private void report(final String what, final Callable<Long> transfer) throws Exception {
        final long allocatedBefore = allocatedByDriver();
        final long segmentsBefore = segments();
        final long ourThread = transfer.call();
        final long segments = segments() - segmentsBefore;
        final long allocated = allocatedByDriver() - allocatedBefore + ourThread;
        System.out.printf(
                "%s: %d bytes allocated for %d segments, %.3f a segment%n",
                what, allocated, segments, (double) allocated / segments);
    }

    /** @return what the sending thread has allocated */
    private long send(final MappedFile file) throws Exception {
        final FutureTask<Void> sink = new FutureTask<>(() -> {
            skip(theirs.getInputStream(), file.size());
            return null;
        });
        new Thread(sink, "sink").start();
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        for (long position = 0; position < file.size(); ) {
            position += ours.sendFile(file, position, Math.min(PIECE_BYTES * 8L, file.size() - position));
        }
        final long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        sink.get();
        return allocated;
    }

    /** @return what the receiving thread has allocated */
    private long receive(final long count) throws Exception {
        final FutureTask<Void> source = new FutureTask<>(() -> {
            final OutputStream out = theirs.getOutputStream();
            final byte[] piece = new byte[PIECE_BYTES];
            for (long left = count; left > 0; left -= piece.length) {
                out.write(piece, 0, (int) Math.min(piece.length, left));
            }
            return null;
        });
        new Thread(source, "source").start();
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        skip(ours.input(), count);
        final long allocated = THREADS.getCurrentThreadAllocatedBytes() - before - BUFFER_BYTES;
        source.get();
        return Math.max(0, allocated);
    }

    private static void skip(final InputStream in, final long count) throws IOException {
        final byte[] buffer = new byte[BUFFER_BYTES];
        for (long left = count; left > 0; ) {
            final int read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new IOException(left + " bytes are missing");
            }
            left -= read;
        }
    }

    private long segments() {
        driver.door().enter();
        try {
            return stack.statistics().segmentsSent + stack.statistics().segmentsReceived;
        } finally {
            driver.door().exit();
        }
    }

    private static long allocatedByDriver() {
        for (final Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals(DRIVER)) {
                return THREADS.getThreadAllocatedBytes(thread.getId());
            }
        }
        throw new IllegalStateException("the stack does not run");
    }
}
