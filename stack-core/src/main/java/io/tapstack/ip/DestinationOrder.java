package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sorts the addresses of one destination, best first (RFC 6724 6). Rules 4 and 7 are about Mobile IPv6 and transition
 * tunnels, which the stack does not have. Immutable.
 */
public final class DestinationOrder {

    private final AddressPolicy policy;

    public DestinationOrder(final AddressPolicy policy) {
        this.policy = policy;
    }

    /**
     * A sorted copy of {@code destinations}.
     *
     * @param sources the source that would be used for a destination; null if there is none, or no route
     */
    public List<IpAddress> sort(
            final List<IpAddress> destinations, final Function<IpAddress, @Nullable HostAddress> sources) {
        final List<Candidate> candidates = new ArrayList<>(destinations.size());
        for (final IpAddress destination : destinations) {
            candidates.add(new Candidate(destination, sources.apply(destination)));
        }
        // Rule 10: otherwise, leave the order unchanged; the sort is stable.
        candidates.sort(this::compare);
        return candidates.stream().map(Candidate::destination).toList();
    }

    /** Below zero if {@code a} comes first. */
    private int compare(final Candidate a, final Candidate b) {
        final HostAddress sourceA = a.source();
        final HostAddress sourceB = b.source();
        // Rule 1: avoid unusable destinations.
        if (sourceA == null || sourceB == null) {
            return prefer(sourceA != null, sourceB != null);
        }
        final int scopeA = AddressScope.of(a.destination());
        final int scopeB = AddressScope.of(b.destination());
        // Rule 2: prefer matching scope.
        int order = prefer(scopeA == AddressScope.of(sourceA.address()), scopeB == AddressScope.of(sourceB.address()));
        if (order == 0) {
            // Rule 3: avoid deprecated addresses.
            order = prefer(sourceA.state() != AddressState.DEPRECATED, sourceB.state() != AddressState.DEPRECATED);
        }
        if (order == 0) {
            // Rule 5: prefer matching label.
            order = prefer(hasSameLabel(a.destination(), sourceA), hasSameLabel(b.destination(), sourceB));
        }
        if (order == 0) {
            // Rule 6: prefer higher precedence.
            order = Integer.compare(policy.precedence(b.destination()), policy.precedence(a.destination()));
        }
        if (order == 0) {
            // Rule 8: prefer smaller scope.
            order = Integer.compare(scopeA, scopeB);
        }
        if (order == 0 && !a.destination().isIpv4() && !b.destination().isIpv4()) {
            // Rule 9: use longest matching prefix. For IPv4 it would undo the rotation of DNS servers, as addresses
            // near in number are not near in the network; glibc leaves it out too, but for the own subnet.
            order = Integer.compare(
                    SourceSelection.commonLength(sourceB, b.destination()),
                    SourceSelection.commonLength(sourceA, a.destination()));
        }
        return order;
    }

    private boolean hasSameLabel(final IpAddress destination, final HostAddress source) {
        return policy.label(destination) == policy.label(source.address());
    }

    private static int prefer(final boolean a, final boolean b) {
        return Boolean.compare(b, a);
    }

    private record Candidate(
            IpAddress destination, @Nullable HostAddress source) {}
}
