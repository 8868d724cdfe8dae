package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.LoadProcess;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Trial;
import java.io.IOException;

/** Downloads over a path that loses frames, each as if it were the first of its kernel. */
abstract class LossyDownload implements Trial {

    private static final String KIND = "COPY";

    private final Lab lab;
    private final Server server;
    private final LoadProcess load;
    private final AutoCloseable path;

    /** @param path the cable, or another resource that ends with the trial */
    LossyDownload(final Lab lab, final Server server, final AutoCloseable path) throws IOException {
        this.lab = lab;
        this.server = server;
        this.load = lab.load();
        this.path = path;
    }

    /** Downloads {@code bytes} in each of {@code flows}; returns the time in nanoseconds. */
    final long bulk(final long bytes, final boolean verify, final int flows) throws IOException, InterruptedException {
        forgetMetrics();
        return load.ask("bulk", server.address(), server.port(), KIND, bytes, verify, flows)[0];
    }

    /** Downloads in {@code flows} for some seconds; returns the bytes of all together. */
    final long timed(final int seconds, final int flows) throws IOException, InterruptedException {
        forgetMetrics();
        return load.ask("timed", server.address(), server.port(), KIND, seconds, flows)[0];
    }

    /** Otherwise the kernel would start with the ssthresh and the round trip of the connection before. */
    private void forgetMetrics() throws IOException, InterruptedException {
        lab.runInSecond("ip tcp_metrics flush all");
    }

    @Override
    public final void close() {
        server.close();
        try {
            path.close();
        } catch (final Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
