package io.tapstack.bench.workload;

import io.tapstack.bench.lab.KernelCongestionControl;
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

/**
 * Transfers of gigabytes over one connection, between the stack and the host. Where the machine's default congestion
 * control is not CUBIC, each comes a second time with CUBIC: the kernel's reference depends on it.
 */
final class BulkWorkloads {

    private static final String OURS = "Tapstack";
    private static final String OURS_CUBIC = "Tapstack, cubic at the host";
    private static final String CUBIC = ", cubic";
    private static final String FRAMES_SENDFILE = "Tapstack without offload, sendfile";
    private static final String FRAMES_COPY = "Tapstack without offload, copy";
    private static final String LENT = "Tapstack, received by reference";
    private static final String FRAMES_UPLOAD = "Tapstack without offload";
    private static final String LIMIT_MAPPING = "raw TAP limit, super-frames of the mapping";
    private static final String LIMIT_BUFFER = "raw TAP limit, super-frames of a buffer";
    private static final String LIMIT_FRAMES = "raw TAP limit, frames of 1500 bytes";
    private static final String SENDFILE = "kernel sendfile, veth";
    private static final String WRITE = "kernel write, veth";
    private static final String WRITE_MAPPING = "kernel write of the mapping, veth";
    private static final String READ = "kernel read, veth";
    private static final String BOTH = "kernel both ways, veth";

    /** The subjects so far. */
    private final List<Subject> subjects = new ArrayList<>();

    private final List<Comparison> comparisons = new ArrayList<>();

    private BulkWorkloads() {}

    static List<Workload> all() {
        return List.of(sendfile(), mmap(), copy(), frames(), up(), upFrames(), both());
    }

    private static Workload sendfile() {
        return new BulkWorkloads()
                .measure(OURS, ServerSpec.tapstack(), "SENDFILE")
                .measure(SENDFILE, ServerSpec.kernel(), "SENDFILE")
                .limit(LIMIT_MAPPING, "super", "SENDFILE", Scale::bulkBytes)
                .rate("bulk down, sendfile", OURS, SENDFILE, Target.atLeast(2.0))
                .rate("bulk down, sendfile, of the limit", OURS, LIMIT_MAPPING, Target.NONE)
                .cpu("bulk down, sendfile, CPU", OURS, SENDFILE, Target.atMost(0.5))
                .besideCubic("bulk down, sendfile", OURS, SENDFILE, "SENDFILE")
                .workload("bulk-sendfile");
    }

    private static Workload mmap() {
        return new BulkWorkloads()
                .measure(OURS, ServerSpec.tapstack(), "MMAP")
                .measure(WRITE_MAPPING, ServerSpec.kernel(), "MMAP")
                .rate("bulk down, mmap", OURS, WRITE_MAPPING, Target.NONE)
                .cpu("bulk down, mmap, CPU", OURS, WRITE_MAPPING, Target.NONE)
                .besideCubic("bulk down, mmap", OURS, WRITE_MAPPING, "MMAP")
                .workload("bulk-mmap");
    }

    private static Workload copy() {
        return new BulkWorkloads()
                .measure(OURS, ServerSpec.tapstack(), "COPY")
                .measure(WRITE, ServerSpec.kernel(), "COPY")
                .limit(LIMIT_BUFFER, "super", "RAW", Scale::bulkBytes)
                .rate("bulk down, copy", OURS, WRITE, Target.atLeast(1.2))
                .rate("bulk down, copy, of the limit", OURS, LIMIT_BUFFER, Target.NONE)
                .cpu("bulk down, copy, CPU", OURS, WRITE, Target.NONE)
                .besideCubic("bulk down, copy", OURS, WRITE, "COPY")
                .workload("bulk-copy");
    }

