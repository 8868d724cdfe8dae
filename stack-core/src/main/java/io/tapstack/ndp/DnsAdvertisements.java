package io.tapstack.ndp;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.time.Lifetime;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.NdpOption;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The DNS servers and search domains that routers advertise (RFC 8106), with their lifetimes. When a list is full, the
 * entry that ends first makes room for one that ends later (RFC 8106 6.2).
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class DnsAdvertisements {

    private static final int HEADER = 8;
    private static final int ADDRESS = 16;
    private static final int MAX_LABEL = 63;
    private static final int MAX_NAME = 253;

    private final TimerWheel wheel;
    private final StackStatistics statistics;
    private final int limit;
    private final List<Entry<IpAddress>> servers = new ArrayList<>();
    private final List<Entry<String>> domains = new ArrayList<>();

    DnsAdvertisements(final int limit, final TimerWheel wheel, final StackStatistics statistics) {
        this.limit = limit;
        this.wheel = wheel;
        this.statistics = statistics;
    }

    /** The servers whose lifetime has not ended, in the order of arrival. */
    public List<IpAddress> servers() {
        return values(servers);
    }

    /** The search domains whose lifetime has not ended, without a final dot. */
    public List<String> searchDomains() {
        return values(domains);
    }

    private <T> List<T> values(final List<Entry<T>> entries) {
        entries.removeIf(entry -> Lifetime.isOver(entry.until, wheel.nowNanos()));
        return entries.stream().map(Entry::value).toList();
    }

    /** Takes a DNS server option (RFC 8106 5.1). */
    void servers(final ByteBuffer bytes, final int option) {
        final long lifetime = NdpOption.lifetime(bytes, option);
        final int end = option + NdpOption.length(bytes, option);
        for (int at = option + HEADER; end - at >= ADDRESS; at += ADDRESS) {
            final IpAddress server = IpAddress.ipv6(bytes.getLong(at), bytes.getLong(at + 8));
            if (!server.isAny() && !server.isMulticast() && !server.isIpv4()) {
                put(servers, server, lifetime);
            }
        }
    }

    /** Takes a search list option (RFC 8106 5.2): names in the form of RFC 1035 3.1, padded with zeros. */
    void domains(final ByteBuffer bytes, final int option) {
        final long lifetime = NdpOption.lifetime(bytes, option);
        final int end = option + NdpOption.length(bytes, option);
        final StringBuilder name = new StringBuilder();
        int at = option + HEADER;
        while (at < end) {
            final int label = bytes.get(at++) & 0xFF;
            if (label == 0) {
                if (name.length() > 0) {
                    put(domains, name.toString(), lifetime);
                }
                name.setLength(0);
                continue;
            }
            if (label > MAX_LABEL || label > end - at || name.length() + label + 1 > MAX_NAME) {
                // A compressed or truncated name: the rest of the option has no meaning.
                return;
            }
            final byte[] text = new byte[label];
            bytes.get(at, text);
            if (!isHostName(text)) {
                return;
            }
            name.append(name.length() > 0 ? "." : "").append(new String(text, StandardCharsets.US_ASCII));
            at += label;
        }
    }

    /** Letters, digits, hyphens and underscores, so that no name can do harm in a file or a log. */
    private static boolean isHostName(final byte[] label) {
        for (final byte each : label) {
            final boolean sound = each >= 'a' && each <= 'z'
                    || each >= 'A' && each <= 'Z'
                    || each >= '0' && each <= '9'
                    || each == '-'
                    || each == '_';
            if (!sound) {
                return false;
            }
        }
        return true;
    }

    private <T> void put(final List<Entry<T>> entries, final T value, final long seconds) {
        final long now = wheel.nowNanos();
        final Entry<T> added = new Entry<>(value, Lifetime.until(now, seconds));
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).value().equals(value)) {
                if (seconds == 0) {
                    entries.remove(i);
                } else {
                    entries.set(i, added);
                }
                return;
            }
        }
        if (seconds == 0) {
            return;
        }
        entries.removeIf(entry -> Lifetime.isOver(entry.until, now));
        if (entries.size() < limit) {
            entries.add(added);
            return;
        }
        statistics.drop(DropReason.NDP_LIMIT);
        int first = 0;
        for (int i = 1; i < entries.size(); i++) {
            if (Lifetime.earlier(entries.get(i).until(), entries.get(first).until())
                    != entries.get(first).until()) {
                first = i;
            }
        }
        if (Lifetime.earlier(entries.get(first).until(), added.until()) != added.until()) {
            entries.remove(first);
            entries.add(added);
        }
    }

    void clear() {
        servers.clear();
        domains.clear();
    }

    private record Entry<T>(T value, long until) {}
}
