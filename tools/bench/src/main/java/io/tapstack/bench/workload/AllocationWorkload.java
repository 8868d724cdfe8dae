package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Link;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Subject;
import io.tapstack.bench.measure.Target;
import io.tapstack.bench.measure.Trial;
import io.tapstack.bench.measure.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The allocation per segment, on all threads of the stack. The core's own share is zero, as the microbenchmarks show;
 * the rest is the JDK's, for threads that wait.
 */
final class AllocationWorkload {

    private static final String PROBE = "io.tapstack.bench.part.AllocationProbe";
    private static final Metric BYTES_PER_SEGMENT = new Metric("B/segment", false);
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private AllocationWorkload() {}

    static Workload create() {
        final List<Subject> subjects = new ArrayList<>();
        final List<Comparison> comparisons = new ArrayList<>();
        for (final String device : List.of("offload", "plain")) {
            for (final String direction : List.of("send", "receive")) {
                final String name = "Tapstack, " + direction + ", " + device;
                subjects.add(new Subject(name, lab -> new Probe(lab, device, direction)));
                comparisons.add(Comparison.alone(
                        "allocated a segment, " + direction + (device.equals("plain") ? ", no offload" : ""),
                        BYTES_PER_SEGMENT,
                        name,
                        Target.NONE));
            }
        }
        return new Workload("allocation", subjects, comparisons);
    }

    /** A process that counts. */
    private static final class Probe implements Trial {

        private final Child process;
        private final String direction;

        Probe(final Lab lab, final String device, final String direction) throws BenchFailure, InterruptedException {
            final Link link = lab.newLink();
            this.direction = direction;
            this.process = lab.start(
                    "allocation probe",
                    Lab.jvm(
                            List.of(),
                            PROBE,
                            List.of(
                                    link.tap(),
                                    link.address(),
                                    link.hostAddress(),
                                    String.valueOf(Link.PREFIX_LENGTH),
                                    lab.file().toString(),
                                    device)));
            process.line(LIMIT);
        }

        @Override
        public void verify() throws BenchFailure, InterruptedException {
            run(); // pools grow, code is compiled
        }

        @Override
        public Sample run() throws BenchFailure, InterruptedException {
            process.send(direction);
            final String answer = process.line(LIMIT);
            final String[] words = answer.split(" ");
            if (words.length != 3 || !words[0].equals("ok")) {
                throw new BenchFailure("the probe says: " + answer);
            }
            return Sample.of(BYTES_PER_SEGMENT, (double) Long.parseLong(words[1]) / Long.parseLong(words[2]));
        }

        @Override
        public void close() {
            process.close();
        }
    }
}
