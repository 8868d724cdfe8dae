package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * The first seconds of {@code bin/tapstack echo}: the time from its start to the first connection, and the connections
 * that it serves a second later, compared with those of its steady state.
 */
final class StartWorkload {

    private static final Metric MILLISECONDS = new Metric("ms", false);
    private static final Metric OF_STEADY = new Metric("of steady", true);
    private static final String WARM = "tapstack echo";
    private static final String COLD = "tapstack echo, without stored classes";

    private StartWorkload() {}

    static Workload workload() {
        return new Workload(
                "start",
                List.of(
                        new Subject(WARM, lab -> new StartTrial(lab, true)),
                        new Subject(COLD, lab -> new StartTrial(lab, false))),
                List.of(
                        Comparison.alone("start to first connection", MILLISECONDS, WARM, Target.valueAtMost(400)),
                        Comparison.alone("start to first connection, cold", MILLISECONDS, COLD, Target.NONE),
                        Comparison.alone("rate after a second", OF_STEADY, WARM, Target.valueAtLeast(0.8)),
                        Comparison.alone("rate after a second, cold", OF_STEADY, COLD, Target.NONE)));
    }

    private static final class StartTrial implements Trial {

        private static final double NANOS_PER_MILLI = 1e6;
        private static final int PORT = 7;
        private static final Duration TRAINING = Duration.ofMinutes(3);
        private static final Duration START = Duration.ofSeconds(30);
        private static final Duration ATTEMPT = Duration.ofMillis(200);
        private static final Duration EARLY = Duration.ofSeconds(1);
        private static final Duration WINDOW = Duration.ofMillis(500);
        private static final Duration STEADY_AFTER = Duration.ofSeconds(8);
        private static final long PAUSE_NANOS = 200_000;

        private final Lab lab;
        private final boolean warm;
        private final Link link;
        private final InetSocketAddress server;
        private final ByteBuffer one = ByteBuffer.allocateDirect(1);

        StartTrial(final Lab lab, final boolean warm) {
            this.lab = lab;
            this.warm = warm;
            this.link = lab.newLink();
            this.server = new InetSocketAddress(link.address(), PORT);
        }

        /** Makes the archive, and starts once with it: the file is in the page cache from then on. */
        @Override
        public void verify() throws IOException, InterruptedException {
            if (warm) {
                try (Child training = lab.start("training", program(List.of("train")))) {
                    training.finish(TRAINING);
                }
            }
            try (Child process = start()) {
                connectFirst(System.nanoTime());
            }
        }

        @Override
        public Sample run() throws IOException, InterruptedException {
            final long start = System.nanoTime();
            try (Child process = start()) {
                connectFirst(start);
                final long first = System.nanoTime();
                exchange(first + EARLY.toNanos());
                final double early = exchange(System.nanoTime() + WINDOW.toNanos());
                exchange(first + STEADY_AFTER.toNanos());
                final double steady = exchange(System.nanoTime() + 2 * WINDOW.toNanos()) / 2;
                return Sample.of(MILLISECONDS, (first - start) / NANOS_PER_MILLI, OF_STEADY, early / steady);
            }
        }

        private Child start() throws BenchFailure {
            final List<String> arguments = new ArrayList<>(List.of("echo", "--port", String.valueOf(PORT)));
            arguments.addAll(link.options());
            return lab.start("tapstack echo", program(arguments));
        }

        /** The command for the launcher, with this JVM's JDK. */
        private List<String> program(final List<String> arguments) throws BenchFailure {
            final String launcher = System.getProperty("tapstack.program");
            if (launcher == null) {
                throw new BenchFailure("bin/tapstack is to be measured, but has not started this benchmark");
            }
            final List<String> command = new ArrayList<>(List.of(
                    "env",
                    "TAPSTACK_NO_BUILD=1",
                    "TAPSTACK_NO_ARCHIVE=" + (warm ? 0 : 1),
                    "TAPSTACK_JAVA_HOME=" + System.getProperty("java.home"),
                    launcher));
            command.addAll(arguments);
            return command;
        }

        private void connectFirst(final long startNanos) throws IOException {
            while (!isConnected()) {
                if (System.nanoTime() - startNanos > START.toNanos()) {
                    throw new BenchFailure("tapstack echo accepts no connection");
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private boolean isConnected() {
            try (SocketChannel channel = SocketChannel.open()) {
                channel.configureBlocking(false);
                final long end = System.nanoTime() + ATTEMPT.toNanos();
                boolean connected = channel.connect(server);
                while (!connected && System.nanoTime() < end) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                    connected = channel.finishConnect();
                }
                return connected;
            } catch (final IOException e) {
                return false; // no interface yet, or nobody who listens
            }
        }

        /** @return the number of connections, each with one exchange, until {@code endNanos} */
        private int exchange(final long endNanos) throws IOException {
            int count = 0;
            while (System.nanoTime() < endNanos) {
                try (SocketChannel channel = SocketChannel.open(server)) {
                    channel.setOption(StandardSocketOptions.SO_LINGER, 0); // no port in TIME-WAIT
                    channel.write(one.clear());
                    if (channel.read(one.clear()) != 1) {
                        throw new BenchFailure("no echo");
                    }
                    count++;
                }
            }
            return count;
        }
    }
}
