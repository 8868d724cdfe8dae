package io.tapstack.cli;

import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.PageCacheWarmer;
import io.tapstack.httpd.ServeMethod;
import io.tapstack.httpd.ServerConfig;
import io.tapstack.octets.PathOctets;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tapstack serve DIR|FILE}: a file server. */
@Command(
        name = "serve",
        description = "Serve a directory or a file by HTTP. Ends on SIGTERM or Ctrl-C.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class Serve implements Callable<Integer> {

    private static final Pattern MEDIA_TYPE =
            Pattern.compile("[\\w!#$&^.+-]+/[\\w!#$&^.+-]+(; ?[\\w!#$&^.+-]+=[\\w!#$&^.+-]+)*");

    private final SessionFactory sessions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(validate = false, heading = LinkOptions.HEADING)
    private LinkOptions link = new LinkOptions();

    @Parameters(paramLabel = "DIR|FILE", description = "what to serve")
    private Path root = Path.of(".");

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "80",
            converter = Converters.ForPort.class,
            description = "TCP port (${DEFAULT-VALUE})")
    private int port = 80;

    @Option(
            names = "--method",
            paramLabel = "METHOD",
            defaultValue = "auto",
            description = "copy: read and write; mmap: map and write; sendfile: map and send without a copy;"
                    + " auto: copy or sendfile, as is faster for the file at present (${DEFAULT-VALUE})")
    private ServeMethod method = ServeMethod.AUTO;

    @Option(
            names = "--max-age",
            paramLabel = "SECONDS",
            description = "let clients keep responses for so long (Cache-Control and Expires)")
    private Optional<Integer> maxAge = Optional.empty();

    @Option(names = "--mime", paramLabel = "TYPE", description = "content type of every file (by its name)")
    private Optional<String> mime = Optional.empty();

    @Option(
            names = "--max-connections",
            paramLabel = "N",
            defaultValue = "" + ServerConfig.Limits.CONNECTIONS,
            converter = Converters.ForCount.class,
            description = "connections at a time; the one that is idle longest gives way to a new one, which gets 503"
                    + " if none is idle (${DEFAULT-VALUE})")
    private int maxConnections = ServerConfig.Limits.CONNECTIONS;

    @Option(names = "--warm", description = "read all files into the page cache first")
    private boolean warm;

    @Option(names = "--no-access-log", description = "no line for each response")
    private boolean noAccessLog;

    Serve(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        link.validate(spec);
        final ServerConfig config = config();
        if (!Files.isReadable(root)) {
            throw new Failure(PathOctets.readable(root)
                    + (Files.exists(root) ? ": permission denied" : ": no such file or directory"));
        }
        if (warm) {
            new PageCacheWarmer(spec.commandLine().getErr()).warm(root);
        }
        final StopSignal stop = StopSignal.install();
        try (Session session = sessions.open(link);
                HttpServer server = HttpServer.start(
                        session.transport(), new InetSocketAddress(session.listeningAddress(), port), root, config)) {
            session.awaitAddresses();
            announce(
                    spec.commandLine().getOut(),
                    session.addresses(),
                    server.address().getPort());
            stop.await(session);
        }
        return 0;
    }

    private ServerConfig config() {
        if (mime.isPresent() && !MEDIA_TYPE.matcher(mime.get()).matches()) {
            throw new ParameterException(
                    spec.commandLine(), "--mime '" + mime.get() + "' is not a media type such as text/plain");
        }
        if (maxAge.isPresent() && maxAge.get() < 0) {
            throw new ParameterException(spec.commandLine(), "--max-age " + maxAge.get() + " is negative");
        }
        return ServerConfig.standard()
                .withMethod(method)
                .withLimits(ServerConfig.Limits.standard().withConnections(maxConnections))
                .withRepresentation(maxAge.map(Duration::ofSeconds), mime)
                .withAccessLog(!noAccessLog);
    }

    private static void announce(final PrintWriter out, final List<InetAddress> addresses, final int port) {
        for (final InetAddress address : addresses) {
            out.println("ready: http://" + new Endpoint(Cidr.ip(address), port) + '/');
        }
        out.flush();
    }
}
