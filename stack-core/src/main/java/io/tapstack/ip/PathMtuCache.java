package io.tapstack.ip;

import io.tapstack.time.Timer;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The path MTU to recent destinations, from "fragmentation needed" (RFC 1191) and "packet too big" messages (RFC 8201).
 * An entry expires after ten minutes, so that a larger MTU is found again (RFC 1191 6.3, RFC 8201 5.3). Bounded: the
 * oldest entry is evicted.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class PathMtuCache {

    /**
     * Smallest MTU that a message may impose on IPv4, as on Linux ({@code min_pmtu}): forged messages would otherwise
     * cut traffic into tiny pieces. If the path is really narrower, packets are sent with this size and without "don't
     * fragment".
     */
    public static final int MIN_MTU = 552;

    /** RFC 8200 5: the MTU that each link of IPv6 has. RFC 8201 4: a message with a smaller one is ignored. */
    public static final int MIN_IPV6_MTU = 1_280;

    /** IPv4: a header and eight bytes of payload. */
    private static final int MIN_BELIEVED = 28;

    static final long LIFETIME_NANOS = 600 * 1_000_000_000L;
    static final int MAX_ENTRIES = 1_024;

    /** RFC 1191 7.1: the MTUs of common links. */
    private static final int[] PLATEAUS = {32_000, 17_914, 8_166, 4_352, 2_002, 1_492, 1_006, 508, 296, 68};

    private record Entry(int mtu, boolean mayFragment, long expiresAt) {}

    private final Map<IpAddress, Entry> entries = new LinkedHashMap<>();
    private final TimerWheel wheel;
    private final Timer expiry;
    private int version;

    PathMtuCache(final TimerWheel wheel) {
        this.wheel = wheel;
        this.expiry = new Timer(wheel, this::expire);
    }

    /**
     * Learns that packets to {@code destination} must not be larger than {@code mtu}. A larger value than the known one
     * is not believed (RFC 1191 3).
     */
    void learn(final IpAddress destination, final int mtu) {
        final Entry known = entries.get(destination);
        if (mtu < (destination.isIpv4() ? MIN_BELIEVED : MIN_IPV6_MTU) || (known != null && mtu >= known.mtu)) {
            return;
        }
        if (known == null && entries.size() >= MAX_ENTRIES) {
            removeOldest();
        }
        entries.remove(destination);
        final long expiresAt = wheel.nowNanos() + LIFETIME_NANOS;
        entries.put(destination, new Entry(Math.max(mtu, MIN_MTU), mtu < MIN_MTU, expiresAt));
        if (!expiry.isArmed()) {
            expiry.arm(expiresAt);
        }
        version++;
    }

    /** The MTU learned for {@code destination}, or {@code otherwise}. */
    public int mtu(final IpAddress destination, final int otherwise) {
        final Entry entry = entries.get(destination);
        return entry == null ? otherwise : Math.min(entry.mtu, otherwise);
    }

    /** True if the path is too narrow to insist on "don't fragment". */
    boolean mayFragment(final IpAddress destination) {
        final Entry entry = entries.get(destination);
        return entry != null && entry.mayFragment;
    }

    /** RFC 1191 5: the next lower MTU of common links, for a router that did not send its own. */
    public static int plateauBelow(final int length) {
        for (final int plateau : PLATEAUS) {
            if (plateau < length) {
                return plateau;
            }
        }
        return PLATEAUS[PLATEAUS.length - 1];
    }

    /** Changes when an entry is learned or expires. */
    int version() {
        return version;
    }

    int size() {
        return entries.size();
    }

    void clear() {
        entries.clear();
        expiry.cancel();
        version++;
    }

    private void removeOldest() {
        final Iterator<Entry> oldestFirst = entries.values().iterator();
        oldestFirst.next();
        oldestFirst.remove();
    }

    private void expire(final long nowNanos) {
        entries.values().removeIf(entry -> entry.expiresAt - nowNanos <= 0);
        version++;
        final Entry oldest = oldest();
        if (oldest != null) {
            expiry.arm(oldest.expiresAt);
        }
    }

    /** All entries live equally long, so the one learned first expires first. */
    private @Nullable Entry oldest() {
        return entries.isEmpty() ? null : entries.values().iterator().next();
    }
}
