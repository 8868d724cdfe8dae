package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import java.io.IOException;

/** A download of a number of bytes, in one flow or in several at once, over a path on which frames are lost. */
final class LossTrial extends LossyDownload {

    private static final double KILO = 1e3;

    private final long bytes;
    private final int flows;

    /**
     * @param bytes of each flow
     * @param path the cable, or another resource that ends with the trial
     */
    LossTrial(final Lab lab, final Server server, final long bytes, final int flows, final AutoCloseable path)
            throws IOException {
        super(lab, server, path);
        this.bytes = bytes;
        this.flows = flows;
    }

    @Override
    public void verify() throws IOException, InterruptedException {
        bulk(bytes, true, flows);
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        return Sample.of(Metric.MEGABITS, KILO * Metric.rate(bytes * flows, bulk(bytes, false, flows)));
    }
}
