package io.tapstack.wire;

import java.util.HexFormat;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Addresses as text: the forms of RFC 4291 2.2 are parsed, the form of RFC 5952 is printed. */
final class AddressText {

    private static final int WORDS = 8;

    private AddressText() {}

    /** The 32 bits of four decimal numbers with dots; empty if {@code text} is something else. */
    static OptionalInt parseIpv4(final String text) {
        final String[] parts = text.split("\\.", -1);
        if (parts.length != 4) {
            return OptionalInt.empty();
        }
        int bits = 0;
        for (final String part : parts) {
            final boolean valid = part.matches("0|[1-9][0-9]{0,2}") && Integer.parseInt(part) <= 255;
            if (!valid) {
                return OptionalInt.empty();
            }
            bits = bits << 8 | Integer.parseInt(part);
        }
        return OptionalInt.of(bits);
    }

    /** An address with colons, or null if {@code text} is none. */
    static @Nullable IpAddress parseIpv6(final String text) {
        final int[] words = new int[WORDS];
        int count = 0;
        int gap = -1;
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            final int colon = text.indexOf(':', at);
            final int end = colon < 0 ? text.length() : colon;
            final String group = text.substring(at, end);
            if (colon < 0 && group.indexOf('.') >= 0) {
                // RFC 4291 2.2, 3: the last 32 bits may be written as those of an IPv4 address.
                final OptionalInt bits = parseIpv4(group);
                if (bits.isEmpty() || count > WORDS - 2) {
                    return null;
                }
                words[count++] = bits.getAsInt() >>> 16;
                words[count++] = bits.getAsInt() & 0xFFFF;
                break;
            }
            final int word = word(group);
            if (word < 0 || count == WORDS) {
                return null;
            }
            words[count++] = word;
            if (colon < 0) {
                break;
            }
            at = end + 1;
            if (at == text.length()) {
                return null;
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                at++;
            }
        }
        return fill(words, count, gap);
    }

    /** One to four hexadecimal digits, or -1. */
    private static int word(final String group) {
        if (group.isEmpty() || group.length() > 4) {
            return -1;
        }
        for (int i = 0; i < group.length(); i++) {
            if (!HexFormat.isHexDigit(group.charAt(i))) {
                return -1;
            }
        }
        return HexFormat.fromHexDigits(group);
    }

    /** The address of {@code count} words with zeros at {@code gap}, or null without room for one, or without a gap. */
    private static @Nullable IpAddress fill(final int[] words, final int count, final int gap) {
        if (gap < 0 ? count != WORDS : count == WORDS) {
            return null;
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < WORDS; i++) {
            final int zeros = WORDS - count;
            final long word = gap < 0 || i < gap ? words[i] : i < gap + zeros ? 0 : words[i - zeros];
            if (i < WORDS / 2) {
                high = high << 16 | word;
            } else {
                low = low << 16 | word;
            }
        }
        return IpAddress.ipv6(high, low);
    }

    /** The canonical text of an IPv6 address (RFC 5952 4). */
    static String printIpv6(final long high, final long low) {
        // RFC 5952 4.2: "::" stands for the longest run of two or more zeros, the first of several.
        int gap = -1;
        int gapLength = 1;
        for (int i = 0; i < WORDS; i++) {
            int end = i;
            while (end < WORDS && word(high, low, end) == 0) {
                end++;
            }
            if (end - i > gapLength) {
                gap = i;
                gapLength = end - i;
            }
        }
        final StringBuilder text = new StringBuilder(39);
        for (int i = 0; i < WORDS; i++) {
            if (i == gap) {
                text.append("::");
                i += gapLength - 1;
            } else {
                final boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(word(high, low, i)));
            }
        }
        return text.toString();
    }

    private static int word(final long high, final long low, final int index) {
        final long half = index < WORDS / 2 ? high : low;
        return (int) (half >>> (48 - 16 * (index & 3))) & 0xFFFF;
    }
}