    private static Workload frames() {
        return new BulkWorkloads()
                .frames(FRAMES_SENDFILE, "SENDFILE")
                .frames(FRAMES_COPY, "COPY")
                .measure(WRITE, ServerSpec.kernel(), "COPY")
                .limit(LIMIT_FRAMES, "frames", "RAW", Scale::frameBytes)
                .rate("bulk down, no offload, sendfile", FRAMES_SENDFILE, WRITE, Target.atLeast(0.35))
                .rate("bulk down, no offload, copy", FRAMES_COPY, WRITE, Target.atLeast(0.35))
                .rate("bulk down, no offload, of the limit", FRAMES_COPY, LIMIT_FRAMES, Target.NONE)
                .rate("raw TAP, frames of 1500 bytes", LIMIT_FRAMES, WRITE, Target.NONE)
                .workload("bulk-frames");
    }

    private static Workload up() {
        final BulkWorkloads up = new BulkWorkloads()
                .measure(OURS, ServerSpec.tapstack(), "UPLOAD")
                .measure(LENT, ServerSpec.tapstack(), "UPLOAD_LENT")
                .measure(READ, ServerSpec.kernel(), "UPLOAD")
                .rate("bulk up, by reference", LENT, READ, Target.atLeast(1.0))
                .cpu("bulk up, by reference, CPU", LENT, READ, Target.NONE)
                .rate("bulk up", OURS, READ, Target.atLeast(1.0))
                .cpu("bulk up, CPU", OURS, READ, Target.NONE);
        if (!KernelCongestionControl.isDefaultCubic()) {
            up.measure(OURS_CUBIC, ServerSpec.tapstack().withCubic(), "UPLOAD")
                    .besideCubic("bulk up", OURS_CUBIC, READ, "UPLOAD");
        }
        return up.workload("bulk-up");
    }

    private static Workload upFrames() {
        return new BulkWorkloads()
                .frames(FRAMES_UPLOAD, "UPLOAD")
                .measure(READ, ServerSpec.kernel(), "UPLOAD")
                .rate("bulk up, no offload", FRAMES_UPLOAD, READ, Target.NONE)
                .workload("bulk-up-frames");
    }

    private static Workload both() {
        return new BulkWorkloads()
                .measure(OURS, ServerSpec.tapstack(), "BOTH")
                .measure(BOTH, ServerSpec.kernel(), "BOTH")
                .rate("bulk down and up at once", OURS, BOTH, Target.NONE)
                .cpu("bulk down and up at once, CPU", OURS, BOTH, Target.NONE)
                .workload("bulk-both");
    }

    private Workload workload(final String name) {
        return new Workload(name, subjects, comparisons);
    }

    private BulkWorkloads measure(final String name, final ServerSpec spec, final String kind) {
        return add(name, spec, kind, Scale::bulkBytes);
    }

    private BulkWorkloads frames(final String name, final String kind) {
        return add(name, ServerSpec.tapstack("--no-offload"), kind, Scale::frameBytes);
    }

    private BulkWorkloads add(
            final String name, final ServerSpec spec, final String kind, final ToLongFunction<Scale> bytes) {
        subjects.add(
                new Subject(name, lab -> new BulkTrial(lab, lab.serve(spec), kind, bytes.applyAsLong(lab.scale()))));
        return this;
    }

    private BulkWorkloads limit(
            final String name, final String frames, final String kind, final ToLongFunction<Scale> bytes) {
        subjects.add(new Subject(
                name, lab -> new BulkTrial(lab, RawServer.start(lab, frames), kind, bytes.applyAsLong(lab.scale()))));
        return this;
    }

    /** Adds the same reference with CUBIC, unless that is the default. */
    private BulkWorkloads besideCubic(
            final String name, final String subject, final String reference, final String kind) {
        if (KernelCongestionControl.isDefaultCubic()) {
            return this;
        }
        return measure(reference + CUBIC, ServerSpec.kernel().withCubic(), kind)
                .rate(name + CUBIC, subject, reference + CUBIC, Target.NONE)
                .cpu(name + ", CPU" + CUBIC, subject, reference + CUBIC, Target.NONE);
    }

    private BulkWorkloads rate(final String name, final String subject, final String reference, final Target target) {
        comparisons.add(Comparison.of(name, Metric.RATE, subject, reference, target));
        return this;
    }

    private BulkWorkloads cpu(final String name, final String subject, final String reference, final Target target) {
        comparisons.add(Comparison.of(name, Metric.CPU, subject, reference, target));
        return this;
    }
}
