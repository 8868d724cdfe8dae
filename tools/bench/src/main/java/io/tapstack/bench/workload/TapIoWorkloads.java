package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Scale;
import io.tapstack.bench.lab.ServerSpec;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/** The two ways that frames pass to a TAP: io_uring compared with system calls. */
final class TapIoWorkloads {

    private static final String URING = "Tapstack, io_uring";
    private static final String SYSCALLS = "Tapstack, system calls";
    private static final int EXCHANGES = 30_000;
    private static final int CONNECTIONS = 5_000;

    private TapIoWorkloads() {}

    static List<Workload> all() {
        return List.of(
                bulk("down-frames", "down, no offload", "COPY", List.of("--no-offload"), Scale::frameBytes),
                bulk("up-frames", "up, no offload", "UPLOAD", List.of("--no-offload"), Scale::frameBytes),
                bulk("down", "down, copy", "COPY", List.of(), Scale::bulkBytes),
                bulk("up", "up", "UPLOAD", List.of(), Scale::bulkBytes),
                exchanges("rr", "request/response", List.of("rr", 1), EXCHANGES),
                exchanges("rr-16", "request/response, 16 connections", List.of("rr", 16), 2 * EXCHANGES),
                exchanges("crr", "connect-request-close", List.of("crr"), CONNECTIONS));
    }

    private static Workload bulk(
            final String name,
            final String title,
            final String kind,
            final List<String> options,
            final ToLongFunction<Scale> bytes) {
        return new Workload(
                "tap-io-" + name,
                List.of(
                        transfer(URING, "uring", kind, options, bytes),
                        transfer(SYSCALLS, "syscalls", kind, options, bytes)),
                List.of(
                        Comparison.of("bulk " + title + ", io_uring", Metric.RATE, URING, SYSCALLS, Target.NONE),
                        Comparison.of("bulk " + title + ", io_uring, CPU", Metric.CPU, URING, SYSCALLS, Target.NONE)));
    }

    private static Subject transfer(
            final String name,
            final String way,
            final String kind,
            final List<String> options,
            final ToLongFunction<Scale> bytes) {
        final List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--tap-io", way));
        final ServerSpec spec = ServerSpec.tapstack(all.toArray(String[]::new));
        return new Subject(name, lab -> new BulkTrial(lab, lab.serve(spec), kind, bytes.applyAsLong(lab.scale())));
    }

    private static Workload exchanges(
            final String name, final String title, final List<Object> command, final int count) {
        return new Workload(
                "tap-io-" + name,
                List.of(client(URING, "uring", command, count), client(SYSCALLS, "syscalls", command, count)),
                List.of(Comparison.of(title + ", io_uring", Metric.PER_SECOND, URING, SYSCALLS, Target.NONE)));
    }

    private static Subject client(final String name, final String way, final List<Object> command, final int count) {
        final ServerSpec spec = ServerSpec.tapstack("--echo", "CALLBACK", "--tap-io", way);
        return new Subject(name, lab -> {
            SmallWorkloads.reuseTimeWait(lab);
            return new ExchangeTrial(
                    lab.serve(spec.pinnedTo(SmallWorkloads.PROCESSOR)),
                    ExchangeTrial.pinnedLoad(lab),
                    command,
                    lab.scale().count(SmallWorkloads.WARM_UP_FACTOR * count),
                    lab.scale().count(count));
        });
    }
}
