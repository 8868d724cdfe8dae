package io.tapstack.bench;

import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Scale;
import io.tapstack.bench.measure.Budget;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Measurement;
import io.tapstack.bench.measure.Progress;
import io.tapstack.bench.measure.Workload;
import io.tapstack.bench.workload.Workloads;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Compares Tapstack with the kernel, in one run on one machine. */
public final class Benchmark {

    private final List<Workload> workloads;

    private Benchmark(final List<Workload> workloads) {
        this.workloads = workloads;
    }

    /** The workloads that are measured by default. */
    public static Benchmark usual() {
        return new Benchmark(Workloads.usual());
    }

    /** All comparisons whose name, or whose workload's name, matches {@code wanted}, the long ones included. */
    public static Benchmark of(final Pattern wanted) {
        final List<Workload> all = new ArrayList<>(Workloads.usual());
        all.addAll(Workloads.onRequest());
        final List<Workload> chosen = new ArrayList<>();
        for (final Workload workload : all) {
            final List<Comparison> comparisons = workload.comparisons().stream()
                    .filter(comparison -> wanted.matcher(workload.name()).find()
                            || wanted.matcher(comparison.name()).find())
                    .toList();
            if (!comparisons.isEmpty()) {
                chosen.add(workload.only(comparisons));
            }
        }
        return new Benchmark(chosen);
    }

    /** The workloads to measure. */
    public List<Workload> workloads() {
        return workloads;
    }

    /**
     * Measures, in a network namespace of this process.
     *
     * @param findings receives the findings of a workload as soon as it is done
     * @return the names of the workloads for which the scale's time was too short
     * @throws io.tapstack.bench.lab.BenchFailure if a subject cannot be set up or a check fails
     */
    public List<String> run(final Scale scale, final Progress progress, final Consumer<Finding> findings)
            throws IOException, InterruptedException {
        final Budget budget = Budget.of(scale.limit(), workloads, System::nanoTime);
        final List<String> left = new ArrayList<>();
        progress.now("making namespaces and a file");
        try (Lab lab = Lab.open(scale)) {
            final Thread end = new Thread(lab::close, "end");
            Runtime.getRuntime().addShutdownHook(end); // Ctrl-C
            final Schedule schedule = new Schedule(workloads, System::nanoTime);
            for (final Workload workload : workloads) {
                if (budget.isSpent()) {
                    left.add(workload.name());
                    continue;
                }
                final String position = schedule.position();
                progress.begins(workload.name() + " (" + position + ')');
                run(workload, lab, what -> progress.now('[' + position + "] " + what), budget.next(workload))
                        .forEach(findings);
                schedule.finished(workload);
            }
        }
        return left;
    }

    private static List<Finding> run(
            final Workload workload, final Lab lab, final Progress progress, final Budget.Share time)
            throws IOException, InterruptedException {
        try {
            return Measurement.run(workload, lab, progress, time);
        } catch (final IOException e) {
            if (lab.isClosed()) {
                new CountDownLatch(1).await(); // this JVM is ending, which is the cause of this failure
            }
            throw e;
        }
    }
}
