package io.tapstack.names;

import io.tapstack.wire.IpAddress;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The settings of a resolver whose servers are learned while it runs, by DHCP (RFC 2132) or from routers (RFC 8106).
 * Servers or search domains that are configured win over learned ones. Any thread may call.
 */
public final class NameServers implements Supplier<ResolverConfig> {

    /** Servers that are asked at most, of all that were learned. */
    private static final int MAX_SERVERS = 6;

    private record Learned(List<IpAddress> servers, List<String> search) {}

    private final ResolverConfig configured;
    private final Map<String, Learned> learned = new LinkedHashMap<>();
    private volatile ResolverConfig current;

    /** @param configured what is not learned */
    public NameServers(final ResolverConfig configured) {
        this.configured = configured;
        this.current = configured;
    }

    /**
     * Replaces what was learned from {@code source}; empty lists withdraw it. The first source comes first.
     *
     * @param source a name that tells sources apart, such as {@code dhcp}
     * @param search domains; those that are not names are ignored
     */
    public synchronized void learn(final String source, final List<IpAddress> servers, final List<String> search) {
        if (servers.isEmpty() && search.isEmpty()) {
            learned.remove(source);
        } else {
            learned.put(source, new Learned(List.copyOf(servers), List.copyOf(search)));
        }
        final Set<IpAddress> allServers = new LinkedHashSet<>();
        final Set<String> allDomains = new LinkedHashSet<>();
        for (final Learned each : learned.values()) {
            allServers.addAll(each.servers);
            allDomains.addAll(each.search);
        }
        ResolverConfig next = configured;
        if (configured.servers().isEmpty()) {
            next = next.withServers(
                    ResolverConfig.at53(allServers.stream().limit(MAX_SERVERS).toList()));
        }
        if (configured.search().isEmpty()) {
            // By the rules of resolv.conf(5), which leave out what is not a name.
            next = next.withSearch(ResolvConf.parse("search " + String.join(" ", oneLine(allDomains)))
                    .search());
        }
        current = next;
    }

    private static List<String> oneLine(final Set<String> domains) {
        return domains.stream().map(domain -> domain.replaceAll("\\s", "")).toList();
    }

    @Override
    public ResolverConfig get() {
        return current;
    }
}
