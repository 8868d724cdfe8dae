package io.tapstack.cli;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.ServiceLoader;
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
        subcommands = {Demo.class, Serve.class, Get.class, Echo.class, Proxy.class},
        footer = {
            "",
            "Of the checkout alone:",
            "  bench              Measure Tapstack beside the kernel's TCP.",
            "  microbench         Measure a segment, a timer, a checksum (JMH).",
            "  test               Run all tests, from a clean checkout.",
            "  fuzz               Search for input that breaks the stack."
        })
public final class Main implements Runnable {

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    Main() {}

    /** Runs a command and ends the JVM with its exit status. */
    public static void main(final String[] arguments) {
        System.exit(commandLine(StackSession::open).execute(ProcessArguments.lossless(arguments)));
    }

    /**
     * The command line, with the commands of every {@link CommandSource} on the class path.
     *
     * @param sessions sets up the network of a command; tests bring one of their own
     */
    public static CommandLine commandLine(final SessionFactory sessions) {
        final CommandLine line = new CommandLine(new Main(), new Commands(sessions));
        for (final CommandSource source : ServiceLoader.load(CommandSource.class)) {
            source.commands(sessions).forEach(line::addSubcommand);
        }
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

    /** The exception of a command whose options contradict each other. */
    public static ParameterException refused(
            final CommandLine.Model.CommandSpec spec, final IllegalArgumentException why) {
        return new ParameterException(spec.commandLine(), String.valueOf(why.getMessage()), why);
    }

    private static String oneLine(final @Nullable String message) {
        return message == null ? "cannot understand the command line" : message.replaceAll("\\R\\s*", " ");
    }

    /** Creates the commands. */
    private record Commands(SessionFactory sessions) implements CommandLine.IFactory {

        private static final Map<Class<?>, Function<SessionFactory, Object>> CONSTRUCTORS = Map.of(
                Demo.class,
                Demo::new,
                Serve.class,
                Serve::new,
                Get.class,
                Get::new,
                Echo.class,
                Echo::new,
                Proxy.class,
                Proxy::new);

        @Override
        public <K> K create(final Class<K> type) throws Exception {
            final Function<SessionFactory, Object> constructor = CONSTRUCTORS.get(type);
            return constructor == null
                    ? CommandLine.defaultFactory().create(type)
                    : type.cast(constructor.apply(sessions));
        }
    }

    /** The version in the jar's manifest. */
    public static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() {
            final String version = Main.class.getPackage().getImplementationVersion();
            return new String[] {"tapstack " + (version == null ? "(development build)" : version)};
        }
    }
}
