package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.KernelCongestionControl;
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
 * A download from the kernel's server, directly and through {@code tapstack proxy}. From stack to stack the path to the
 * server leads back over the TAP and through the first namespace, which forwards.
 */
final class ProxyWorkload {

    private static final String DIRECT = "kernel write, veth";
    private static final String TO_KERNEL = "tapstack proxy, stack to kernel";
    private static final String TO_STACK = "tapstack proxy, stack to stack";
    private static final String ON_KERNEL = "tapstack proxy on kernel sockets";
    private static final String CUBIC = ", cubic";
    private static final String KIND = "COPY";
    private static final Duration START = Duration.ofSeconds(30);

    private ProxyWorkload() {}

    static Workload workload() {
        final List<Subject> subjects = new ArrayList<>(subjects(ServerSpec.kernel(), ""));
        final List<Comparison> comparisons = new ArrayList<>(List.of(
                Comparison.of("proxy, stack to kernel", Metric.RATE, TO_KERNEL, DIRECT, Target.atLeast(0.7)),
                Comparison.of("proxy, stack to stack", Metric.RATE, TO_STACK, DIRECT, Target.atLeast(0.7)),
                Comparison.of("proxy, kernel to kernel", Metric.RATE, ON_KERNEL, DIRECT, Target.NONE)));
        if (!KernelCongestionControl.isDefaultCubic()) {
            subjects.addAll(subjects(ServerSpec.kernel().withCubic(), CUBIC));
            comparisons.add(Comparison.of(
                    "proxy, stack to kernel" + CUBIC, Metric.RATE, TO_KERNEL + CUBIC, DIRECT + CUBIC, Target.NONE));
            comparisons.add(Comparison.of(
                    "proxy, stack to stack" + CUBIC, Metric.RATE, TO_STACK + CUBIC, DIRECT + CUBIC, Target.NONE));
            comparisons.add(Comparison.of(
                    "proxy, kernel to kernel" + CUBIC, Metric.RATE, ON_KERNEL + CUBIC, DIRECT + CUBIC, Target.NONE));
        }
        return new Workload("proxy", subjects, comparisons);
    }

    private static List<Subject> subjects(final ServerSpec origin, final String suffix) {
        return List.of(
                new Subject(TO_KERNEL + suffix, lab -> new ProxyTrial(lab, origin, Way.STACK_TO_KERNEL)),
                new Subject(TO_STACK + suffix, lab -> new ProxyTrial(lab, origin, Way.STACK_TO_STACK)),
                new Subject(ON_KERNEL + suffix, lab -> new ProxyTrial(lab, origin, Way.KERNEL_TO_KERNEL)),
                new Subject(
                        DIRECT + suffix,
                        lab -> new BulkTrial(
                                lab, lab.serve(origin), KIND, lab.scale().bulkBytes())));
    }

    private enum Way {
        STACK_TO_KERNEL,
        STACK_TO_STACK,
        /** In the second namespace, as the server is. */
        KERNEL_TO_KERNEL
    }

    /** A server, and the proxy before it. */
    private static final class ProxyTrial implements Trial {

        private final Server origin;
        private final int port;
        private final BulkTrial through;

        ProxyTrial(final Lab lab, final ServerSpec origin, final Way way) throws IOException, InterruptedException {
            this.origin = lab.serve(origin);
            this.port = lab.newPort();
            final Server proxy = way == Way.KERNEL_TO_KERNEL ? onKernel(lab) : onStack(lab, origin.cubic(), way);
            this.through = new BulkTrial(lab, proxy, KIND, lab.scale().bulkBytes());
        }

        private Server onKernel(final Lab lab) throws IOException, InterruptedException {
            final List<String> arguments = new ArrayList<>(arguments());
            arguments.addAll(List.of("--network", "kernel", "--listen-on", "kernel"));
            final Child process = lab.startInSecond(ON_KERNEL, Lab.tapstack(arguments));
            return server(process, origin.address());
        }

        private Server onStack(final Lab lab, final boolean cubic, final Way way)
                throws IOException, InterruptedException {
            final Link link = lab.newLink();
            final List<String> arguments = new ArrayList<>(arguments());
            arguments.addAll(List.of("--via", way == Way.STACK_TO_KERNEL ? "kernel" : "stack"));
            arguments.addAll(List.of("--gateway", link.hostAddress()));
            arguments.addAll(link.options());
            final Child process = lab.start("tapstack proxy", Lab.tapstack(arguments));
            final Server server = server(process, link.address());
            lab.forwardTo(link, cubic);
            return server;
        }

        private List<String> arguments() {
            return List.of("proxy", "--listen", String.valueOf(port), "--to", origin.address() + ':' + origin.port());
        }

        private Server server(final Child process, final String address) throws IOException, InterruptedException {
            final String line = process.line(START);
            if (!line.startsWith("ready")) {
                throw new BenchFailure("tapstack proxy says: " + line);
            }
            return new Server(process, address, port);
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
