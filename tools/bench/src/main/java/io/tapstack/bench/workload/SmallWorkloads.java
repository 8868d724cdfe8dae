package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.ServerSpec;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Messages of one byte there and back, both ends bound to the same processor. */
final class SmallWorkloads {

    /** The processor of both ends. */
    static final int PROCESSOR = 0;

    private static final int EXCHANGES = 30_000;
    private static final int CONNECTIONS = 5_000;
    private static final int IN_FLIGHT = 16;
    // A connection reached its rate after 10,000 to 15,000 exchanges.
    static final int WARM_UP_FACTOR = 3;
    private static final String CALLBACK = "Tapstack, callback";
    private static final String BLOCKING = "Tapstack, blocking sockets";
    private static final String KERNEL = "kernel, veth";

    private SmallWorkloads() {}

    static List<Workload> all() {
        return List.of(
                workload(
                        "rr",
                        "request/response",
                        "THREADS",
                        List.of("rr", 1),
                        EXCHANGES,
                        Target.atLeast(0.9),
                        Target.atLeast(0.6)),
                workload(
                        "rr-" + IN_FLIGHT,
                        "request/response, " + IN_FLIGHT + " connections",
                        "THREADS",
                        List.of("rr", IN_FLIGHT),
                        2 * EXCHANGES,
                        Target.NONE,
                        Target.NONE),
                workload(
                        "crr",
                        "connect-request-close",
                        "ONE_THREAD",
                        List.of("crr"),
                        CONNECTIONS,
                        Target.atLeast(0.9),
                        Target.NONE));
    }

    /** @param mode of the blocking servers */
    private static Workload workload(
            final String name,
            final String title,
            final String mode,
            final List<Object> command,
            final int count,
            final Target callback,
            final Target blocking) {
        final List<Subject> subjects = new ArrayList<>();
        subjects.add(subject(CALLBACK, ServerSpec.tapstack("--echo", "CALLBACK"), command, count));
        subjects.add(subject(BLOCKING, ServerSpec.tapstack("--echo", mode), command, count));
        subjects.add(subject(KERNEL, ServerSpec.kernel().withOptions("--echo", mode), command, count));
        return new Workload(
                name,
                subjects,
                List.of(
                        Comparison.of(title + ", callback", Metric.PER_SECOND, CALLBACK, KERNEL, callback),
                        Comparison.of(title + ", blocking", Metric.PER_SECOND, BLOCKING, KERNEL, blocking)));
    }

    private static Subject subject(
            final String name, final ServerSpec spec, final List<Object> command, final int count) {
        return new Subject(name, lab -> {
            reuseTimeWait(lab);
            return new ExchangeTrial(
                    lab.serve(spec.pinnedTo(PROCESSOR)),
                    ExchangeTrial.pinnedLoad(lab),
                    command,
                    lab.scale().count(WARM_UP_FACTOR * count),
                    lab.scale().count(count));
        });
    }

    /**
     * The client closes first, and each of its ports would be in TIME-WAIT for a minute. Where this cannot be changed
     * there are enough ports for the usual number of runs.
     */
    static void reuseTimeWait(final Lab lab) throws IOException {
        lab.start(
                "port settings",
                List.of(
                        "sh",
                        "-c",
                        "echo 1 > /proc/sys/net/ipv4/tcp_tw_reuse; echo 1024 65535 > /proc/sys/net/ipv4/ip_local_port_range"));
    }
}
