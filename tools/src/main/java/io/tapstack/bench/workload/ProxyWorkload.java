package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.lab.ServerSpec;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A download from the kernel's server, directly and through {@code tapstack proxy}. From stack to stack the way to the server leads back over the
 * TAP and through the first namespace, which forwards.
 */
final class ProxyWorkload {

    private static final String DIRECT = "kernel write, veth";
    private static final String TO_KERNEL = "tapstack proxy, stack to kernel";
    private static final String TO_STACK = "tapstack proxy, stack to stack";
    private static final String KIND = "COPY";
    private static final int PORT = 7001;
    private static final Duration START = Duration.ofSeconds(30);

    private ProxyWorkload() {}

    static Workload workload() {
        return new Workload(
                "proxy",
                List.of(
                        new Subject(TO_KERNEL, lab -> new ProxyTrial(lab, "kernel")),
                        new Subject(TO_STACK, lab -> new ProxyTrial(lab, "stack")),
                        new Subject(
                                DIRECT,
                                lab -> new BulkTrial(
                                        lab,
                                        lab.serve(ServerSpec.kernel()),
                                        KIND,
                                        lab.scale().bulkBytes()))),
                List.of(
                        Comparison.of("proxy, stack to kernel", Metric.RATE, TO_KERNEL, DIRECT, Target.atLeast(0.7)),
                        Comparison.of("proxy, stack to stack", Metric.RATE, TO_STACK, DIRECT, Target.atLeast(0.7))));
    }

    /** A server, and the proxy before it. */
    private static final class ProxyTrial implements Trial {

        private final Server origin;
        private final BulkTrial through;

        ProxyTrial(final Lab lab, final String via) throws IOException, InterruptedException {
            this.origin = lab.serve(ServerSpec.kernel());
            this.through = new BulkTrial(lab, proxy(lab, via), KIND, lab.scale().bulkBytes());
        }

        private Server proxy(final Lab lab, final String via) throws IOException, InterruptedException {
            final Link link = lab.newLink();
            final List<String> arguments = new ArrayList<>(List.of(
                    "proxy",
                    "--listen",
                    String.valueOf(PORT),
                    "--to",
                    origin.address() + ':' + origin.port(),
                    "--via",
                    via,
                    "--gateway",
                    link.hostAddress()));
            arguments.addAll(link.options());
            final Child process = lab.start("tapstack proxy", Lab.tapstack(List.of(), arguments));
            final String line = process.line(START);
            if (!line.startsWith("ready")) {
                throw new BenchFailure("tapstack proxy says: " + line);
            }
            lab.forwardTo(link);
            return new Server(process, link.address(), PORT);
        }

        @Override
        public void verify() throws IOException, InterruptedException {
            through.verify();
        }

        @Override
        public Sample run() throws IOException, InterruptedException {
            return through.run();
        }

        @Override
        public void close() {
            through.close();
            origin.close();
        }
    }
}
