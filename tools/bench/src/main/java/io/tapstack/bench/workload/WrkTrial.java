package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import io.tapstack.bench.lab.Lab;
import io.tapstack.bench.lab.Server;
import io.tapstack.bench.measure.Metric;
import io.tapstack.bench.measure.Sample;
import io.tapstack.bench.measure.Trial;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests a small file again and again over persistent connections, by {@code wrk}. */
final class WrkTrial implements Trial {

    /** The median time of a response. */
    static final Metric LATENCY = Metric.MICROSECONDS;

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern RATE = Pattern.compile("Requests/sec: +([0-9.]+)");
    private static final Pattern MEDIAN = Pattern.compile("50% +([0-9.]+)(us|ms|s)");
    private static final Pattern TROUBLE = Pattern.compile("(Socket errors|Non-2xx).*");

    private final Lab lab;
    private final Server server;
    private final String path;
    private final byte[] content;
    private final int connections;
    private final int seconds;

    /**
     * @param path on the server
     * @param content of the file on the server
     */
    WrkTrial(
            final Lab lab,
            final Server server,
            final String path,
            final byte[] content,
            final int connections,
            final int seconds) {
        this.lab = lab;
        this.server = server;
        this.path = path;
        this.content = content;
        this.connections = connections;
        this.seconds = seconds;
    }

    private String url() {
        return "http://" + server.address() + ':' + server.port() + '/' + path;
    }

    @Override
    public void verify() throws IOException, InterruptedException {
        final URL url = URI.create(url()).toURL();
        try (InputStream body = url.openStream()) {
            if (!Arrays.equals(body.readAllBytes(), content)) {
                throw new BenchFailure("the bytes received are not those of the file");
            }
        }
    }

    @Override
    public Sample run() throws IOException, InterruptedException {
        try (Child wrk =
                lab.start("wrk", List.of("wrk", "-t1", "-c" + connections, "-d" + seconds + "s", "--latency", url()))) {
            return sample(String.join("\n", wrk.finish(LIMIT)));
        }
    }

    /** Parses the output of wrk. */
    static Sample sample(final String output) throws BenchFailure {
        final Matcher trouble = TROUBLE.matcher(output);
        if (trouble.find()) {
            throw new BenchFailure("wrk: " + trouble.group());
        }
        final Matcher rate = RATE.matcher(output);
        final Matcher median = MEDIAN.matcher(output);
        if (!rate.find() || !median.find()) {
            throw new BenchFailure("wrk says neither rate nor latency: " + output);
        }
        return Sample.of(
                Metric.PER_SECOND,
                Double.parseDouble(rate.group(1)),
                LATENCY,
                Double.parseDouble(median.group(1)) * microseconds(median.group(2)));
    }

    private static double microseconds(final String unit) {
        return switch (unit) {
            case "us" -> 1;
            case "ms" -> 1e3;
            default -> 1e6;
        };
    }

    @Override
    public void close() {
        server.close();
    }
}
