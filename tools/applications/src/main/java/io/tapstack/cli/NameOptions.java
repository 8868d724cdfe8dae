package io.tapstack.cli;

import io.tapstack.names.HostsFile;
import io.tapstack.names.ResolvConf;
import io.tapstack.names.ResolverConfig;
import io.tapstack.names.StubResolver;
import io.tapstack.socket.SocketLayer;
import io.tapstack.transport.TapstackTransport;
import io.tapstack.transport.Transport;
import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** The options about names, of the commands that look some up. */
final class NameOptions {

    private static final Path RESOLV_CONF = Path.of("/etc/resolv.conf");

    @Option(
            names = "--dns",
            paramLabel = "SERVER",
            converter = Converters.ForNameServer.class,
            description = "DNS server to ask over this network, e.g. 10.0.0.53; may be repeated (those that"
                    + " DHCP or a router names; else for get the machine resolves, for resolve those of"
                    + " /etc/resolv.conf)")
    private List<Endpoint> servers = List.of();

    /** True if the user has named a server. */
    boolean isGiven() {
        return !servers.isEmpty();
    }

    /** Refuses servers for a network that is not ours. */
    void check(final LinkOptions link) {
        if (isGiven() && link.network() == LinkOptions.Network.KERNEL) {
            throw new IllegalArgumentException("--dns is for our network; the kernel's has /etc/resolv.conf");
        }
    }

    /** The machine's hosts and options, with the servers of the user, or of the network {@code stack} is on. */
    private ResolverConfig config(final SocketLayer stack) throws IOException {
        ResolverConfig config = ResolverConfig.DEFAULT;
        if (Files.isReadable(RESOLV_CONF)) {
            config = ResolvConf.read(RESOLV_CONF);
        }
        if (Files.isReadable(HostsFile.MACHINE)) {
            config = config.withHosts(HostsFile.read(HostsFile.MACHINE));
        }
        if (isGiven()) {
            return config.withServers(servers).withEdns(true);
        }
        // Without servers and domains of its own a resolver takes those that the stack has learned.
        return isNamedByNetwork(stack) ? config.withServers(List.of()).withSearch(List.of()) : config;
    }

    private static boolean isNamedByNetwork(final SocketLayer stack) {
        return !stack.learnedNames().servers().isEmpty();
    }

    /** A resolver that asks over {@code transport}, to be closed. */
    StubResolver resolver(final TapstackTransport transport) throws IOException {
        final SocketLayer stack = transport.stacks().get(0);
        return new StubResolver(stack, config(stack));
    }

    /** The transport of {@code session}, which resolves names by the servers of the user or of the network, if any. */
    Transport transport(final Session session) throws IOException {
        return session.transport() instanceof TapstackTransport ours
                        && (isGiven() || isNamedByNetwork(ours.stacks().get(0)))
                ? ours.resolving(resolver(ours))
                : session.transport();
    }
}
