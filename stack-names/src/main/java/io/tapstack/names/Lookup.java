package io.tapstack.names;

import io.tapstack.socket.ResolutionFailure;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The look-up of one name, for one or more types at once: special names, the hosts file, then DNS for the name and the
 * names that the search list makes of it, in glibc's order. Never waits: it is fed with answers and with the time. One
 * thread.
 */
final class Lookup {

    private final LookupContext context;
    private final HostName name;
    private final int[] types;
    private final List<String> candidates;
    private final List<TypeLookup> lookups = new ArrayList<>();

    private int candidate = -1;
    private boolean done;
    private List<IpAddress> local = List.of();
    private @Nullable Outcome failure;

    Lookup(final LookupContext context, final HostName name, final int... types) {
        this.context = context;
        this.name = name;
        this.types = types.clone();
        this.candidates = candidates(name, context.config());
    }

    /** The names to try, in order: resolv.conf(5), ndots and search. */
    static List<String> candidates(final HostName name, final ResolverConfig config) {
        if (name.isAbsolute()) {
            return List.of(name.text());
        }
        final List<String> names = new ArrayList<>();
        for (final String domain : config.search()) {
            final String longer = name.text() + "." + domain;
            // RFC 1035 2.3.4.
            if (longer.length() <= HostName.MAX_LENGTH) {
                names.add(longer);
            }
        }
        names.add(name.dots() >= config.ndots() ? 0 : names.size(), name.text());
        return List.copyOf(names);
    }

    void start(final long now) {
        if (asksForAddresses()) {
            final Optional<List<IpAddress>> special = SpecialNames.addresses(name);
            final List<IpAddress> hosts = context.config().hosts().addresses(name);
            if (!hosts.isEmpty() || special.isPresent()) {
                local = hosts.isEmpty() ? special.get() : hosts;
                if (local.isEmpty()) {
                    failure = Outcome.none(Outcome.Kind.NO_NAME, 0, "");
                }
                done = true;
                return;
            }
        }
        tryNext(now);
    }

    private boolean asksForAddresses() {
        for (final int type : types) {
            if (type != DnsCodec.A && type != DnsCodec.AAAA) {
                return false;
            }
        }
        return true;
    }

    private void tryNext(final long now) {
        candidate++;
        lookups.clear();
        for (final int type : types) {
            lookups.add(new TypeLookup(context, new Question(candidates.get(candidate), type), this::progressed));
        }
        // Begun only when all are in the list, as one may be done at once.
        for (final TypeLookup lookup : List.copyOf(lookups)) {
            lookup.start(now);
        }
    }

    private void progressed(final long now) {
        boolean found = false;
        boolean mayTryNext = true;
        for (final TypeLookup lookup : lookups) {
            final Outcome outcome = lookup.outcome();
            if (outcome == null) {
                return;
            }
            found |= outcome.isFound();
            mayTryNext &= outcome.mayTryNext();
        }
        if (!found) {
            lookups.forEach(lookup -> remember(lookup.outcome()));
            if (mayTryNext && candidate + 1 < candidates.size()) {
                tryNext(now);
                return;
            }
        }
        done = true;
    }

    /** Keeps the failure that says the most: that of the servers, then that a name has other records. */
    private void remember(final @Nullable Outcome outcome) {
        if (outcome != null && (failure == null || outcome.kind().compareTo(failure.kind()) > 0)) {
            failure = outcome;
        }
    }

    void tick(final long now) {
        for (final TypeLookup lookup : List.copyOf(lookups)) {
            lookup.tick(now);
        }
    }

    /** When {@link #tick} has to be called at the latest. */
    long deadline() {
        long earliest = Long.MAX_VALUE;
        for (final TypeLookup lookup : lookups) {
            earliest = Math.min(earliest, lookup.deadline());
        }
        return earliest;
    }

    boolean isDone() {
        return done;
    }

    /** The addresses of one family; empty as long as they may still come. */
    Optional<List<IpAddress>> addresses(final boolean ipv4) {
        if (done && lookups.isEmpty()) {
            return Optional.of(
                    local.stream().filter(each -> each.isIpv4() == ipv4).toList());
        }
        final List<DnsRecord> found = records(ipv4 ? DnsCodec.A : DnsCodec.AAAA);
        if (found.isEmpty() && !done) {
            return Optional.empty();
        }
        return Optional.of(found.stream()
                .flatMap(each -> each.address().stream())
                .distinct()
                .toList());
    }

    /** The records of a type that have been found so far. */
    List<DnsRecord> records(final int type) {
        for (int i = 0; i < lookups.size(); i++) {
            final Outcome outcome = lookups.get(i).outcome();
            if (types[i] == type && outcome != null) {
                return outcome.records();
            }
        }
        return List.of();
    }

    /** Why there are no records, if so. */
    ResolutionFailure failure() {
        final Outcome why = failure == null ? Outcome.none(Outcome.Kind.NO_DATA, 0, "") : failure;
        return switch (why.kind()) {
            case NO_NAME -> new ResolutionFailure(name.text() + ": unknown host", false);
            case FOUND, NO_DATA -> new ResolutionFailure(name.text() + " has no " + what(), false);
            case SERVER_FAILURE, UNREACHABLE -> new ResolutionFailure(name.text() + ": " + why.reason(), true);
        };
    }

    private String what() {
        return asksForAddresses() ? "address" : DnsCodec.typeName(types[0]) + " record";
    }

    void close() {
        lookups.forEach(TypeLookup::close);
    }
}
