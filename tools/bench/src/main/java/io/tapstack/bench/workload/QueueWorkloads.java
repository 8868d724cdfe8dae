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

/** Several transfers at once: a queue and a stack per processor, compared with a single one. */
final class QueueWorkloads {

    private static final int QUEUES = Math.max(2, Runtime.getRuntime().availableProcessors());
    private static final int FLOWS = 4 * QUEUES;
    private static final String ONE = "Tapstack, 1 queue";
    private static final String SEVERAL = "Tapstack, " + QUEUES + " queues";

    private QueueWorkloads() {}

    static List<Workload> all() {
        return List.of(
                workload("queues-down", "down", "SENDFILE", List.of(), Scale::bulkBytes),
                workload("queues-up", "up", "UPLOAD", List.of(), Scale::bulkBytes),
                workload(
                        "queues-down-frames",
                        "down, no offload",
                        "COPY",
                        List.of("--no-offload", "--no-host-batching"),
                        Scale::frameBytes),
                workload("queues-up-frames", "up, no offload", "UPLOAD", List.of("--no-offload"), Scale::frameBytes));
    }

    private static Workload workload(
            final String name,
            final String title,
            final String kind,
            final List<String> options,
            final ToLongFunction<Scale> bytes) {
        return new Workload(
                name,
                List.of(subject(ONE, 1, kind, options, bytes), subject(SEVERAL, QUEUES, kind, options, bytes)),
                List.of(
                        Comparison.of(FLOWS + " flows " + title, Metric.RATE, SEVERAL, ONE, Target.NONE),
                        Comparison.of(FLOWS + " flows " + title + ", CPU", Metric.CPU, SEVERAL, ONE, Target.NONE)));
    }

    private static Subject subject(
            final String name,
            final int queues,
            final String kind,
            final List<String> options,
            final ToLongFunction<Scale> bytes) {
        final List<String> all = new ArrayList<>(options);
        all.addAll(List.of("--queues", String.valueOf(queues)));
        final ServerSpec spec = ServerSpec.tapstack(all.toArray(String[]::new));
        return new Subject(
                name, lab -> new BulkTrial(lab, lab.serve(spec), kind, bytes.applyAsLong(lab.scale()), FLOWS));
    }
}
