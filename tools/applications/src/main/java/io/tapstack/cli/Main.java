package io.tapstack.cli;

import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The command line of Tapstack. Exit status: 0 for success, 2 for a bad command line, {@link Get} has its own, and 1
 * for every other failure. A failure is one line on stderr; with {@code TAPSTACK_DEBUG} set, a stack trace too.
 */
@Command(
        name = "tapstack",
        description = {"A TCP/IP stack of its own, in Java, behind a TAP device.", "", "Start with: tapstack demo"},
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        footer = {
            "",
            "Of the checkout alone:",
            "  bench              Measure Tapstack beside the kernel's TCP.",
            "  microbench         Measure a segment, a timer, a checksum (JMH).",
            "  test               Run all tests, from a clean checkout.",
            "  fuzz               Search for input that breaks the stack."
        })
public final class Main implements Runnable {

    private static final List<BuiltIn> COMMANDS = List.of(
            new BuiltIn("demo", Demo::new),
            new BuiltIn("serve", Serve::new),
            new BuiltIn("get", Get::new),
            new BuiltIn("echo", Echo::new),
            new BuiltIn("proxy", Proxy::new),
            new BuiltIn("resolve", Resolve::new),
            new BuiltIn("train", Train::new));

    private static final Set<String> SERVERS = Set.of("serve", "echo", "proxy");

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    Main() {}

    /** Runs a command and ends the JVM with its exit status. */
    public static void main(final String[] arguments) {
        System.exit(commandLine(sessions(arguments), arguments).execute(ProcessArguments.lossless(arguments)));
    }

    /** A server's native library is loaded while its options are read, where there is a second processor. */
    private static SessionFactory sessions(final String[] arguments) {
        if (arguments.length == 0 || !SERVERS.contains(arguments[0])) {
            return StackSession::open;
        }
        final Thread preparation = new Thread(StackSession::prepare, "preparation");
        preparation.setDaemon(true);
        preparation.start();
        return link -> {
            try {
                preparation.join();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted before the network was open");
            }
            return StackSession.open(link);
        };
    }

    /**
     * The command line for these arguments: with the one command that they begin with, or with all. Picocli reads the
     * annotations of each command that it is given, which takes longer than the rest of a server's start.
     */
    static CommandLine commandLine(final SessionFactory sessions, final String[] arguments) {
        if (arguments.length > 0) {
            for (final BuiltIn command : COMMANDS) {
                if (command.name.equals(arguments[0])) {
                    return configured(empty().addSubcommand(command.constructor.apply(sessions)));
                }
            }
        }
        return commandLine(sessions);
    }

    /**
     * The command line, with the commands of every {@link CommandSource} on the class path.
     *
     * @param sessions sets up the network of a command; tests bring one of their own
     */
    public static CommandLine commandLine(final SessionFactory sessions) {
        final CommandLine line = empty();
        for (final BuiltIn command : COMMANDS) {
            line.addSubcommand(command.constructor.apply(sessions));
        }
        for (final CommandSource source : ServiceLoader.load(CommandSource.class)) {
            source.commands(sessions).forEach(line::addSubcommand);
        }
        return configured(line);
    }

    private static CommandLine empty() {
        return new CommandLine(new Main());
    }

    private static CommandLine configured(final CommandLine line) {
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.registerConverter(Path.class, new Converters.ForPath());
        line.setParameterExceptionHandler(Main::complain);
        line.setExecutionExceptionHandler((failure, command, parsed) -> fail(failure, command));
        return line;
    }

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    private static int complain(final ParameterException problem, final String[] arguments) {
        final CommandLine command = problem.getCommandLine();
        final String name = command.getCommandSpec().qualifiedName();
        command.getErr()
                .println(name + ": " + oneLine(problem.getMessage()) + suggestion(problem) + " (see " + name
                        + " --help)");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    /** The option or command that was probably meant: the one with the longest common beginning, if any. */
    private static String suggestion(final ParameterException problem) {
        if (!(problem instanceof UnmatchedArgumentException unmatched)) {
            return "";
        }
        final String word = unmatched.getUnmatched().get(0);
        return unmatched.getSuggestions().stream()
                .map(similar -> similar.split("[=\\[ ]", 2)[0]) // options come with their parameters, as in "--loss=P"
                .max(Comparator.comparingInt(similar -> commonPrefix(word, similar)))
                .map(meant -> "; did you mean " + meant + '?')
                .orElse("");
    }

    private static int commonPrefix(final String one, final String other) {
        int length = 0;
        while (length < Math.min(one.length(), other.length()) && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }

    private static int fail(final Exception failure, final CommandLine command) {
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + Failure.describe(failure));
        if (System.getenv("TAPSTACK_DEBUG") != null) {
            failure.printStackTrace(command.getErr());
        }
        return Failure.exitStatus(failure);
    }

    private static String oneLine(final @Nullable String message) {
        return message == null ? "cannot understand the command line" : message.replaceAll("\\R\\s*", " ");
    }

    /**
     * A command of this module.
     *
     * @param name the one that its annotation gives it
     */
    private record BuiltIn(String name, Function<SessionFactory, Object> constructor) {}

    /** The version in the jar's manifest. */
    public static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            final String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"tapstack " + (version == null ? "(development build)" : version)};
        }
    }
}
