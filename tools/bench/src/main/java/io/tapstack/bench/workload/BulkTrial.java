package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.CpuTime;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.LoadProcess;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Trial;
import java.io.IOException;
import java.util.List;

/** One transfer a run, or several at once: their rate, and the processor time of both ends. */
final class BulkTrial implements Trial {

    private static final double BYTES_PER_GIGABYTE = 1e9;

    private final Lab lab;
    private final Server server;
    private final LoadProcess load;
    private final String kind;
    private final long bytes;
    private final int flows;
    private final int directions;

    /**
     * @param kind one of the requests of {@code part.Request.Kind}
     * @param bytes in each used direction
     */
    BulkTrial(final Lab lab, final Server server, final String kind, final long bytes) throws IOException {
        this(lab, server, kind, bytes, 1);
    }

    /** @param bytes of all flows together */
    BulkTrial(final Lab lab, final Server server, final String kind, final long bytes, final int flows)
            throws IOException {
        this.flows = flows;
        this.lab = lab;
        this.server = server;
        this.load = lab.load();
        this.kind = kind;
        this.bytes = bytes;
        this.directions = kind.equals("BOTH") ? 2 : 1;
    }

    @Override
    public void verify() throws IOException, InterruptedException {
        load.ask("bulk", server.address(), server.port(), kind, lab.scale().fileBytes(), true, 1);
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        final List<Child> ends = List.of(server.process(), load.process());
        final double before = CpuTime.seconds(ends);
        final long nanos = load.ask("bulk", server.address(), server.port(), kind, bytes / flows, false, flows)[0];
        final double used = CpuTime.seconds(ends) - before;
        final long payload = bytes * directions;
        return Sample.of(Metric.RATE, Metric.rate(payload, nanos), Metric.CPU, used / (payload / BYTES_PER_GIGABYTE));
    }

    @Override
    public void close() {
        server.close();
    }
}
