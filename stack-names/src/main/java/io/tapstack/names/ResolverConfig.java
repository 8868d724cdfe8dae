package io.tapstack.names;

import io.tapstack.socket.LearnedNames;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * The settings of a resolver, those of resolv.conf(5). Immutable: the {@code with} methods return a changed copy.
 *
 * @param servers the addresses and ports of the servers, the preferred one first; without any, the resolver asks those
 *     that DHCP and routers name at the time
 * @param search the domains that are appended to a name with fewer than {@code ndots} dots, in this order; without any,
 *     those that DHCP and routers name
 * @param ndots a name with that many dots is looked up as it is first, 0 to 15
 * @param timeoutSeconds the time for the first server to answer, 1 to 30
 * @param attempts how often all servers are asked, 1 to 5
 * @param rotate true to begin with another server each time
 * @param edns true to offer larger UDP messages (RFC 6891)
 * @param overTcp true to ask over TCP only
 * @param hosts names that no server is asked for
 */
public record ResolverConfig(
        List<Endpoint> servers,
        List<String> search,
        int ndots,
        int timeoutSeconds,
        int attempts,
        boolean rotate,
        boolean edns,
        boolean overTcp,
        HostsFile hosts) {

    /** The port of DNS servers. */
    public static final int PORT = 53;

    static final int MAX_NDOTS = 15;
    static final int MAX_TIMEOUT_SECONDS = 30;
    static final int MAX_ATTEMPTS = 5;

    /** More search domains are refused: each is a question more for a name that does not exist. */
    static final int MAX_SEARCH = 32;

    /** Of what the network names no more servers are asked, and no more domains appended. */
    private static final int MAX_LEARNED = 6;

    /** No servers, no search list, no hosts; glibc's values of the rest, and EDNS. */
    public static final ResolverConfig DEFAULT =
            new ResolverConfig(List.of(), List.of(), 1, 5, 2, false, true, false, HostsFile.EMPTY);

    /** @throws IllegalArgumentException if a value is out of range, or a search domain is not a name */
    public ResolverConfig {
        servers = List.copyOf(servers);
        search = domains(search);
        requireRange("ndots", ndots, 0, MAX_NDOTS);
        requireRange("timeout", timeoutSeconds, 1, MAX_TIMEOUT_SECONDS);
        requireRange("attempts", attempts, 1, MAX_ATTEMPTS);
        requireRange("search domains", search.size(), 0, MAX_SEARCH);
    }

    private static void requireRange(final String what, final int value, final int least, final int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + ": " + value + " is not between " + least + " and " + most);
        }
    }

    private static List<String> domains(final List<String> search) {
        final List<String> domains = new ArrayList<>();
        for (final String domain : search) {
            // The root alone adds nothing to a name.
            if (!domain.equals(".")) {
                try {
                    domains.add(HostName.parse(domain).text());
                } catch (final UnknownHostException e) {
                    throw new IllegalArgumentException("search domain " + e.getMessage(), e);
                }
            }
        }
        return List.copyOf(domains);
    }

    /** The same with servers and domains that the network names, in the places where none are configured. */
    ResolverConfig orLearned(final LearnedNames learned) {
        ResolverConfig whole = this;
        if (servers.isEmpty()) {
            whole = whole.withServers(
                    at53(learned.servers().stream().limit(MAX_LEARNED).toList()));
        }
        if (search.isEmpty()) {
            whole = whole.withSearch(learned.search().stream()
                    .filter(ResolverConfig::isName)
                    .limit(MAX_LEARNED)
                    .toList());
        }
        return whole;
    }

    private static boolean isName(final String domain) {
        try {
            HostName.parse(domain);
            return true;
        } catch (final UnknownHostException e) {
            return false;
        }
    }

    /** {@link #DEFAULT} with these servers, at port 53. */
    public static ResolverConfig of(final IpAddress... servers) {
        return DEFAULT.withServers(at53(List.of(servers)));
    }

    /** The DNS servers at these addresses, at port 53. */
    public static List<Endpoint> at53(final List<IpAddress> addresses) {
        return addresses.stream().map(address -> new Endpoint(address, PORT)).toList();
    }

    public ResolverConfig withServers(final List<Endpoint> newServers) {
        return new ResolverConfig(newServers, search, ndots, timeoutSeconds, attempts, rotate, edns, overTcp, hosts);
    }

    public ResolverConfig withSearch(final List<String> domains) {
        return new ResolverConfig(servers, domains, ndots, timeoutSeconds, attempts, rotate, edns, overTcp, hosts);
    }

    public ResolverConfig withNdots(final int dots) {
        return new ResolverConfig(servers, search, dots, timeoutSeconds, attempts, rotate, edns, overTcp, hosts);
    }

    public ResolverConfig withTimeoutSeconds(final int seconds) {
        return new ResolverConfig(servers, search, ndots, seconds, attempts, rotate, edns, overTcp, hosts);
    }

    public ResolverConfig withAttempts(final int count) {
        return new ResolverConfig(servers, search, ndots, timeoutSeconds, count, rotate, edns, overTcp, hosts);
    }

    public ResolverConfig withRotate(final boolean on) {
        return new ResolverConfig(servers, search, ndots, timeoutSeconds, attempts, on, edns, overTcp, hosts);
    }

    public ResolverConfig withEdns(final boolean on) {
        return new ResolverConfig(servers, search, ndots, timeoutSeconds, attempts, rotate, on, overTcp, hosts);
    }

    public ResolverConfig withOverTcp(final boolean on) {
        return new ResolverConfig(servers, search, ndots, timeoutSeconds, attempts, rotate, edns, on, hosts);
    }

    public ResolverConfig withHosts(final HostsFile names) {
        return new ResolverConfig(servers, search, ndots, timeoutSeconds, attempts, rotate, edns, overTcp, names);
    }
}
