package io.tapstack.demo;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
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
    private final List<String> results = new ArrayList<>();
    private boolean allGood = true;

    Demonstration(final PrintWriter out, final List<Step> steps) {
        this.out = out;
        this.steps = steps;
    }

    /**
     * The whole demonstration: the same for each address, but for what only one version of IP has.
     *
     * @param out receives the results
     * @param tap the host's end of the link
     * @param addresses of Tapstack, which listens at {@code port} and at no neighbouring one
     * @param name the file to download
     * @param sha256 of its bytes, in hexadecimal
     * @param directory for downloads
     */
    public static Demonstration of(
            final PrintWriter out,
            final String tap,
            final List<InetAddress> addresses,
            final int port,
            final String name,
            final String sha256,
            final Path directory) {
        final List<Step> steps = new ArrayList<>();
        for (final InetAddress each : addresses) {
            final IpAddress address = IpAddress.of(each.getAddress());
            final String url = "http://" + new Endpoint(address, port) + '/' + name;
            final Path copy = directory.resolve("download" + steps.size());
            steps.addAll(address.isIpv4() ? ofIpv4(tap, address, port) : ofIpv6(address));
            steps.addAll(ofHttp(address, url, copy, sha256));
        }
        return new Demonstration(out, steps);
    }

    private static List<Step> ofIpv4(final String tap, final IpAddress address, final int port) {
        final String ip = address.toString();
        return List.of(
                ping("ICMP: the stack answers ping", ip),
                ping("ICMP and IPv4 fragments: a ping of 20,000 bytes, both ways in pieces", ip, "-s", "20000"),
                Step.of(
                        "ARP: the stack tells its Ethernet address",
                        "packets transmitted|Received [0-9]+ response",
                        output -> output.contains("3 packets received") || output.contains("Received 3 response"),
                        "arping",
                        "-c",
                        "3",
                        "-I",
                        tap,
                        ip),
                scan("-sS", "TCP, half-open: one port is open, its neighbours answer that they are closed", port, ip),
                scan("-sT", "TCP, by the host's connect: the same", port, ip));
    }

    private static List<Step> ofIpv6(final IpAddress address) {
        return List.of(
                ping("ICMPv6 and Neighbor Discovery: the stack answers ping -6", address.toString(), "-6"),
                ping(
                        "ICMPv6 and IPv6 fragments: a ping of 20,000 bytes, both ways in pieces",
                        address.toString(),
                        "-6",
                        "-s",
                        "20000"));
    }

    private static List<Step> ofHttp(final IpAddress address, final String url, final Path copy, final String sha256) {
        final String version = address.isIpv4() ? "" : ", by IPv6";
        return List.of(
                Step.of(
                        "HTTP: what the server says about a file" + version,
                        "(?i)^(HTTP/|Content-Length|Content-Type|ETag)",
                        output -> output.startsWith("HTTP/1.1 200"),
                        "curl",
                        "-sS",
                        "--max-time",
                        "30",
                        "--head",
                        url),
                Step.of(
                        "HTTP over TCP: a download" + version,
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
                        copy.toString()));
    }

    private static Step ping(final String title, final String address, final String... options) {
        final List<String> command = new ArrayList<>(List.of("ping", "-n", "-c", "3", "-i", "0.2"));
        command.addAll(List.of(options));
        command.add(address);
        return Step.of(
                title,
                "packets transmitted|min/avg/max",
                output -> output.contains("3 received") || output.contains("3 packets received"),
                command.toArray(String[]::new));
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
            results.add((good ? "✔ " : "✘ ") + step.title());
            show(step, outcome, good);
        }
        out.println();
        results.forEach(out::println);
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
