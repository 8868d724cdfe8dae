package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
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
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Echo requests to an idle stack, one every two milliseconds: a round trip with its wake-ups. */
final class PingTrial implements Trial {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String INTERVAL_SECONDS = "0.002";
    private static final Pattern TIMES = Pattern.compile("min/avg/max/mdev = [0-9.]+/([0-9.]+)/");
    private static final double MICROS_PER_MILLI = 1000;

    private static final int COUNT = 500;
    private static final String OURS = "Tapstack";
    private static final String KERNEL = "kernel, veth";

    private final Lab lab;
    private final String address;
    private final Runnable end;
    private final int count;

    /** @param end called at the end */
    PingTrial(final Lab lab, final String address, final int count, final Runnable end) {
        this.lab = lab;
        this.address = address;
        this.count = count;
        this.end = end;
    }

    static Workload workload() {
        return new Workload(
                "ping",
                List.of(
                        new Subject(OURS, lab -> {
                            final Server server = lab.serve(ServerSpec.tapstack());
                            return new PingTrial(
                                    lab, server.address(), lab.scale().count(COUNT), server::close);
                        }),
                        new Subject(
                                KERNEL,
                                lab -> new PingTrial(
                                        lab, Lab.REFERENCE_ADDRESS, lab.scale().count(COUNT), () -> {}))),
                List.of(Comparison.of("ping", Metric.MICROSECONDS, OURS, KERNEL, Target.NONE)));
    }

    @Override
    public void verify() throws IOException, InterruptedException {
        run();
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        try (Child ping = lab.start(
                "ping", List.of("ping", "-q", "-n", "-c", String.valueOf(count), "-i", INTERVAL_SECONDS, address))) {
            return Sample.of(Metric.MICROSECONDS, averageMicros(String.join("\n", ping.finish(LIMIT)), count));
        }
    }

    /** Parses the output of ping. */
    static double averageMicros(final String output, final int count) throws BenchFailure {
        if (!output.contains(count + " packets transmitted, " + count + " received, 0% packet loss")) {
            throw new BenchFailure("not every ping was answered once: " + output.strip());
        }
        final Matcher times = TIMES.matcher(output);
        if (!times.find()) {
            throw new BenchFailure("ping tells no times: " + output.strip());
        }
        return Double.parseDouble(times.group(1)) * MICROS_PER_MILLI;
    }

    @Override
    public void close() {
        end.run();
    }
}
