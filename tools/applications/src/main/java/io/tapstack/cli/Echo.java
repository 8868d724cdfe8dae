package io.tapstack.cli;

import io.tapstack.echo.EchoServer;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapstack echo}: the echo service. */
@Command(
        name = "echo",
        description = "Send back what arrives, over TCP and UDP (RFC 862). Ends on SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class Echo implements Callable<Integer> {

    private final SessionFactory sessions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(validate = false, heading = LinkOptions.HEADING)
    private LinkOptions link = new LinkOptions();

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "" + EchoServer.PORT,
            converter = Converters.ForPort.class,
            description = "TCP and UDP port (${DEFAULT-VALUE})")
    private int port = EchoServer.PORT;

    @Mixin
    private ClientLimits limits = new ClientLimits();

    Echo(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        link.validate(spec);
        final StopSignal stop = StopSignal.install();
        try (Session session = sessions.open(link);
                EchoServer server = EchoServer.start(
                        session.transport(),
                        new InetSocketAddress(session.listeningAddress(), port),
                        limits.maxConnections(),
                        limits.idle())) {
            session.awaitAddresses();
            final PrintWriter out = spec.commandLine().getOut();
            for (final InetAddress each : session.addresses()) {
                final Endpoint at = new Endpoint(Cidr.ip(each), server.address().getPort());
                out.println("ready: echo at " + at + " (TCP and UDP)");
            }
            out.flush();
            stop.await(session);
        }
        return 0;
    }
}
