package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import java.io.IOException;

/**
 * Many downloads at once, for a minute, over a path that loses every tenth frame or more: the rates of single flows
 * differ by a factor of ten there, and timers limit them, not the machine.
 */
final class HeavyLossTrial extends LossyDownload {

    private static final int FLOWS = 24;
    private static final int SECONDS = 60;
    private static final long VERIFIED = 8 << 10;
    private static final double BITS = 8;
    private static final double MEGA = 1e6;

    private final int seconds;

    /** @param path the cable, or another resource that ends with the trial */
    HeavyLossTrial(final Lab lab, final Server server, final AutoCloseable path) throws IOException {
        super(lab, server, path);
        this.seconds = lab.scale().count(SECONDS);
    }

    @Override
    public void verify() throws IOException, InterruptedException {
        bulk(VERIFIED, true, 1);
    }

    /** @return the mean rate of a flow */
    @Override
    public Sample run() throws IOException, InterruptedException {
        return Sample.of(Metric.MEGABITS, timed(seconds, FLOWS) * BITS / MEGA / seconds / FLOWS);
    }
}
