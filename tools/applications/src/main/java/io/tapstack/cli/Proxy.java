package io.tapstack.cli;

import io.tapstack.proxy.ProxyConfig;
import io.tapstack.proxy.ProxyServer;
import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.Transport;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tapstack proxy}: a TCP gateway. */
@Command(
        name = "proxy",
        description = {
            "Pass TCP connections on to another address. Ends on SIGTERM or Ctrl-C.",
            "",
            "From stack to stack (the default) bytes are never copied, whatever kind of server is behind it. With one side on the kernel it is "
                    + "a gateway between the TAP and the machine's own network."
        },
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class Proxy implements Callable<Integer> {

    /** The TCP of one side of the proxy. */
    private enum Side {
        STACK,
        KERNEL
    }

    private final SessionFactory sessions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(validate = false, heading = LinkOptions.HEADING)
    private LinkOptions link = new LinkOptions();

    @Option(
            names = "--listen",
            paramLabel = "PORT",
            required = true,
            converter = Converters.ForPort.class,
            description = "TCP port to listen at")
    private int port;

    @Option(
            names = "--to",
            paramLabel = "HOST:PORT",
            required = true,
            converter = Converters.ForTarget.class,
            description = "where connections go, e.g. 10.0.0.1:8080")
    private InetSocketAddress target = new InetSocketAddress(0);

    @Option(
            names = "--via",
            paramLabel = "SIDE",
            defaultValue = "stack",
            description = "reach the target through the stack (over the TAP) or the kernel (${DEFAULT-VALUE})")
    private Side via = Side.STACK;

    @Option(
            names = "--listen-on",
            paramLabel = "SIDE",
            defaultValue = "stack",
            description = "listen at the stack's address, or at all of the kernel's (${DEFAULT-VALUE})")
    private Side listenOn = Side.STACK;

    @Option(
            names = "--connect-timeout",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Converters.ForDuration.class,
            description = "how long the target may take to answer (${DEFAULT-VALUE})")
    private Duration connectTimeout = Duration.ofSeconds(10);

    @Mixin
    private ClientLimits limits = new ClientLimits();

    Proxy(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        link.validate(spec);
        validate();
        final StopSignal stop = StopSignal.install();
        try (Session session = sessions.open(link);
                ProxyServer server = start(session)) {
            session.awaitAddresses();
            final PrintWriter out = spec.commandLine().getOut();
            final InetSocketAddress bound = server.address();
            final List<InetAddress> addresses =
                    listenOn == Side.STACK ? session.addresses() : List.of(bound.getAddress());
            for (final InetAddress each : addresses) {
                out.println("ready: " + text(new InetSocketAddress(each, bound.getPort())) + " to " + text(target));
            }
            out.flush();
            stop.await(session);
        }
        return 0;
    }

    private void validate() {
        if (via == Side.KERNEL && listenOn == Side.KERNEL) {
            throw refused("one side must be the stack: leave out --via kernel or --listen-on kernel");
        }
        if (connectTimeout.toMillis() < 1 || connectTimeout.toMillis() > Integer.MAX_VALUE) {
            throw refused("--connect-timeout must be between 1ms and 24 days");
        }
    }

    private ParameterException refused(final String why) {
        return new ParameterException(spec.commandLine(), why);
    }

    private ProxyServer start(final Session session) throws IOException {
        final Transport kernel = new JdkTransport();
        final InetAddress local =
                listenOn == Side.STACK ? session.listeningAddress() : new InetSocketAddress(0).getAddress();
        return ProxyServer.start(
                listenOn == Side.STACK ? session.transport() : kernel,
                new InetSocketAddress(local, port),
                via == Side.STACK ? session.transport() : kernel,
                new ProxyConfig(target, connectTimeout, limits.maxConnections(), limits.idle()));
    }

    private static String text(final InetSocketAddress address) {
        return new Endpoint(Cidr.ip(address.getAddress()), address.getPort()).toString();
    }
}
