package io.tapstack.bench.measure;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Lab;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Measures a workload: every subject is verified and warmed up, then all take turns. */
public final class Measurement {

    private final Workload workload;
    private final Lab lab;
    private final Progress progress;
    private final Map<String, Trial> trials = new LinkedHashMap<>();
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    private Measurement(final Workload workload, final Lab lab, final Progress progress) {
        this.workload = workload;
        this.lab = lab;
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @throws BenchFailure if a subject cannot be set up or a check fails
     */
    public static List<Finding> run(final Workload workload, final Lab lab, final Progress progress)
            throws IOException, InterruptedException {
        return new Measurement(workload, lab, progress).run();
    }

    private List<Finding> run() throws IOException, InterruptedException {
        final Deque<Trial> open = new ArrayDeque<>();
        try {
            for (final Subject subject : workload.subjects()) {
                tell(subject.name(), "starting");
                final Trial trial = step(subject.name(), () -> subject.maker().open(lab));
                open.push(trial);
                trials.put(subject.name(), trial);
                samples.put(subject.name(), new ArrayList<>());
            }
            warmUp();
            takeTurns();
        } finally {
            open.forEach(Trial::close);
        }
        return findings();
    }

    private void warmUp() throws IOException, InterruptedException {
        for (final Map.Entry<String, Trial> entry : trials.entrySet()) {
            final Trial trial = entry.getValue();
            tell(entry.getKey(), "checking");
            step(entry.getKey(), () -> {
                trial.verify();
                return trial;
            });
            for (int i = 0; i < lab.scale().warmUps(); i++) {
                tell(entry.getKey(), "warming up");
                step(entry.getKey(), trial::run);
            }
        }
    }

    private void takeTurns() throws IOException, InterruptedException {
        for (int run = 1; run <= lab.scale().runs(); run++) {
            for (final Map.Entry<String, Trial> entry : trials.entrySet()) {
                tell(entry.getKey(), "run " + run + " of " + lab.scale().runs());
                final Sample sample = step(entry.getKey(), entry.getValue()::run);
                samples.getOrDefault(entry.getKey(), new ArrayList<>()).add(sample);
            }
        }
    }

    private interface Step<T> {
        T take() throws IOException, InterruptedException;
    }

    /** Runs a step, and adds the subject's name to its failure. */
    private <T> T step(final String subject, final Step<T> step) throws IOException, InterruptedException {
        try {
            return step.take();
        } catch (final IOException e) {
            throw new BenchFailure(workload.name() + ", " + subject + ": " + e.getMessage(), e);
        }
    }

    private void tell(final String subject, final String what) {
        progress.now(workload.name() + ": " + subject + ", " + what);
    }

    private List<Finding> findings() {
        final List<Finding> findings = new ArrayList<>();
        for (final Comparison comparison : workload.comparisons()) {
            final @Nullable Series reference = comparison.reference().isPresent()
                    ? series(comparison.reference().get(), comparison.metric())
                    : null;
            findings.add(new Finding(
                    comparison, Result.of(comparison, series(comparison.subject(), comparison.metric()), reference)));
        }
        return findings;
    }

    private Series series(final String subject, final Metric metric) {
        return Series.of(samples.getOrDefault(subject, List.of()).stream()
                .map(sample -> sample.value(metric))
                .toList());
    }
}
