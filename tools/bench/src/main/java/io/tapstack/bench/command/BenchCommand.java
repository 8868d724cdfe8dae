package io.tapstack.bench.command;

import io.tapstack.bench.Benchmark;
import io.tapstack.bench.Circumstances;
import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Scale;
import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Progress;
import io.tapstack.bench.measure.Workload;
import io.tapstack.bench.report.Chart;
import io.tapstack.bench.report.JsonReport;
import io.tapstack.bench.report.Table;
import io.tapstack.cli.Converters;
import io.tapstack.cli.Failure;
import io.tapstack.cli.LogLevel;
import io.tapstack.cli.Main;
import io.tapstack.cli.StatusLine;
import io.tapstack.cli.Terminal;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tapstack bench}: compares Tapstack with the kernel. */
@Command(
        name = "bench",
        description = {
            "Measure Tapstack beside the kernel's own TCP, in network namespaces of their own.",
            "",
            "All subjects of a workload take turns; what counts is the ratio of the medians. Transfers are checked byte for byte"
                    + " before they are timed. Nothing else should be busy on the machine."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class BenchCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--quick",
            description = "fewer and shorter runs, in five minutes: shows that all works, with figures to match")
    private boolean quick;

    @Option(
            names = "--only",
            paramLabel = "PATTERN",
            description =
                    "only what this regular expression is found in; loss-heavy, an hour each, is measured only so")
    private Optional<String> only = Optional.empty();

    @Option(
            names = "--runs",
            paramLabel = "N",
            converter = Converters.ForCount.class,
            description = "timed runs of each subject, however long they take (5, or up to 3 with --quick)")
    private Optional<Integer> runs = Optional.empty();

    @Option(
            names = "--mib",
            paramLabel = "N",
            converter = Converters.ForCount.class,
            description = "size of the file and of every transfer, in MiB (1024 and 4096, or less with --quick)")
    private Optional<Integer> mebibytes = Optional.empty();

    @Option(names = "--json", paramLabel = "FILE", description = "write the results for programs")
    private Optional<Path> json = Optional.empty();

    @Option(names = "--plot", paramLabel = "FILE.png", description = "draw a chart of the ratios")
    private Optional<Path> plot = Optional.empty();

    @Option(names = "--list", description = "say what there is to measure, and measure nothing")
    private boolean list;

    @Override
    public Integer call() throws IOException, InterruptedException {
        final Benchmark benchmark = list || only.isPresent() ? Benchmark.of(pattern()) : Benchmark.usual();
        if (benchmark.workloads().isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(), "--only '" + only.orElse("") + "' is found in no workload; --list shows them");
        }
        final PrintWriter out = spec.commandLine().getOut();
        if (list) {
            list(benchmark.workloads(), out);
            return 0;
        }
        if (System.getenv("TAPSTACK_PRIVATE") == null) {
            throw new Failure("bench works through the launcher: run bin/tapstack");
        }
        LogLevel.quiet();
        requireWritable(json, "--json");
        requireWritable(plot, "--plot");
        final PrintWriter err = spec.commandLine().getErr();
        final Circumstances circumstances = Circumstances.now(scale());
        if (circumstances.busy()) {
            err.println("tapstack bench: this machine is busy (load " + circumstances.load()
                    + "); the figures will say less");
            err.flush();
        }
        final List<Finding> findings = new ArrayList<>();
        try {
            measure(benchmark, circumstances, findings);
        } finally {
            // Findings before a failure are kept.
            if (!findings.isEmpty()) {
                save(findings, circumstances);
            }
        }
        return 0;
    }

    private void save(final List<Finding> findings, final Circumstances circumstances) throws IOException {
        if (json.isPresent()) {
            JsonReport.write(findings, json.get());
        }
        if (plot.isPresent()) {
            Chart.write(findings, circumstances.lines(), plot.get().toFile());
        }
    }

    private void measure(final Benchmark benchmark, final Circumstances circumstances, final List<Finding> findings)
            throws IOException, InterruptedException {
        final PrintWriter out = spec.commandLine().getOut();
        circumstances.lines().forEach(out::println);
        out.println();
        final Table table = new Table(
                benchmark.workloads().stream()
                        .flatMap(workload -> workload.comparisons().stream())
                        .toList(),
                out);
        final StatusLine status = StatusLine.onStderr(spec.commandLine().getErr());
        try {
            final List<String> left = benchmark.run(circumstances.scale(), progress(status), finding -> {
                findings.add(finding);
                status.clear();
                table.add(finding);
            });
            if (!left.isEmpty()) {
                status.clear();
                spec.commandLine()
                        .getErr()
                        .println("tapstack bench: time is up; not measured: " + String.join(", ", left));
            }
        } catch (final BenchFailure e) {
            throw new Failure(e.getMessage() == null ? e.toString() : e.getMessage());
        } finally {
            status.clear();
        }
    }

    /** Every step on a terminal; a line for each workload in a pipe. */
    private Progress progress(final StatusLine status) {
        final PrintWriter err = spec.commandLine().getErr();
        final boolean terminal = Terminal.isStderr();
        return new Progress() {

            @Override
            public void now(final String what) {
                status.show(what);
            }

            @Override
            public void begins(final String what) {
                if (!terminal) {
                    err.println("tapstack bench: " + what);
                    err.flush();
                }
            }
        };
    }

    private Scale scale() {
        Scale scale = quick ? Scale.QUICK : Scale.FULL;
        if (runs.isPresent()) {
            scale = scale.withRuns(runs.get());
        }
        return mebibytes.isPresent() ? scale.withMebibytes(mebibytes.get()) : scale;
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(only.orElse(""), Pattern.CASE_INSENSITIVE);
        } catch (final PatternSyntaxException e) {
            throw new ParameterException(
                    spec.commandLine(), "--only '" + only.orElse("") + "': " + e.getDescription(), e);
        }
    }

    /** A file that cannot be written is reported before the measurement, not after it. */
    private static void requireWritable(final Optional<Path> file, final String option) {
        if (file.isEmpty()) {
            return;
        }
        final Path directory = file.get().toAbsolutePath().getParent();
        final Path toWrite = Files.exists(file.get()) ? file.get() : directory;
        if (Files.isDirectory(file.get()) || toWrite == null || !Files.isWritable(toWrite)) {
            throw new Failure(option + ' ' + file.get() + ": cannot be written");
        }
    }

    private static void list(final List<Workload> workloads, final PrintWriter out) {
        for (final Workload workload : workloads) {
            out.println(workload.name());
            for (final Comparison comparison : workload.comparisons()) {
                out.println("    " + comparison.name() + " ("
                        + comparison.metric().unit() + ')'
                        + comparison.reference().map(name -> ", beside " + name).orElse(""));
            }
        }
        out.flush();
    }
}
