package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.LoadProcess;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Trial;
import java.io.IOException;

/**
 * A download over a path on which frames are lost. Each connection starts anew: what the kernel remembers of the one
 * before is forgotten.
 */
final class LossTrial implements Trial {

    private static final double KILO = 1e3;
    private static final String KIND = "COPY";

    private final Lab lab;
    private final Server server;
    private final LoadProcess load;
    private final long bytes;
    private final int flows;
    private final AutoCloseable path;

    /**
     * @param bytes of each flow
     * @param path what else ends with the trial
     */
    LossTrial(final Lab lab, final Server server, final long bytes, final int flows, final AutoCloseable path)
            throws IOException {
        this.lab = lab;
        this.server = server;
        this.load = lab.load();
        this.bytes = bytes;
        this.flows = flows;
        this.path = path;
    }

    @Override
    public void verify() throws IOException, InterruptedException {
        download(true);
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        return Sample.of(Metric.MEGABITS, KILO * Metric.rate(bytes * flows, download(false)));
    }

    private long download(final boolean verify) throws IOException, InterruptedException {
        lab.runInSecond("ip tcp_metrics flush all");
        return load.ask("bulk", server.address(), server.port(), KIND, bytes, verify, flows)[0];
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
