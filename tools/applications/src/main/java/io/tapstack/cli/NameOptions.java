package io.tapstack.cli;

import io.tapstack.names.HostsFile;
import io.tapstack.names.ResolvConf;
import io.tapstack.names.ResolverConfig;
import io.tapstack.names.StubResolver;
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
            description = "DNS server to ask over this network, e.g. 10.0.0.53; may be repeated (for get: the machine"
                    + " resolves; for resolve: those of /etc/resolv.conf)")
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

    /** The machine's hosts, search list and options, with the user's servers if there are some. */
    private ResolverConfig config() throws IOException {
        ResolverConfig config = ResolverConfig.DEFAULT;
        if (Files.isReadable(RESOLV_CONF)) {
            config = ResolvConf.read(RESOLV_CONF);
        }
        if (Files.isReadable(HostsFile.MACHINE)) {
            config = config.withHosts(HostsFile.read(HostsFile.MACHINE));
        }
        return isGiven() ? config.withServers(servers).withEdns(true) : config;
    }

    /** A resolver that asks over {@code transport}, to be closed. */
    StubResolver resolver(final TapstackTransport transport) throws IOException {
        return new StubResolver(transport.stacks().get(0), config());
    }

    /** The transport of {@code session}, which resolves names by the user's servers if there are some. */
    Transport transport(final Session session) throws IOException {
        return isGiven() && session.transport() instanceof TapstackTransport ours
                ? ours.resolving(resolver(ours))
                : session.transport();
    }
}
