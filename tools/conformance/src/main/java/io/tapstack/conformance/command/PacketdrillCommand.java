package io.tapstack.conformance.command;

import io.tapstack.cli.Converters;
import io.tapstack.cli.Failure;
import io.tapstack.cli.LogLevel;
import io.tapstack.cli.Main;
import io.tapstack.packetdrill.ScriptRunner;
import io.tapstack.packetdrill.ScriptRunner.Target;
import io.tapstack.packetdrill.machine.PlaySettings;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapstack packetdrill FILE...}: plays packetdrill scripts. */
@Command(
        name = "packetdrill",
        description = "Play packetdrill scripts (docs/packetdrill.md) and report what is not as they say.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false,
        exitCodeListHeading = "Exit status:%n",
        exitCodeList = {
            "0:every script was played to its end",
            "1:at least one was not",
            "2:the command line makes no sense"
        })
final class PacketdrillCommand implements Callable<Integer> {

    /**
     * Options of packetdrill's own command line besides those declared here, so that a command line for packetdrill
     * works unchanged.
     */
    private static final List<String> UPSTREAM = List.of(
            "ip_version",
            "local_ip",
            "remote_ip",
            "gateway_ip",
            "netmask_ip",
            "bind_port",
            "connect_port",
            "mtu",
            "mss",
            "speed",
            "tolerance_percent",
            "tcp_ts_tick_usecs",
            "tcp_ts_ecr_scaled");

    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "scripts (.pkt)")
    private List<Path> files = List.of();

    @Option(
            names = "--against",
            paramLabel = "WHAT",
            description =
                    "tapstack, in virtual time, or kernel: Linux's own stack, in a namespace of its own, in real time"
                            + " (${DEFAULT-VALUE})")
    private Target target = Target.TAPSTACK;

    @Option(
            names = "--tolerance_usecs",
            paramLabel = "N",
            converter = Converters.ForLong.class,
            description = "how early or late something may happen (4000, against the kernel 20000)")
    private Optional<Long> tolerance = Optional.empty();

    @Option(
            names = "--unexpected",
            paramLabel = "HOW",
            description =
                    "a packet that a script does not mention: fail or ignore, which is packetdrill's way (ignore)")
    private Optional<String> unexpected = Optional.empty();

    @Option(names = "--strict_segments", description = "an expected segment has to be one packet, not several in a row")
    private boolean strictSegments;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "any other option that a script can have, such as mtu=1400, local_ip, remote_ip, bind_port")
    private Map<String, String> others = new LinkedHashMap<>();

    @Option(
            names = {"-D", "--define"},
            paramLabel = "WORD=VALUE",
            description = "let a word of the scripts stand for something else")
    private Map<String, String> definitions = new LinkedHashMap<>();

    @Option(names = "--dry_run", description = "only parse")
    private boolean dryRun;

    @Option(
            names = {"-v", "--verbose"},
            description = "print every packet")
    private boolean verbose;

    PacketdrillCommand() {}

    @Spec
    void spec(final CommandSpec own) {
        spec = own;
        for (final String name : UPSTREAM) {
            own.addOption(OptionSpec.builder("--" + name)
                    .type(String.class)
                    .hidden(true)
                    .setter(new ISetter() {
                        @Override
                        public <T> T set(final T value) {
                            if (value != null) {
                                others.put(name, value.toString());
                            }
                            return value;
                        }
                    })
                    .build());
        }
    }

    @Override
    public Integer call() throws IOException {
        LogLevel.quiet();
        final PrintWriter out = spec.commandLine().getOut();
        final PrintWriter err = spec.commandLine().getErr();
        final ScriptRunner runner = new ScriptRunner(target, settings(), definitions, out::println);
        int failures = 0;
        for (final Path file : files) {
            if (Files.isDirectory(file)) {
                throw new Failure(file + " is a directory: name its scripts, such as " + file.resolve("*.pkt"));
            }
            final @Nullable String problem = runner.run(file).orElse(null);
            out.flush();
            if (problem != null) {
                err.println(problem);
                err.flush();
                failures++;
            }
        }
        if (files.size() > 1) {
            err.println(files.size() - failures + " of " + files.size() + " scripts passed");
        }
        return failures == 0 ? 0 : CommandLine.ExitCode.SOFTWARE;
    }

    private PlaySettings settings() {
        final PlaySettings settings = new PlaySettings(tolerance.orElseGet(target::toleranceMicros));
        final Map<String, String> options = new LinkedHashMap<>(others);
        unexpected.ifPresent(how -> options.put("unexpected", how));
        options.put("strict_segments", strictSegments ? "1" : "0");
        options.put("dry_run", dryRun ? "1" : "0");
        options.put("verbose", verbose ? "1" : "0");
        options.forEach((name, value) -> {
            try {
                settings.set(name, value);
            } catch (final IllegalArgumentException | UnsupportedOperationException e) {
                throw new ParameterException(
                        spec.commandLine(), "bad option " + name + "=" + value + ": docs/packetdrill.md lists them");
            }
        });
        return settings;
    }
}
