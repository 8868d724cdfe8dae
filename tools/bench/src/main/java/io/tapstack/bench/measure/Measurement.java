package io.tapstack.bench.measure;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Scale;
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
    private final Scale scale;
    private final Opener opener;
    private final Progress progress;
    private final Budget.Share time;
    private final Map<String, Trial> trials = new LinkedHashMap<>();
    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    /** Sets up a subject. */
    interface Opener {
        Trial open(Subject subject) throws IOException, InterruptedException;
    }

    Measurement(
            final Workload workload,
            final Scale scale,
            final Opener opener,
            final Progress progress,
            final Budget.Share time) {
        this.workload = workload;
        this.scale = scale;
        this.opener = opener;
        this.progress = progress;
        this.time = time;
    }

    /**
     * Measures.
     *
     * @param time limits warm-ups and runs; each subject has one run at least
     * @throws BenchFailure if a subject cannot be set up or a check fails
     */
    public static List<Finding> run(
            final Workload workload, final Lab lab, final Progress progress, final Budget.Share time)
            throws IOException, InterruptedException {
        return new Measurement(workload, lab.scale(), subject -> subject.maker().open(lab), progress, time).run();
    }

    List<Finding> run() throws IOException, InterruptedException {
        final Deque<Trial> open = new ArrayDeque<>();
        try {
            for (final Subject subject : workload.subjects()) {
                tell(subject.name(), "starting");
                final Trial trial = step(subject.name(), () -> opener.open(subject));
                open.push(trial);
                trials.put(subject.name(), trial);
                samples.put(subject.name(), new ArrayList<>());
            }
            final long start = time.now();
            verify();
            warmUp(time.now() - start);
            takeTurns();
        } finally {
            open.forEach(Trial::close);
        }
        return findings();
    }

    private void verify() throws IOException, InterruptedException {
        for (final Map.Entry<String, Trial> entry : trials.entrySet()) {
            tell(entry.getKey(), "checking");
            step(entry.getKey(), () -> {
                entry.getValue().verify();
                return entry.getValue();
            });
        }
    }

    private void warmUp(final long estimatedTurn) throws IOException, InterruptedException {
        long turn = estimatedTurn;
        // A warm-up leaves time for a run that counts.
        for (int i = 0; i < scale.warmUps() && time.allows(2, turn); i++) {
            final long start = time.now();
            for (final Map.Entry<String, Trial> entry : trials.entrySet()) {
                tell(entry.getKey(), "warming up");
                step(entry.getKey(), entry.getValue()::run);
            }
            turn = time.now() - start;
        }
    }

    private void takeTurns() throws IOException, InterruptedException {
        long turn = 0;
        for (int run = 1; run <= scale.runs() && (run == 1 || time.allows(1, turn)); run++) {
            final long start = time.now();
            for (final Map.Entry<String, Trial> entry : trials.entrySet()) {
                tell(entry.getKey(), "run " + run + " of " + scale.runs());
                final Sample sample = step(entry.getKey(), entry.getValue()::run);
                samples.getOrDefault(entry.getKey(), new ArrayList<>()).add(sample);
            }
            turn = time.now() - start;
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
