package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the source address for a destination (RFC 6724 5), for both families. The candidates are the addresses of the
 * interface that the packet leaves by, as a host with the strong model needs (RFC 6724 4), so rule 5 never decides;
 * rule 4 is about Mobile IPv6, which the stack does not speak. Immutable; allocates nothing.
 */
public final class SourceSelection {

    /** Selection by the default policy table, which prefers temporary addresses to stable ones (RFC 6724 5, rule 7). */
    public static final SourceSelection DEFAULT = new SourceSelection(AddressPolicy.DEFAULT, true);

    private final AddressPolicy policy;
    private final boolean prefersTemporary;

    public SourceSelection(final AddressPolicy policy, final boolean prefersTemporary) {
        this.policy = policy;
        this.prefersTemporary = prefersTemporary;
    }

    /**
     * The best source for {@code destination}, or null if no usable address has its family.
     *
     * @param candidates the addresses of the outgoing interface
     */
    public @Nullable HostAddress select(final AddressList candidates, final IpAddress destination) {
        return select(candidates, destination, null);
    }

    /**
     * As {@link #select(AddressList, IpAddress)}, by a router.
     *
     * @param router the next hop, or null if the destination is on the link
     */
    public @Nullable HostAddress select(
            final AddressList candidates, final IpAddress destination, final @Nullable IpAddress router) {
        HostAddress best = null;
        for (int i = 0; i < candidates.size(); i++) {
            final HostAddress candidate = candidates.get(i);
            if (!candidate.isUsable() || candidate.address().isIpv4() != destination.isIpv4()) {
                continue;
            }
            if (best == null || isBetter(candidate, best, destination, router)) {
                best = candidate;
            }
        }
        return best;
    }

    /** True if {@code a} is better than {@code b}, the earlier candidate, which wins if all rules tie. */
    private boolean isBetter(
            final HostAddress a, final HostAddress b, final IpAddress destination, final @Nullable IpAddress router) {
        // Rule 1: prefer same address.
        if (a.address().equals(destination) || b.address().equals(destination)) {
            return a.address().equals(destination);
        }
        // Rule 2: prefer appropriate scope.
        final int scopeA = AddressScope.of(a.address());
        final int scopeB = AddressScope.of(b.address());
        if (scopeA != scopeB) {
            final int scope = AddressScope.of(destination);
            return scopeA < scopeB ? scopeA >= scope : scopeB < scope;
        }
        // Rule 3: avoid deprecated addresses.
        if (a.state() != b.state()) {
            return a.state() == AddressState.PREFERRED;
        }
        // Rule 5.5: prefer addresses in a prefix advertised by the next hop.
        final boolean nextHopA = router != null && Objects.equals(router, a.advertisedBy());
        final boolean nextHopB = router != null && Objects.equals(router, b.advertisedBy());
        if (nextHopA != nextHopB) {
            return nextHopA;
        }
        // Rule 6: prefer matching label.
        final int label = policy.label(destination);
        final boolean labelA = policy.label(a.address()) == label;
        final boolean labelB = policy.label(b.address()) == label;
        if (labelA != labelB) {
            return labelA;
        }
        // Rule 7: prefer temporary addresses.
        final boolean temporaryA = a.origin() == HostAddress.Origin.TEMPORARY;
        final boolean temporaryB = b.origin() == HostAddress.Origin.TEMPORARY;
        if (temporaryA != temporaryB) {
            return temporaryA == prefersTemporary;
        }
        // Rule 8: use longest matching prefix.
        return commonLength(a, destination) > commonLength(b, destination);
    }

    /** CommonPrefixLen of RFC 6724 2.2: at most the length of the source's prefix. */
    static int commonLength(final HostAddress source, final IpAddress destination) {
        final IpAddress address = source.address();
        final int common =
                AddressPrefix.commonLength(address.high(), address.low(), destination.high(), destination.low());
        return Math.min(common, address.isIpv4() ? 96 + source.prefixLength() : source.prefixLength());
    }
}
