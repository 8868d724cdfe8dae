package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import java.io.IOException;

/** A download of a number of bytes, in one flow or in several at once, over a path on which frames are lost. */
final class LossTrial extends LossyDownload {

    private static final double KILO = 1e3;
    /** A part of a run is enough to check the content: the path takes its time. */
    private static final int VERIFIED_SHARE = 4;

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
        bulk(Math.max(1, bytes / VERIFIED_SHARE), true, flows);
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        return Sample.of(Metric.MEGABITS, KILO * Metric.rate(bytes * flows, bulk(bytes, false, flows)));
    }
}
