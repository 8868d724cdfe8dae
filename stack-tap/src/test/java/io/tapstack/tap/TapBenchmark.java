package io.tapstack.tap;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The cost of a frame at the border of the kernel, without a stack: run {@code main} under {@code unshare -n}.
 *
 * <p>Sent frames have no receiver, so the kernel copies and drops them. Received frames are datagrams that a socket of
 * this process has queued in the TAP before, and super-segments that the kernel's TCP sends while this program only
 * acknowledges.
 */
public final class TapBenchmark {

    private static final TapConfig CONFIG = TapConfig.named("tap0").withHostAddress(HostAddress.parse("10.0.0.1/24"));
    private static final int RUNS = 5;
    private static final int ETHERNET_FRAME = 1_514;
    private static final int SUPER_FRAME = 65_549;
    private static final int HEADERS = 54;
    private static final int QUEUED = 400;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private final BufferPool pool = new BufferPool();

    private TapBenchmark() {}

    public static void main(final String[] arguments) throws Exception {
        if (NetworkInterface.networkInterfaces()
                .anyMatch(each -> !each.getName().equals("lo"))) {
            System.err.println("this network is not private: run under unshare -n");
            System.exit(2);
        }
        final TapBenchmark benchmark = new TapBenchmark();
        for (int run = 0; run < RUNS; run++) {
            System.out.println("run " + run);
            benchmark.run();
        }
    }

    private void run() throws Exception {
        systemCall();
        for (final boolean batching : new boolean[] {true, false}) {
            for (final TapIo io : List.of(TapIo.SYSCALLS, TapIo.URING)) {
                plain(io, batching);
            }
        }
        for (final TapIo io : List.of(TapIo.SYSCALLS, TapIo.URING)) {
            try (TapDevice tap = TapDevice.open(CONFIG.withIo(io))) {
                transmit(io + " write  1514, offload, batches of 16", tap, contiguous(ETHERNET_FRAME), 500_000, 16);
                transmit(io + " writev 1514, offload, 2 pieces", tap, gathered(ETHERNET_FRAME, 1), 500_000, 16);
                transmit(io + " write  64Ki, offload", tap, superFrame(contiguous(SUPER_FRAME)), 100_000, 16);
                transmit(
                        io + " writev 64Ki, offload, 5 pieces", tap, superFrame(gathered(SUPER_FRAME, 4)), 100_000, 16);
                receive(io + " read   1514, offload", tap);
            }
        }
        receiveSuperSegments();
        sendSuperSegments();
    }

    /** What a system call costs: the machine's kind. */
    private static void systemCall() {
        final int calls = 500_000;
        final long start = cpuNanos();
        for (int i = 0; i < calls; i++) {
            LibC.CALLS.close(-1);
        }
        report("system call", calls, 0, cpuNanos() - start);
    }

    /** @param batching the host receives on a thread of its own */
    private void plain(final TapIo io, final boolean batching) throws IOException {
        final TapConfig plain = CONFIG.withoutOffload().withIo(io);
        final String kind = batching ? ", plain, NAPI" : ", plain";
        try (TapDevice tap = TapDevice.open(batching ? plain : plain.withoutHostBatching())) {
            for (int batch = 1; batch <= 64; batch *= 4) {
                transmit(
                        io + " write  1514" + kind + ", batches of " + batch,
                        tap,
                        contiguous(ETHERNET_FRAME),
                        500_000,
                        batch);
            }
            transmit(io + " write    60" + kind + ", batches of 16", tap, contiguous(60), 500_000, 16);
            receive(io + " read   1514" + kind, tap);
        }
    }

    private void transmit(
            final String what, final TapDevice tap, final PacketBuffer frame, final int frames, final int batch)
            throws IOException {
        final long start = cpuNanos();
        for (int i = 0; i < frames; i++) {
            if (!tap.transmit(frame)) {
                throw new IOException("the TAP is full");
            }
            if ((i + 1) % batch == 0) {
                tap.flush();
            }
        }
        report(what, frames, (long) frames * frame.length(), cpuNanos() - start);
        frame.release();
    }

