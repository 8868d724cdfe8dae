package io.tapstack.bench.command;

import io.tapstack.bench.part.BulkServer;
import io.tapstack.bench.part.RoundTripServer;
import io.tapstack.cli.Converters;
import io.tapstack.cli.LinkOptions;
import io.tapstack.cli.LogLevel;
import io.tapstack.cli.Main;
import io.tapstack.cli.Session;
import io.tapstack.cli.SessionFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code tapstack bench-server}: a server that {@code tapstack bench} starts as a process of its own. As a command, it
 * runs on the network that the same options make for the other commands.
 */
@Command(
        name = "bench-server",
        description = "Serve raw transfers to the benchmark. Ends with its stdin.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        hidden = true)
final class BenchServerCommand implements Callable<Integer> {

    private final SessionFactory sessions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(validate = false, heading = LinkOptions.HEADING)
    private LinkOptions link = new LinkOptions();

    @Option(names = "--file", required = true, description = "what to send")
    private Path file = Path.of("");

    @Option(names = "--port", converter = Converters.ForPort.class, description = "TCP port")
    private int port;

    @Option(
            names = "--bind",
            converter = Converters.ForAddress.class,
            description = "listen at this address rather than the network's")
    private Optional<InetAddress> bind = Optional.empty();

    @Option(names = "--echo", description = "send small messages back rather than serve transfers")
    private Optional<RoundTripServer.Mode> echo = Optional.empty();

    BenchServerCommand(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws Exception {
        link.validate(spec);
        LogLevel.quiet();
        try (Session session = sessions.open(link);
                AutoCloseable server = serve(session)) {
            final PrintWriter out = spec.commandLine().getOut();
            out.println("ready");
            out.flush();
            while (System.in.read() >= 0) {
                // until it ends
            }
        }
        return 0;
    }

    private AutoCloseable serve(final Session session) throws IOException, InterruptedException {
        session.awaitAddresses();
        final InetSocketAddress local = new InetSocketAddress(bind.orElse(session.address()), port);
        return echo.isPresent()
                ? RoundTripServer.start(session.transport(), local, echo.get())
                : BulkServer.start(session.transport(), local, file);
    }
}
