package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.LoadProcess;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Many idle connections: their cost in memory, and for a busy connection beside them. */
final class CrowdWorkloads {

    private static final int CONNECTIONS = 10_000;
    private static final int FEW = 100;
    private static final Metric PER_CONNECTION = new Metric("KiB", false);
    private static final double KIB_PER_MIB = 1024;
    private static final long SETTLE_MILLIS = 500;
    private static final String OURS = "tapstack serve";
    private static final String CROWDED = "tapstack serve, crowded";

    private CrowdWorkloads() {}

    static List<Workload> all() {
        return List.of(
                new Workload(
                        "memory",
                        List.of(new Subject(OURS, MemoryTrial::new)),
                        List.of(
                                Comparison.alone(
                                        "resident with 10,000 connections",
                                        Metric.MEBIBYTES,
                                        OURS,
                                        Target.valueAtMost(256)),
                                Comparison.alone("resident memory per connection", PER_CONNECTION, OURS, Target.NONE))),
                new Workload(
                        "crowd",
                        List.of(
                                new Subject(CROWDED, lab -> new BulkTrial(lab, true)),
                                new Subject(OURS, lab -> new BulkTrial(lab, false))),
                        List.of(Comparison.of(
                                "bulk down beside 10,000 connections",
                                Metric.RATE,
                                CROWDED,
                                OURS,
                                Target.atLeast(0.8)))),
                new Workload(
                        "idle",
                        List.of(
                                new Subject(OURS, lab -> new IdleTrial(lab, 0)),
                                new Subject(CROWDED, lab -> new IdleTrial(lab, FEW))),
                        List.of(
                                Comparison.alone("idle", Metric.CPU_PERCENT, OURS, Target.valueAtMost(0.5)),
                                Comparison.alone(
                                        "idle, " + FEW + " connections",
                                        Metric.CPU_PERCENT,
                                        CROWDED,
                                        Target.valueAtMost(0.5)))));
    }

    private static Server serve(final Lab lab) throws IOException, InterruptedException {
        return SiteServer.start(lab, lab.file(), SiteServer.NO_ACCESS_LOG);
    }

    /** A new server each time: memory that was needed once is not always returned. */
    private record MemoryTrial(Lab lab) implements Trial {

        @Override
        public void verify() {}

        @Override
        public Sample run() throws IOException, InterruptedException {
            try (Server server = serve(lab)) {
                final double empty = Footprint.residentMebibytes(server.process());
                final int count = CONNECTIONS;
                final Crowd crowd = Crowd.open(lab, server, count);
                Thread.sleep(SETTLE_MILLIS);
                final double full = Footprint.residentMebibytes(server.process());
                crowd.check();
                crowd.close();
                return Sample.of(Metric.MEBIBYTES, full, PER_CONNECTION, (full - empty) * KIB_PER_MIB / count);
            }
        }
    }

    /** The file by HTTP. */
    private static final class BulkTrial implements Trial {

        private final Lab lab;
        private final Server server;
        private final LoadProcess load;
        private final boolean crowded;
        private @Nullable Crowd crowd;

        BulkTrial(final Lab lab, final boolean crowded) throws IOException, InterruptedException {
            this.lab = lab;
            this.server = serve(lab);
            this.load = lab.load();
            this.crowded = crowded;
        }

        @Override
        public void verify() throws IOException, InterruptedException {
            download();
        }

        /** All runs together take seconds; the server closes connections after a minute without a request. */
        @Override
        public Sample run() throws IOException, InterruptedException {
            if (!crowded) {
                return download();
            }
            Crowd around = crowd;
            if (around == null) {
                around = Crowd.open(lab, server, CONNECTIONS);
                crowd = around;
                download(); // The first download after so many new connections is not typical.
            }
            final Sample sample = download();
            around.check();
            return sample;
        }

        private Sample download() throws IOException, InterruptedException {
            final long bytes = lab.scale().fileBytes();
            final long nanos = load.ask("get", server.address(), server.port(), bytes)[0];
            return Sample.of(Metric.RATE, Metric.rate(bytes, nanos));
        }

        @Override
        public void close() {
            server.close();
        }
    }

    /** A while without traffic. */
    private static final class IdleTrial implements Trial {

        private static final long MILLIS = 4_000;
        private static final double PERCENT_PER_NANO = 100 / 1e6;

        private final Lab lab;
        private final Server server;
        private final int connections;

        IdleTrial(final Lab lab, final int connections) throws IOException, InterruptedException {
            this.lab = lab;
            this.server = serve(lab);
            this.connections = connections;
        }

        @Override
        public void verify() throws IOException, InterruptedException {
            lab.load().ask("get", server.address(), server.port(), lab.scale().fileBytes());
        }

        @Override
        public Sample run() throws IOException, InterruptedException {
            final Crowd crowd = Crowd.open(lab, server, connections);
            Thread.sleep(SETTLE_MILLIS);
            final long before = Footprint.cpuNanos(server.process());
            final long start = System.nanoTime();
            Thread.sleep(lab.scale().quick() ? MILLIS / 4 : MILLIS);
            final long used = Footprint.cpuNanos(server.process()) - before;
            final double millis = (System.nanoTime() - start) / 1e6;
            crowd.check();
            crowd.close();
            return Sample.of(Metric.CPU_PERCENT, used * PERCENT_PER_NANO / millis);
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
