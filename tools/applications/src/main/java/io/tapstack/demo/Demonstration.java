package io.tapstack.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Runs the host's own network tools against Tapstack, and shows their results. One thread at a time. */
public final class Demonstration {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int MAX_KEY_LINES = 4;

    private final PrintWriter out;
    private final List<Step> steps;
    private boolean allGood = true;

    Demonstration(final PrintWriter out, final List<Step> steps) {
        this.out = out;
        this.steps = steps;
    }

    /**
     * The whole demonstration.
     *
     * @param out receives the results
     * @param tap the host's end of the link
     * @param address of Tapstack, which listens at {@code port} and at no neighbouring one
     * @param name the file to download
     * @param sha256 of its bytes, in hexadecimal
     * @param directory for downloads
     */
    public static Demonstration of(
            final PrintWriter out,
            final String tap,
            final InetAddress address,
            final int port,
            final String name,
            final String sha256,
            final Path directory) {
        final String ip = address.getHostAddress();
        final String url = "http://" + ip + ':' + port + '/' + name;
        final Path copy = directory.resolve("download");
        return new Demonstration(
                out,
                List.of(
                        Step.of(
                                "ICMP: the stack answers ping",
                                "packets transmitted|min/avg/max",
                                output -> output.contains("3 received") || output.contains("3 packets received"),
                                "ping",
                                "-n",
                                "-c",
                                "3",
                                "-i",
                                "0.2",
                                ip),
                        Step.of(
                                "ICMP and IPv4 fragments: a ping of 20,000 bytes, both ways in pieces",
                                "packets transmitted|min/avg/max",
                                output -> output.contains("3 received") || output.contains("3 packets received"),
                                "ping",
                                "-n",
                                "-c",
                                "3",
                                "-i",
                                "0.2",
                                "-s",
                                "20000",
                                ip),
                        Step.of(
                                "ARP: the stack tells its Ethernet address",
                                "packets transmitted|Received [0-9]+ response",
                                output ->
                                        output.contains("3 packets received") || output.contains("Received 3 response"),
                                "arping",
                                "-c",
                                "3",
                                "-I",
                                tap,
                                ip),
                        scan(
                                "-sS",
                                "TCP, half-open: one port is open, its neighbours answer that they are closed",
                                port,
                                ip),
                        scan("-sT", "TCP, by the host's connect: the same", port, ip),
                        Step.of(
                                "HTTP: what the server says about a file",
                                "(?i)^(HTTP/|Content-Length|Content-Type|ETag)",
                                output -> output.startsWith("HTTP/1.1 200"),
                                "curl",
                                "-sS",
                                "--max-time",
                                "30",
                                "--head",
                                url),
                        Step.of(
                                "HTTP over TCP: a download",
                                ".",
                                output -> output.startsWith("200 "),
                                "curl",
                                "-sS",
                                "--fail",
                                "--max-time",
                                "50",
                                "-o",
                                copy.toString(),
                                "-w",
                                "%{http_code} %{size_download} bytes in %{time_total} s, %{speed_download} bytes/s\\n",
                                url),
                        Step.of(
                                "... whose bytes are the file's",
                                ".",
                                output -> output.startsWith(sha256),
                                "sha256sum",
                                copy.toString())));
    }

    List<Step> steps() {
        return steps;
    }

    private static Step scan(final String kind, final String title, final int port, final String ip) {
        final List<Integer> closed = new ArrayList<>(List.of(port - 1, port + 1));
        closed.removeIf(number -> number < 1 || number > 65_535);
        return Step.of(
                title,
                "^[0-9]+/tcp",
                output -> output.contains(port + "/tcp open")
                        && closed.stream().allMatch(number -> output.contains(number + "/tcp closed"))
                        && !output.contains("filtered"),
                "nmap",
                "-n",
                "-Pn",
                kind,
                "-p",
                Math.max(1, port - 1) + "-" + Math.min(65_535, port + 1),
                ip);
    }

    /**
     * Runs all steps, also after a failed one.
     *
     * @param stopped true to skip the remaining steps
     * @return true if all steps succeeded
     */
    public boolean run(final BooleanSupplier stopped) throws IOException, InterruptedException {
        for (final Step step : steps) {
            if (stopped.getAsBoolean()) {
                out.println("✘ stopped");
                return false;
            }
            final Subprocess.Outcome outcome = Subprocess.run(step.command(), LIMIT);
            // nmap separates columns by any number of blanks
            final String output = outcome.output().replaceAll("[ \\t]+", " ");
            final boolean good = outcome.exitStatus() == 0 && step.good().test(output);
            allGood &= good;
            show(step, outcome, good);
        }
        out.println();
        out.println(allGood ? "✔ all is right" : "✘ not all is right, see above");
        out.flush();
        return allGood;
    }

    private void show(final Step step, final Subprocess.Outcome outcome, final boolean good) {
        out.println();
        out.println((good ? "✔ " : "✘ ") + step.title());
        out.println("    $ " + String.join(" ", quoted(step.command())));
        final List<String> lines = outcome.output().lines().toList();
        final List<String> shown = good
                ? lines.stream()
                        .filter(line -> step.keyLine().matcher(line).find())
                        .limit(MAX_KEY_LINES)
                        .toList()
                : lines;
        shown.forEach(line -> out.println("      " + line.stripTrailing()));
        if (!good) {
            out.println(
                    outcome.exitStatus() == Subprocess.TIMED_OUT
                            ? "      (ended after " + LIMIT.toSeconds() + " s)"
                            : "      (exit status " + outcome.exitStatus() + ')');
        }
        out.flush();
    }

    private static List<String> quoted(final List<String> command) {
        return command.stream()
                .map(word -> word.matches("[\\w./:@%+=,-]+") ? word : "'" + word + "'")
                .toList();
    }
}
