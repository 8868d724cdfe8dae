package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.LoadProcess;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Trial;
import java.io.IOException;

/**
 * Downloads over a path on which every tenth frame or more is lost, many at once, for a minute: the rates of single
 * flows differ by a factor of ten there, and timers hold them back, not the machine.
 */
final class HeavyLossTrial implements Trial {

    private static final int FLOWS = 24;
    private static final int SECONDS = 60;
    private static final long VERIFIED = 8 << 10;
    private static final double BITS = 8;
    private static final double MEGA = 1e6;
    private static final String KIND = "COPY";

    private final Lab lab;
    private final Server server;
    private final LoadProcess load;
    private final int seconds;
    private final AutoCloseable path;

    /** @param path what else ends with the trial */
    HeavyLossTrial(final Lab lab, final Server server, final AutoCloseable path) throws IOException {
        this.lab = lab;
        this.server = server;
        this.load = lab.load();
        this.seconds = lab.scale().count(SECONDS);
        this.path = path;
    }

    @Override
    public void verify() throws IOException, InterruptedException {
        load.ask("bulk", server.address(), server.port(), KIND, VERIFIED, true, 1);
    }

    /** @return the mean rate of a flow */
    @Override
    public Sample run() throws IOException, InterruptedException {
        lab.runInSecond("ip tcp_metrics flush all");
        final long bytes = load.ask("timed", server.address(), server.port(), KIND, seconds, FLOWS)[0];
        return Sample.of(Metric.MEGABITS, bytes * BITS / MEGA / seconds / FLOWS);
    }

    @Override
    public void close() {
        server.close();
        try {
            path.close();
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
