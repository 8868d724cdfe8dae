package io.tapstack.ndp;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.time.Lifetime;
import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stateless address autoconfiguration (RFC 4862 5.3, 5.5): a link-local address, and one for each prefix that routers
 * offer, with identifiers that are stable and tell nothing (RFC 7217). An address becomes deprecated and is removed
 * when its lifetimes end.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class AddressAutoconfiguration {

    /** fe80::/64. */
    static final long LINK_LOCAL_PREFIX = 0xFE80_0000_0000_0000L;

    private static final Logger LOG = LoggerFactory.getLogger(AddressAutoconfiguration.class);
    private static final int PREFIX_LENGTH = 64;
    private static final long TWO_HOURS = 7_200_000_000_000L;

    // RFC 7217 7
    private static final int IDGEN_RETRIES = 3;
    private static final long IDGEN_DELAY = 1_000_000_000L;

    private final AddressList addresses;
    private final DuplicateAddressDetection duplicates;
    private final InterfaceId ids;
    private final TemporaryAddresses temporary;
    private final int limit;
    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final Timer timer;
    private final List<AutoPrefix> prefixes = new ArrayList<>();

    AddressAutoconfiguration(
            final AddressList addresses,
            final DuplicateAddressDetection duplicates,
            final InterfaceId ids,
            final TemporaryAddresses temporary,
            final int limit,
            final TimerWheel wheel,
            final StackStatistics statistics) {
        this.addresses = addresses;
        this.duplicates = duplicates;
        this.ids = ids;
        this.temporary = temporary;
        this.limit = limit;
        this.wheel = wheel;
        this.statistics = statistics;
        this.timer = new Timer(wheel, this::update);
    }

    /** Makes a link-local address (RFC 4862 5.3), whose lifetimes do not end. */
    void makeLinkLocal() {
        final AutoPrefix prefix = new AutoPrefix(LINK_LOCAL_PREFIX);
        prefixes.add(prefix);
        makeStable(prefix);
    }

    /**
     * A router advertised a prefix of 64 bits for addresses (RFC 4862 5.5.3).
     *
     * @param high bits 127 to 64 of the prefix
     * @param validSeconds its valid lifetime, 32 bits
     * @param preferredSeconds its preferred lifetime, not larger
     */
    void advertised(final IpAddress router, final long high, final long validSeconds, final long preferredSeconds) {
        final long now = wheel.nowNanos();
        AutoPrefix prefix = find(high);
        if (prefix == null) {
            if (validSeconds == 0) {
                return;
            }
            if (prefixes.size() >= limit) {
                statistics.drop(DropReason.NDP_LIMIT);
                return;
            }
            prefix = new AutoPrefix(high);
            prefix.validUntil = Lifetime.until(now, validSeconds);
            prefixes.add(prefix);
        } else {
            prefix.validUntil = valid(prefix.validUntil, validSeconds, now);
        }
        prefix.preferredUntil = Lifetime.until(now, preferredSeconds);
        prefix.router = router;
        if (prefix.stable == null && prefix.dadCounter == 0) {
            makeStable(prefix);
        }
        final HostAddress stable = prefix.stable;
        if (stable != null) {
            stable.lifetimes(prefix.preferredUntil, prefix.validUntil);
            stable.advertisedBy(router);
        }
        temporary.advertised(prefix);
        update(now);
    }

    /**
     * RFC 4862 5.5.3 (e): a lifetime of less than two hours ends no address at once, as anyone on the link could send
     * it.
     */
    private static long valid(final long until, final long seconds, final long now) {
        final long left = Lifetime.leftNanos(until, now);
        final long received = Lifetime.leftNanos(Lifetime.until(now, seconds), now);
        if (received > TWO_HOURS || received > left) {
            return Lifetime.until(now, seconds);
        }
        return left <= TWO_HOURS ? until : now + TWO_HOURS;
    }

    /** Another host has one of our addresses. */
    void duplicate(final HostAddress address) {
        if (address.origin() == HostAddress.Origin.TEMPORARY) {
            addresses.remove(address);
            temporary.duplicate(address, find(address.address().high()));
            return;
        }
        for (final AutoPrefix prefix : prefixes) {
            if (prefix.stable == address) {
                addresses.remove(address);
                prefix.stable = null;
                prefix.dadCounter++;
                if (prefix.dadCounter > IDGEN_RETRIES) {
                    LOG.error("no address could be made for the prefix of {}", address.address());
                } else {
                    prefix.retryAt = wheel.nowNanos() + IDGEN_DELAY;
                }
                arm();
                return;
            }
        }
    }

    /** Forgets all prefixes; the addresses stay in their list. */
    void stop() {
        timer.cancel();
        prefixes.clear();
        temporary.clear();
    }

    /** The number of prefixes, that of link-local addresses among them. */
    int size() {
        return prefixes.size();
    }

    private @Nullable AutoPrefix find(final long high) {
        for (final AutoPrefix prefix : prefixes) {
            if (prefix.high == high) {
                return prefix;
            }
        }
        return null;
    }

    private void makeStable(final AutoPrefix prefix) {
        prefix.retryAt = Lifetime.FOREVER;
        final IpAddress made = InterfaceId.address(prefix.high, ids.stable(prefix.high, prefix.dadCounter));
        if (addresses.find(made) != null) {
            return;
        }
        final HostAddress.Origin origin =
                prefix.isLinkLocal() ? HostAddress.Origin.LINK_LOCAL : HostAddress.Origin.STABLE;
        final HostAddress address = new HostAddress(made, PREFIX_LENGTH, origin, AddressState.TENTATIVE);
        address.lifetimes(prefix.preferredUntil, prefix.validUntil);
        if (prefix.router != null) {
            address.advertisedBy(prefix.router);
        }
        prefix.stable = address;
        addresses.add(address);
        duplicates.start(address);
    }

    /** Applies all lifetimes (RFC 4862 5.5.4), and makes the addresses whose time has come. */
    private void update(final long nowNanos) {
        for (final HostAddress address : addresses.all()) {
            if (isOurs(address)) {
                update(address, nowNanos);
            }
        }
        for (final AutoPrefix prefix : List.copyOf(prefixes)) {
            if (Lifetime.isOver(prefix.validUntil, nowNanos)) {
                prefixes.remove(prefix);
            } else if (Lifetime.isOver(prefix.retryAt, nowNanos)) {
                makeStable(prefix);
            }
        }
        temporary.update(prefixes);
        arm();
    }

    private void update(final HostAddress address, final long nowNanos) {
        if (Lifetime.isOver(address.validUntilNanos(), nowNanos)) {
            duplicates.release(address);
            addresses.remove(address);
            return;
        }
        if (address.isUsable()) {
            final boolean old = Lifetime.isOver(address.preferredUntilNanos(), nowNanos);
            address.state(old ? AddressState.DEPRECATED : AddressState.PREFERRED);
        }
    }

    private static boolean isOurs(final HostAddress address) {
        return address.origin() == HostAddress.Origin.STABLE || address.origin() == HostAddress.Origin.TEMPORARY;
    }

    private void arm() {
        final long now = wheel.nowNanos();
        long earliest = temporary.nextDeadline();
        for (final AutoPrefix prefix : prefixes) {
            earliest = Lifetime.earlier(earliest, Lifetime.earlier(prefix.validUntil, prefix.retryAt));
        }
        for (int i = 0; i < addresses.size(); i++) {
            final HostAddress address = addresses.get(i);
            if (isOurs(address)) {
                earliest = Lifetime.earlier(earliest, address.validUntilNanos());
                if (!Lifetime.isOver(address.preferredUntilNanos(), now)) {
                    earliest = Lifetime.earlier(earliest, address.preferredUntilNanos());
                }
            }
        }
        Lifetime.arm(timer, earliest);
    }
}
