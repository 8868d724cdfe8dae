package io.tapstack.bench.workload;

import io.tapstack.bench.lab.Scale;
import io.tapstack.bench.lab.ServerSpec;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Workload;
import java.util.List;
import java.util.function.ToLongFunction;

/** Transfers of gigabytes over one connection, between the stack and the host. */
final class BulkWorkloads {

    private static final String OURS = "Tapstack";
    private static final String NO_OFFLOAD = "Tapstack without offload";
    private static final String LIMIT_MAPPING = "raw TAP limit, super-frames of the mapping";
    private static final String LIMIT_BUFFER = "raw TAP limit, super-frames of a buffer";
    private static final String LIMIT_FRAMES = "raw TAP limit, frames of 1500 bytes";
    private static final String SENDFILE = "kernel sendfile, veth";
    private static final String WRITE = "kernel write, veth";
    private static final String WRITE_MAPPING = "kernel write of the mapping, veth";
    private static final String READ = "kernel read, veth";
    private static final String BOTH = "kernel both ways, veth";

    private BulkWorkloads() {}

    static List<Workload> all() {
        return List.of(
                new Workload(
                        "bulk-sendfile",
                        List.of(
                                tapstack(OURS, "SENDFILE"),
                                kernel(SENDFILE, "SENDFILE"),
                                raw(LIMIT_MAPPING, "super", "SENDFILE", Scale::bulkBytes)),
                        List.of(
                                rate("bulk down, sendfile", OURS, SENDFILE, Target.atLeast(2.0)),
                                rate("bulk down, sendfile, of the limit", OURS, LIMIT_MAPPING, Target.NONE),
                                cpu("bulk down, sendfile, CPU", OURS, SENDFILE, Target.atMost(0.5)))),
                new Workload(
                        "bulk-mmap",
                        List.of(tapstack(OURS, "MMAP"), kernel(WRITE_MAPPING, "MMAP")),
                        List.of(
                                rate("bulk down, mmap", OURS, WRITE_MAPPING, Target.NONE),
                                cpu("bulk down, mmap, CPU", OURS, WRITE_MAPPING, Target.NONE))),
                new Workload(
                        "bulk-copy",
                        List.of(
                                tapstack(OURS, "COPY"),
                                kernel(WRITE, "COPY"),
                                raw(LIMIT_BUFFER, "super", "RAW", Scale::bulkBytes)),
                        List.of(
                                rate("bulk down, copy", OURS, WRITE, Target.atLeast(1.2)),
                                rate("bulk down, copy, of the limit", OURS, LIMIT_BUFFER, Target.NONE),
                                cpu("bulk down, copy, CPU", OURS, WRITE, Target.NONE))),
                new Workload(
                        "bulk-frames",
                        List.of(
                                tapstackFrames("SENDFILE", NO_OFFLOAD + ", sendfile"),
                                tapstackFrames("COPY", NO_OFFLOAD + ", copy"),
                                kernel(WRITE, "COPY"),
                                raw(LIMIT_FRAMES, "frames", "RAW", Scale::frameBytes)),
                        List.of(
                                rate(
                                        "bulk down, no offload, sendfile",
                                        NO_OFFLOAD + ", sendfile",
                                        WRITE,
                                        Target.atLeast(0.35)),
                                rate("bulk down, no offload, copy", NO_OFFLOAD + ", copy", WRITE, Target.atLeast(0.35)),
                                rate(
                                        "bulk down, no offload, of the limit",
                                        NO_OFFLOAD + ", copy",
                                        LIMIT_FRAMES,
                                        Target.NONE),
                                rate("raw TAP, frames of 1500 bytes", LIMIT_FRAMES, WRITE, Target.NONE))),
                new Workload(
                        "bulk-up",
                        List.of(tapstack(OURS, "UPLOAD"), kernel(READ, "UPLOAD")),
                        List.of(
                                rate("bulk up", OURS, READ, Target.atLeast(1.0)),
                                cpu("bulk up, CPU", OURS, READ, Target.NONE))),
                new Workload(
                        "bulk-up-frames",
                        List.of(tapstackFrames("UPLOAD", NO_OFFLOAD), kernel(READ, "UPLOAD")),
                        List.of(rate("bulk up, no offload", NO_OFFLOAD, READ, Target.NONE))),
                new Workload(
                        "bulk-both",
                        List.of(tapstack(OURS, "BOTH"), kernel(BOTH, "BOTH")),
                        List.of(
                                rate("bulk down and up at once", OURS, BOTH, Target.NONE),
                                cpu("bulk down and up at once, CPU", OURS, BOTH, Target.NONE))));
    }

    private static Comparison rate(
            final String name, final String subject, final String reference, final Target target) {
        return Comparison.of(name, Metric.RATE, subject, reference, target);
    }

    private static Comparison cpu(
            final String name, final String subject, final String reference, final Target target) {
        return Comparison.of(name, Metric.CPU, subject, reference, target);
    }

    private static Subject tapstack(final String name, final String kind) {
        return subject(name, ServerSpec.tapstack(), kind, Scale::bulkBytes);
    }

    private static Subject tapstackFrames(final String kind, final String name) {
        return subject(name, ServerSpec.tapstack("--no-offload"), kind, Scale::frameBytes);
    }

    private static Subject kernel(final String name, final String kind) {
        return subject(name, ServerSpec.kernel(), kind, Scale::bulkBytes);
    }

    private static Subject raw(
            final String name, final String frames, final String kind, final ToLongFunction<Scale> bytes) {
        return new Subject(
                name, lab -> new BulkTrial(lab, RawServer.start(lab, frames), kind, bytes.applyAsLong(lab.scale())));
    }

    private static Subject subject(
            final String name, final ServerSpec spec, final String kind, final ToLongFunction<Scale> bytes) {
        return new Subject(name, lab -> new BulkTrial(lab, lab.serve(spec), kind, bytes.applyAsLong(lab.scale())));
    }
}
