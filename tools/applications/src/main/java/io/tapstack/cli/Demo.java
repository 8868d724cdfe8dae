package io.tapstack.cli;

import io.tapstack.demo.Demonstration;
import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServerConfig;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tapstack demo}: a private network with a server in it, and the host's tools against the server. */
@Command(
        name = "demo",
        description =
                "Run the host's own ping, arping, nmap and curl against a server on Tapstack, in a network of its own.",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        sortOptions = false)
final class Demo implements Callable<Integer> {

    private static final int PORT = 80;
    private static final int FILE_BYTES = 16 * 1024 * 1024;
    private static final String FILE_NAME = "random.bin";

    /** There is no such file on a host without IPv6. */
    private static final Path IPV6_OF_THE_HOST = Path.of("/proc/net/if_inet6");

    private final SessionFactory sessions;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @ArgGroup(validate = false, heading = LinkOptions.HEADING)
    private LinkOptions link = new LinkOptions();

    @Option(names = "--keep", description = "leave the server up, to try more, until Ctrl-C")
    private boolean keep;

    Demo(final SessionFactory sessions) {
        this.sessions = sessions;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (link.hasDefaultAddresses() && Files.exists(IPV6_OF_THE_HOST)) {
            link.add(Cidr.parse("fd00:7a70::2/64"), Cidr.parse("fd00:7a70::1/64"));
        }
        link.validate(spec);
        LogLevel.quiet();
        final StopSignal stop = StopSignal.install();
        final Path directory = Files.createTempDirectory("tapstack-demo");
        try {
            return run(directory, stop) ? 0 : 1;
        } finally {
            delete(directory);
        }
    }

    private boolean run(final Path directory, final StopSignal stop) throws IOException, InterruptedException {
        final Path site = Files.createDirectory(directory.resolve("site"));
        Files.writeString(site.resolve("hello.txt"), "Hello from a TCP/IP stack in Java.\n");
        final String sha256 = writeRandom(site.resolve(FILE_NAME));
        final PrintWriter out = spec.commandLine().getOut();
        try (Session session = sessions.open(link);
                HttpServer server = HttpServer.start(
                        session.transport(),
                        new InetSocketAddress(session.listeningAddress(), PORT),
                        site,
                        ServerConfig.standard())) {
            session.awaitAddresses();
            out.println("Tapstack is at " + joined(session.addresses()) + ", the host at "
                    + joined(link.hostAddresses().stream().map(Cidr::address).toList()) + " on " + link.tap() + '.');
            out.flush();
            final int port = server.address().getPort();
            final boolean good = Demonstration.of(
                            out, link.tap(), session.addresses(), port, FILE_NAME, sha256, directory)
                    .run(stop::isReceived);
            if (keep && !stop.isReceived()) {
                explain(out, session.addresses());
                stop.await(session);
            }
            return good;
        }
    }

    private static String joined(final List<InetAddress> all) {
        return all.stream().map(each -> Cidr.ip(each).toString()).collect(Collectors.joining(" and "));
    }

    private void explain(final PrintWriter out, final List<InetAddress> addresses) {
        final IpAddress first = Cidr.ip(addresses.get(0));
        final String ip = first.isIpv4() ? first.toString() : "[" + first + "]";
        final String enter = "nsenter -t " + ProcessHandle.current().pid()
                + (System.getenv("TAPSTACK_PRIVATE") == null
                        ? ""
                        : ownsUserNamespace() ? " -U --preserve-credentials -n" : " -n");
        out.println();
        out.println("The server stays up until Ctrl-C. From another terminal:");
        for (final String command : List.of(
                "curl http://" + ip + "/",
                "curl http://" + ip + "/" + FILE_NAME + " -o /dev/null",
                "tcpdump -ni " + link.tap(),
                "ss -tin",
                "ping -f -c 10000 " + first)) {
            out.println("    " + enter + ' ' + command);
        }
        out.flush();
    }

    /** False if root in here is another user outside: then nsenter has to enter the user namespace first. */
    private static boolean ownsUserNamespace() {
        try {
            return !Files.readString(Path.of("/proc/self/uid_map")).strip().matches("0\\s+0\\s+4294967295");
        } catch (final IOException e) {
            return false;
        }
    }

    /** @return the SHA-256 of the bytes written */
    private static String writeRandom(final Path file) throws IOException {
        final Random random = new Random();
        final byte[] block = new byte[64 * 1024];
        try (OutputStream output = Files.newOutputStream(file)) {
            final MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (int written = 0; written < FILE_BYTES; written += block.length) {
                random.nextBytes(block);
                output.write(block);
                digest.update(block);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has SHA-256
        }
    }

    private static void delete(final Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (final Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
