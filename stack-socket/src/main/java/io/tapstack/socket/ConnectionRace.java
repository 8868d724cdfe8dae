package io.tapstack.socket;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Says which address to try next, and when: the algorithm of RFC 8305 (Happy Eyeballs, version 2), without sockets and
 * clocks. All times are in nanoseconds, and do not wrap. One thread.
 */
final class ConnectionRace {

    /** RFC 8305 8: how long IPv4 addresses wait for IPv6 ones that are still looked up. */
    static final long RESOLUTION_DELAY_NANOS = 50_000_000;

    /** RFC 8305 8: from one attempt to the next. */
    static final long CONNECTION_ATTEMPT_DELAY_NANOS = 250_000_000;

    private final UnaryOperator<List<IpAddress>> order;
    private final Set<IpAddress> known = new HashSet<>();

    private List<IpAddress> untried = List.of();
    private boolean hasIpv6;
    private boolean hasIpv4;
    private long ipv4Since;
    private @Nullable IpAddress last;
    private long lastSince;
    private boolean lastFailed;
    private int inProgress;

    /** @param order sorts addresses, the best first */
    ConnectionRace(final UnaryOperator<List<IpAddress>> order) {
        this.order = order;
    }

    /** Tells what is known of the name by now; a family that is still looked up is empty. */
    void resolved(final Optional<List<IpAddress>> ipv6, final Optional<List<IpAddress>> ipv4, final long now) {
        if (!hasIpv6 && ipv6.isPresent()) {
            hasIpv6 = true;
            add(ipv6.get());
        }
        if (!hasIpv4 && ipv4.isPresent()) {
            hasIpv4 = true;
            ipv4Since = now;
            add(ipv4.get());
        }
    }

    private void add(final List<IpAddress> addresses) {
        final List<IpAddress> all = new ArrayList<>(untried);
        for (final IpAddress address : addresses) {
            if (known.add(address)) {
                all.add(address);
            }
        }
        untried = order.apply(all);
    }

    /** The address to try now, or null if none is due. */
    @Nullable
    IpAddress next(final long now) {
        if (untried.isEmpty() || deadline() > now) {
            return null;
        }
        // RFC 8305 4: the families take turns; the first address is the best one of all.
        IpAddress chosen = untried.get(0);
        for (int i = untried.size() - 1; last != null && i >= 0; i--) {
            if (untried.get(i).isIpv4() != last.isIpv4()) {
                chosen = untried.get(i);
            }
        }
        untried = without(chosen);
        last = chosen;
        lastSince = now;
        lastFailed = false;
        inProgress++;
        return chosen;
    }

    private List<IpAddress> without(final IpAddress address) {
        return untried.stream().filter(each -> !each.equals(address)).toList();
    }

    /** The attempt at {@code address} has failed; if it was the latest, the next one need not wait. */
    void failed(final IpAddress address) {
        inProgress--;
        lastFailed |= last != null && last.equals(address);
    }

    /**
     * When {@link #next} has an address, or {@link Long#MIN_VALUE} for at once, or {@link Long#MAX_VALUE} for never.
     */
    long deadline() {
        if (untried.isEmpty()) {
            return Long.MAX_VALUE;
        }
        if (last != null) {
            // RFC 8305 5: not before the delay is over, or the attempt has failed.
            return lastFailed ? Long.MIN_VALUE : lastSince + CONNECTION_ATTEMPT_DELAY_NANOS;
        }
        // RFC 8305 3: IPv6 addresses are tried as soon as they are known, IPv4 ones after the resolution delay.
        return hasIpv6 ? Long.MIN_VALUE : ipv4Since + RESOLUTION_DELAY_NANOS;
    }

    /** True if all addresses have been tried, and none is left in progress. */
    boolean isLost() {
        return hasIpv6 && hasIpv4 && untried.isEmpty() && inProgress == 0;
    }
}
