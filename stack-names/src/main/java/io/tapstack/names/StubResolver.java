package io.tapstack.names;

import io.tapstack.socket.AddressOrder;
import io.tapstack.socket.NameLookup;
import io.tapstack.socket.NameResolver;
import io.tapstack.socket.PollEntry;
import io.tapstack.socket.ResolutionFailure;
import io.tapstack.socket.SocketLayer;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Resolves names as getaddrinfo(3) does: hosts file, then DNS by the rules of resolv.conf(5), over the UDP and TCP of a
 * stack, with a cache. A host gets one by {@code Host.Builder.resolver(StubResolver.with(config))}.
 *
 * <p>Any thread may call. {@link #close()} ends all look-ups.
 */
public final class StubResolver implements NameResolver {

    /** Questions whose outcomes are kept. */
    static final int CACHE_SIZE = 1_024;

    private final SocketLayer layer;
    private final Supplier<ResolverConfig> configs;
    private final RandomGenerator random;
    private final NameCache cache = new NameCache(CACHE_SIZE);
    private final ResolverCounters counters = new ResolverCounters();
    private final AddressOrder order;
    private final Set<SocketLookup> lookups = ConcurrentHashMap.newKeySet();
    private final AtomicInteger rotation = new AtomicInteger();
    private volatile ResolverConfig lastConfig;
    private volatile boolean closed;

    /**
     * A resolver over the sockets of a stack.
     *
     * @param configs asked at each look-up; another configuration empties the cache
     * @param random unpredictable, for the identifiers of queries
     */
    public StubResolver(final SocketLayer layer, final Supplier<ResolverConfig> configs, final RandomGenerator random) {
        this.layer = layer;
        this.configs = configs;
        this.random = random;
        this.order = new AddressOrder(layer);
        this.lastConfig = configs.get();
    }

    /** A resolver over the sockets of a stack, with a fixed configuration. */
    public StubResolver(final SocketLayer layer, final ResolverConfig config) {
        this(layer, () -> config, new SecureRandom());
    }

    /** What {@code Host.Builder.resolver} takes. */
    public static Function<SocketLayer, NameResolver> with(final ResolverConfig config) {
        return layer -> new StubResolver(layer, config);
    }

    /** See {@link #with(ResolverConfig)}, for settings that change. */
    public static Function<SocketLayer, NameResolver> with(final Supplier<ResolverConfig> configs) {
        return layer -> new StubResolver(layer, configs, new SecureRandom());
    }

    @Override
    public List<IpAddress> resolve(final String name) throws IOException {
        final Optional<IpAddress> literal = literal(name);
        if (literal.isPresent()) {
            return List.of(literal.get());
        }
        try (SocketLookup lookup = begin(HostName.parse(name), DnsCodec.AAAA, DnsCodec.A)) {
            await(lookup);
            final List<IpAddress> addresses = new ArrayList<>();
            lookup.ipv6().ifPresent(addresses::addAll);
            lookup.ipv4().ifPresent(addresses::addAll);
            if (addresses.isEmpty()) {
                throw lookup.failure();
            }
            return order.sort(addresses);
        }
    }

    /**
     * Looks up records of any type.
     *
     * @param type a name such as {@code MX}
     * @throws ResolutionFailure if there are none
     * @throws IllegalArgumentException if there is no such type
     * @throws InterruptedIOException if the thread is interrupted, which it still is
     */
    public List<DnsRecord> records(final String name, final String type) throws IOException {
        final int number = DnsCodec.type(type);
        if (!isType(type)) {
            throw new IllegalArgumentException("'" + type + "' is not a type of DNS records such as A, AAAA or MX");
        }
        try (SocketLookup lookup = begin(HostName.parse(name), number)) {
            await(lookup);
            final List<DnsRecord> records = lookup.state.records(number);
            if (records.isEmpty()) {
                throw lookup.failure();
            }
            return records;
        }
    }

    /** True if {@code name} is that of a type of records, such as MX, in any case. */
    public static boolean isType(final String name) {
        return DnsCodec.type(name) > 0;
    }

    @Override
    public NameLookup lookUp(final String name) throws IOException {
        return begin(HostName.parse(name), DnsCodec.AAAA, DnsCodec.A);
    }

    /** An address in numbers is not looked up. */
    private static Optional<IpAddress> literal(final String name) {
        try {
            return Optional.of(IpAddress.parse(name));
        } catch (final IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private SocketLookup begin(final HostName name, final int... types) throws IOException {
        if (closed) {
            throw new SocketException("the resolver is closed");
        }
        final ResolverConfig config = configs.get().orLearned(layer.learnedNames());
        if (!config.equals(lastConfig)) {
            // Other servers may know other names.
            lastConfig = config;
            cache.clear();
        }
        final SocketExchanges exchanges = new SocketExchanges(layer);
        final int first = config.rotate() ? rotation.getAndIncrement() & 0xFFFF : 0;
        final LookupContext context = new LookupContext(config, first, exchanges, cache, random, counters);
        final SocketLookup lookup = new SocketLookup(new Lookup(context, name, types), exchanges);
        lookups.add(lookup);
        lookup.state.start(layer.nanoTime());
        return lookup;
    }

    private void await(final SocketLookup lookup) throws IOException {
        while (!lookup.isDone()) {
            if (layer.pollUntil(lookup.entries(), lookup.deadlineNanos()) < 0) {
                throw new InterruptedIOException("interrupted while a name was looked up");
            }
            if (closed) {
                throw new SocketException("the resolver is closed");
            }
            lookup.advance();
        }
    }

    /** What this resolver has done so far. */
    public ResolverCounters counters() {
        return counters;
    }

    /** Forgets all that was learned from servers. */
    public void clearCache() {
        cache.clear();
    }

    /** Ends all look-ups, whose callers get a {@link SocketException}. A second call does nothing. */
    @Override
    public void close() {
        closed = true;
        lookups.forEach(SocketLookup::abandon);
    }

    /** A look-up with its sockets. */
    private final class SocketLookup implements NameLookup {

        private final Lookup state;
        private final SocketExchanges exchanges;

        SocketLookup(final Lookup state, final SocketExchanges exchanges) {
            this.state = state;
            this.exchanges = exchanges;
        }

        @Override
        public List<PollEntry> entries() {
            return exchanges.entries();
        }

        @Override
        public long deadlineNanos() {
            return exchanges.isDue() ? layer.nanoTime() : state.deadline();
        }

        @Override
        public void advance() throws IOException {
            if (closed) {
                throw new SocketException("the resolver is closed");
            }
            final long now = layer.nanoTime();
            exchanges.service(now);
            state.tick(now);
        }

        @Override
        public boolean isDone() {
            return state.isDone();
        }

        @Override
        public Optional<List<IpAddress>> ipv6() {
            return state.addresses(false);
        }

        @Override
        public Optional<List<IpAddress>> ipv4() {
            return state.addresses(true);
        }

        @Override
        public UnknownHostException failure() {
            return state.failure();
        }

        private void abandon() {
            exchanges.close();
        }

        @Override
        public void close() {
            lookups.remove(this);
            state.close();
            exchanges.close();
        }
    }
}
