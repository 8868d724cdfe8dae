package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.lab.ServerSpec;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.util.List;

/**
 * A download during a SYN flood of the server's port (RFC 4987), compared with one without; and the kernel's, for
 * comparison.
 */
final class FloodWorkload {

    private static final String FLOODED = "Tapstack, flooded";
    private static final String OURS = "Tapstack";
    private static final String KERNEL_FLOODED = "kernel, flooded";
    private static final String KERNEL = "kernel";
    private static final String KIND = "SENDFILE";
    /** Four seconds: 100,000 SYNs in each transfer. */
    private static final int BULKS = 3;

    private FloodWorkload() {}

    static Workload create() {
        return new Workload(
                "flood",
                List.of(
                        new Subject(FLOODED, lab -> flooded(lab, tapstack(lab))),
                        new Subject(OURS, lab -> transfer(lab, tapstack(lab))),
                        new Subject(KERNEL_FLOODED, lab -> flooded(lab, kernel(lab))),
                        new Subject(KERNEL, lab -> transfer(lab, kernel(lab)))),
                List.of(
                        Comparison.of("bulk down in a SYN flood", Metric.RATE, FLOODED, OURS, Target.atLeast(0.8)),
                        Comparison.of(
                                "bulk down in a SYN flood, kernel", Metric.RATE, KERNEL_FLOODED, KERNEL, Target.NONE)));
    }

    private static Server tapstack(final Lab lab) throws IOException, InterruptedException {
        final Link link = lab.newLink();
        return lab.serve(ServerSpec.tapstack("--gateway", link.hostAddress()), link);
    }

    private static Server kernel(final Lab lab) throws IOException, InterruptedException {
        return lab.serve(ServerSpec.kernel());
    }

    private static Trial transfer(final Lab lab, final Server server) throws IOException {
        return new BulkTrial(lab, server, KIND, BULKS * lab.scale().bulkBytes());
    }

    private static Trial flooded(final Lab lab, final Server server) throws IOException, InterruptedException {
        return new FloodedTrial(transfer(lab, server), Flood.towards(lab, server));
    }
}
