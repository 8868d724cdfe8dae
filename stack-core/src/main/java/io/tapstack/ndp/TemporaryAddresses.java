package io.tapstack.ndp;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.AddressList;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.HostAddress;
import io.tapstack.time.Lifetime;
import io.tapstack.time.TimerWheel;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Temporary addresses (RFC 8981): a random one for each prefix, replaced before it becomes deprecated, so that a host's
 * connections cannot be told to be one host's for longer than a day.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class TemporaryAddresses {

    private static final Logger LOG = LoggerFactory.getLogger(TemporaryAddresses.class);

    // RFC 8981 3.8
    private static final long SECOND = 1_000_000_000L;
    private static final long DAY = 86_400 * SECOND;
    static final long TEMP_VALID_LIFETIME = 2 * DAY;
    static final long TEMP_PREFERRED_LIFETIME = DAY;
    static final long MAX_DESYNC_FACTOR = TEMP_PREFERRED_LIFETIME / 10 * 4;
    private static final int TEMP_IDGEN_RETRIES = 3;

    private static final int PREFIX_LENGTH = 64;

    private final AddressList addresses;
    private final DuplicateAddressDetection duplicates;
    private final boolean enabled;
    private final int limit;
    private final long regenAdvanceNanos;
    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final RandomGenerator random;
    private final List<Entry> entries = new ArrayList<>();

    TemporaryAddresses(
            final AddressList addresses,
            final DuplicateAddressDetection duplicates,
            final NdpConfig config,
            final TimerWheel wheel,
            final StackStatistics statistics,
            final RandomGenerator random) {
        this.addresses = addresses;
        this.duplicates = duplicates;
        this.enabled = config.temporaryAddresses();
        this.limit = 2 * config.limits().addresses();
        this.wheel = wheel;
        this.statistics = statistics;
        this.random = random;
        this.regenAdvanceNanos = 2 * SECOND
                + TEMP_IDGEN_RETRIES
                        * config.duplicateProbes()
                        * config.neighbors().requestIntervalNanos();
    }

    /** A prefix was advertised: its addresses live as long, but not beyond their own limits (RFC 8981 3.4). */
    void advertised(final AutoPrefix prefix) {
        for (final Entry entry : entries) {
            if (entry.address.address().high() == prefix.high) {
                entry.address.lifetimes(
                        Lifetime.earlier(prefix.preferredUntil, entry.preferredLimit),
                        Lifetime.earlier(prefix.validUntil, entry.validLimit));
            }
        }
    }

    /** Makes the addresses whose time has come, and forgets the removed ones. */
    void update(final List<AutoPrefix> prefixes) {
        if (!enabled) {
            return;
        }
        entries.removeIf(entry -> entry.address.state() == AddressState.REMOVED);
        for (int i = 0; i < prefixes.size(); i++) {
            final AutoPrefix prefix = prefixes.get(i);
            if (!prefix.isLinkLocal() && !prefix.temporaryGivenUp && !hasFresh(prefix)) {
                make(prefix, 0);
            }
        }
    }

    /** True if an address of the prefix is not to be replaced yet. */
    private boolean hasFresh(final AutoPrefix prefix) {
        final long now = wheel.nowNanos();
        for (final Entry entry : entries) {
            if (entry.address.address().high() == prefix.high && !Lifetime.isOver(regenAt(entry), now)) {
                return true;
            }
        }
        return false;
    }

    /** RFC 8981 3.5: REGEN_ADVANCE before it becomes deprecated. */
    private long regenAt(final Entry entry) {
        final long preferred = entry.address.preferredUntilNanos();
        return preferred == Lifetime.FOREVER ? Lifetime.FOREVER : preferred - regenAdvanceNanos;
    }

    /** Another host has a temporary address, which is removed: another one is made, a few times (RFC 8981 3.4 (7)). */
    void duplicate(final HostAddress address, final @Nullable AutoPrefix prefix) {
        for (int i = 0; i < entries.size(); i++) {
            final Entry entry = entries.get(i);
            if (entry.address == address) {
                entries.remove(i);
                if (prefix != null && entry.retries < TEMP_IDGEN_RETRIES) {
                    make(prefix, entry.retries + 1);
                } else if (prefix != null) {
                    LOG.error("no temporary address could be made for the prefix of {}", address.address());
                    prefix.temporaryGivenUp = true;
                }
                return;
            }
        }
    }

    private void make(final AutoPrefix prefix, final int retries) {
        final long now = wheel.nowNanos();
        // RFC 8981 3.8: the hosts of a link that were switched on together must not replace theirs together.
        final long desync = random.nextLong(MAX_DESYNC_FACTOR);
        final long preferredLimit = now + TEMP_PREFERRED_LIFETIME - desync;
        final long preferred = Lifetime.earlier(prefix.preferredUntil, preferredLimit);
        if (preferred - now <= regenAdvanceNanos) {
            // RFC 8981 3.4 (5): it would have to be replaced at once.
            return;
        }
        if (entries.size() >= limit) {
            statistics.drop(DropReason.NDP_LIMIT);
            return;
        }
        final HostAddress address = new HostAddress(
                InterfaceId.address(prefix.high, InterfaceId.temporary(random)),
                PREFIX_LENGTH,
                HostAddress.Origin.TEMPORARY,
                AddressState.TENTATIVE);
        if (addresses.find(address.address()) != null) {
            return;
        }
        final long validLimit = now + TEMP_VALID_LIFETIME;
        address.lifetimes(preferred, Lifetime.earlier(prefix.validUntil, validLimit));
        if (prefix.router != null) {
            address.advertisedBy(prefix.router);
        }
        entries.add(new Entry(address, preferredLimit, validLimit, retries));
        addresses.add(address);
        duplicates.start(address);
    }

    /** The time of the next replacement, or {@link Lifetime#FOREVER}. */
    long nextDeadline() {
        long earliest = Lifetime.FOREVER;
        for (final Entry entry : entries) {
            if (!Lifetime.isOver(regenAt(entry), wheel.nowNanos())) {
                earliest = Lifetime.earlier(earliest, regenAt(entry));
            }
        }
        return earliest;
    }

    int size() {
        return entries.size();
    }

    void clear() {
        entries.clear();
    }

    private record Entry(HostAddress address, long preferredLimit, long validLimit, int retries) {}
}
