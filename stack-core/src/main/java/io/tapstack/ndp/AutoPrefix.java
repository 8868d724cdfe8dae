package io.tapstack.ndp;

import io.tapstack.ip.HostAddress;
import io.tapstack.time.Lifetime;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** A prefix of 64 bits from which the host makes addresses, with the lifetimes that a router gave it. */
final class AutoPrefix {

    /** Bits 127 to 64 of its addresses. */
    final long high;

    /** The duplicates found so far (RFC 7217 5, DAD_Counter). */
    int dadCounter;

    /** The stable address, or null after a duplicate. */
    @Nullable
    HostAddress stable;

    /** The time to make a stable address again, or {@link Lifetime#FOREVER}. */
    long retryAt = Lifetime.FOREVER;

    /** Set after too many duplicates of random identifiers: no temporary address is made any more. */
    boolean temporaryGivenUp;

    /** The router that advertised it last; null for the prefix of link-local addresses. */
    @Nullable
    IpAddress router;

    long preferredUntil = Lifetime.FOREVER;
    long validUntil = Lifetime.FOREVER;

    AutoPrefix(final long high) {
        this.high = high;
    }

    boolean isLinkLocal() {
        return high == AddressAutoconfiguration.LINK_LOCAL_PREFIX;
    }
}