    private void receive(final String what, final TapDevice tap) throws IOException {
        long frames = 0;
        long bytes = 0;
        long nanos = 0;
        try (DatagramSocket socket = new DatagramSocket()) {
            final DatagramPacket datagram = new DatagramPacket(
                    new byte[ETHERNET_FRAME - 42], ETHERNET_FRAME - 42, InetAddress.getByName("10.0.0.2"), 7);
            socket.setSendBufferSize(4 << 20);
            socket.send(datagram);
            new HostPeer(tap, pool).answerArp();
            for (int round = 0; round < 250; round++) {
                for (int i = 0; i < QUEUED / 4; i++) {
                    socket.send(datagram);
                }
                final long start = cpuNanos();
                PacketBuffer frame = tap.receive(pool);
                while (frame != null) {
                    frames++;
                    bytes += frame.length();
                    frame.release();
                    frame = tap.receive(pool);
                }
                nanos += cpuNanos() - start;
            }
        }
        report(what, frames, bytes, nanos);
    }

    private void receiveSuperSegments() throws Exception {
        try (TapDevice tap = TapDevice.open(CONFIG)) {
            final CompletableFuture<Boolean> sender = SuperSegmentTest.onThreadOfThisNetwork(() -> {
                try (Socket socket = new Socket("10.0.0.2", HandMadeTcp.PORT)) {
                    final byte[] block = new byte[256 << 10];
                    while (true) {
                        socket.getOutputStream().write(block);
                    }
                }
            });
            final HandMadeTcp tcp = new HandMadeTcp(new HostPeer(tap, pool));
            tcp.accept();
            long frames = 0;
            long bytes = 0;
            final long start = cpuNanos();
            while (bytes < 4L << 30) {
                final PacketBuffer frame = tcp.receive();
                frames++;
                bytes += HandMadeTcp.payloadLength(frame);
                frame.release();
            }
            report("kernel TCP to us, ack per frame", frames, bytes, cpuNanos() - start);
            sender.cancel(true);
        }
    }

    private void sendSuperSegments() throws Exception {
        final int length = 64_240;
        final long total = 4L << 30;
        try (TapDevice tap = TapDevice.open(CONFIG)) {
            final CompletableFuture<Boolean> sink = SuperSegmentTest.onThreadOfThisNetwork(() -> {
                try (Socket socket = new Socket()) {
                    socket.setReceiveBufferSize(4 << 20);
                    socket.connect(new InetSocketAddress("10.0.0.2", HandMadeTcp.PORT));
                    final byte[] block = new byte[256 << 10];
                    while (socket.getInputStream().read(block) >= 0) {}
                    return true;
                }
            });
            final HandMadeTcp tcp = new HandMadeTcp(new HostPeer(tap, pool));
            tcp.accept();
            final Region payload = pool.region(BufferPool.SUPER);
            long bytes = 0;
            long frames = 0;
            final long start = cpuNanos();
            while (bytes < total) {
                while (tcp.room() < 2 * length) {
                    tcp.awaitAck();
                }
                tcp.send(tcp.superSegment(payload, 0, length, 4), length);
                bytes += length;
                frames++;
            }
            report("us to kernel TCP, following its window", frames, bytes, cpuNanos() - start);
            payload.release();
            sink.cancel(true);
        }
    }

    private PacketBuffer contiguous(final int length) {
        return TestFrames.forNobody(pool, length);
    }

    private PacketBuffer gathered(final int length, final int pieces) {
        final PacketBuffer frame = TestFrames.forNobody(pool, HEADERS);
        final Region payload = pool.region(length - HEADERS);
        final int piece = (length - HEADERS) / pieces;
        for (int i = 0; i < pieces; i++) {
            frame.addSlice(payload, i * piece, piece);
        }
        payload.release();
        return frame;
    }

    private static PacketBuffer superFrame(final PacketBuffer frame) {
        frame.requestChecksum(frame.head() + 34, 16);
        frame.gsoSize(1_460);
        return frame;
    }

    /** Processor time of this thread, which is the cost of a frame even on a busy machine. */
    private static long cpuNanos() {
        return THREADS.getCurrentThreadCpuTime();
    }

    private static void report(final String what, final long frames, final long bytes, final long nanos) {
        System.out.printf(
                "%-56s %,12d frames %7.0f ns CPU/frame %7.2f Gbit per CPU second%n",
                what, frames, (double) nanos / frames, bytes * 8.0 / nanos);
    }
}
