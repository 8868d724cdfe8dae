package io.tapstack.bench.part;

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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;

/**
 * Measures the allocation of the stack in a steady transfer over a TAP, with the kernel at the other end. It counts on
 * the stack's own thread and on the application thread that does its protocol work; segments, sent and received, are
 * counted at the device, so a super-segment is one.
 *
 * <p>{@code AllocationProbe TAP ADDRESS HOST_ADDRESS PREFIX_LENGTH FILE offload|plain}; then {@code send} or
 * {@code receive} on stdin moves the file's size once, and is answered by {@code ok BYTES_ALLOCATED SEGMENTS}.
 */
public final class AllocationProbe {

    private static final String DRIVER = "probed-stack";
    private static final int BUFFER_BYTES = 1 << 18;
    private static final long PIECE_BYTES = 8L << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final NetworkStack stack;
    private final StackDriver driver;
    private final StreamConnection ours;
    private final Socket theirs;
    private final MappedFile file;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);

    private AllocationProbe(
            final NetworkStack stack,
            final StackDriver driver,
            final StreamConnection ours,
            final Socket theirs,
            final MappedFile file) {
        this.stack = stack;
        this.driver = driver;
        this.ours = ours;
        this.theirs = theirs;
        this.file = file;
    }

    /** Runs until stdin ends. */
    public static void main(final String[] arguments) throws Exception {
        final InetAddress address = InetAddress.getByName(arguments[1]);
        final InetAddress host = InetAddress.getByName(arguments[2]);
        final int prefixLength = Integer.parseInt(arguments[3]);
        final TapConfig tap = TapConfig.named(arguments[0])
                .withHostAddress(new HostAddress(IpAddress.of(host.getAddress()), prefixLength));
        final Clock clock = Clock.system();
        final NetworkStack stack = new NetworkStack(
                TapDevice.open(arguments[5].equals("offload") ? tap : tap.withoutOffload()),
                StackConfig.of(new InterfaceAddress(IpAddress.of(address.getAddress()), prefixLength)),
                clock.nanoTime());
        try (MappedFile file = MappedFile.open(Path.of(arguments[4]));
                StackDriver driver = new StackDriver(stack, clock, DRIVER)) {
            final TapstackTransport transport = new TapstackTransport(new SocketLayer(driver.stackLock(), stack));
            driver.start();
            try (ServerSocket server = new ServerSocket(0, 1, host);
                    StreamConnection ours =
                            transport.connect(new InetSocketAddress(host, server.getLocalPort()), TIMEOUT);
                    Socket theirs = server.accept()) {
                new AllocationProbe(stack, driver, ours, theirs, file).serve();
            }
        }
    }

    private void serve() throws Exception {
        System.out.println("ready");
        final BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            final long allocatedBefore = allocatedByDriver();
            final long segmentsBefore = segments();
            final long ourThread = line.equals("send") ? send() : receive();
            final long segments = segments() - segmentsBefore;
            System.out.println("ok " + (allocatedByDriver() - allocatedBefore + ourThread) + ' ' + segments);
        }
    }

    /** @return the bytes that the sending thread has allocated */
    private long send() throws Exception {
        final FutureTask<Void> sink = start(() -> {
            final ByteBuffer into = ByteBuffer.allocate(BUFFER_BYTES);
            final ReadableByteChannel input = Channels.newChannel(theirs.getInputStream());
            for (long left = file.size(); left > 0; left -= into.position()) {
                into.clear().limit((int) Math.min(into.capacity(), left));
                if (input.read(into) < 0) {
                    throw new IOException(left + " bytes are missing");
                }
            }
        });
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        for (long position = 0; position < file.size(); ) {
            position += ours.sendFile(file, position, Math.min(PIECE_BYTES, file.size() - position));
        }
        final long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        sink.get();
        return allocated;
    }

    /** @return the bytes that the receiving thread has allocated */
    private long receive() throws Exception {
        final FutureTask<Void> source = start(() -> {
            final ByteBuffer piece = ByteBuffer.allocate(BUFFER_BYTES);
            final WritableByteChannel output = Channels.newChannel(theirs.getOutputStream());
            for (long left = file.size(); left > 0; left -= piece.limit()) {
                output.write(piece.clear().limit((int) Math.min(piece.capacity(), left)));
            }
        });
        final long before = THREADS.getCurrentThreadAllocatedBytes();
        for (long left = file.size(); left > 0; left -= buffer.position()) {
            buffer.clear().limit((int) Math.min(buffer.capacity(), left));
            if (ours.read(buffer) < 0) {
                throw new IOException(left + " bytes are missing");
            }
        }
        final long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
        source.get();
        return allocated;
    }

    private static FutureTask<Void> start(final Failures.Task task) {
        final FutureTask<Void> future = new FutureTask<>(() -> {
            task.run();
            return null;
        });
        final Thread thread = new Thread(future, "other end");
        thread.setDaemon(true);
        thread.start();
        return future;
    }

    private long segments() {
        driver.stackLock().lock();
        try {
            return stack.statistics().segmentsSent + stack.statistics().segmentsReceived;
        } finally {
            driver.stackLock().unlock();
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
