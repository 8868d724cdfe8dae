package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The policy table of RFC 6724 2.1: a precedence, which orders destinations, and a label, which prefers sources of the
 * same kind. The longest matching prefix wins. Immutable.
 */
public final class AddressPolicy {

    /** The default table of RFC 6724 2.1. */
    public static final AddressPolicy DEFAULT = new AddressPolicy(List.of(
            new Entry("::1", 128, 50, 0),
            new Entry("::", 0, 40, 1),
            new Entry("::ffff:0:0", 96, 35, 4),
            new Entry("2002::", 16, 30, 2),
            new Entry("2001::", 32, 5, 5),
            new Entry("fc00::", 7, 3, 13),
            new Entry("::", 96, 1, 3),
            new Entry("fec0::", 10, 1, 11),
            new Entry("3ffe::", 16, 1, 12)));

    private final List<Entry> entries;

    /** A table; it needs an entry with a prefix of length 0. */
    public AddressPolicy(final List<Entry> entries) {
        final List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingInt(Entry::prefixLength).reversed());
        if (sorted.isEmpty() || sorted.get(sorted.size() - 1).prefixLength() != 0) {
            throw new IllegalArgumentException("a policy table needs an entry for ::/0");
        }
        this.entries = List.copyOf(sorted);
    }

    /** A larger precedence makes a better destination. */
    public int precedence(final IpAddress address) {
        return entry(address).precedence();
    }

    /** Addresses with the same label suit each other as source and destination. */
    public int label(final IpAddress address) {
        return entry(address).label();
    }

    private Entry entry(final IpAddress address) {
        final long high = address.high();
        final long low = address.low();
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i).matches(high, low)) {
                return entries.get(i);
            }
        }
        throw new IllegalStateException("no entry for ::/0");
    }

    /**
     * An entry of the table.
     *
     * @param high bits 127 to 64 of the prefix; those of IPv4 are in ::ffff:0:0/96
     * @param low bits 63 to 0
     * @param prefixLength 0 to 128
     */
    public record Entry(long high, long low, int prefixLength, int precedence, int label) {

        Entry(final String prefix, final int prefixLength, final int precedence, final int label) {
            this(IpAddress.parse(prefix).high(), IpAddress.parse(prefix).low(), prefixLength, precedence, label);
        }

        boolean matches(final long otherHigh, final long otherLow) {
            return AddressPrefix.commonLength(high, low, otherHigh, otherLow) >= prefixLength;
        }
    }
}
