package io.tapstack.httpd;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A range of a file (RFC 9110 section 14.1).
 *
 * @param position its first byte
 * @param count number of bytes, at least 1
 */
record ByteRange(long position, long count) {

    private static final String UNIT = "bytes=";

    /** The position after the last byte. */
    long end() {
        return position + count;
    }

    /** As in a Content-Range field, {@code bytes 0-99/1234}. */
    String contentRange(final long size) {
        return "bytes " + position + '-' + (end() - 1) + '/' + size;
    }

    /**
     * Reads a Range field.
     *
     * <p>Ranges that overlap are merged, as RFC 9110 section 15.3.7.2 allows, so that a request cannot ask for more
     * than the file; then they are sorted. Otherwise they keep the order of the request.
     *
     * @return the satisfiable ranges, none if no range can be satisfied (416); empty if the field is to be ignored,
     *     since it is malformed, in another unit, or asks for more than {@code limit} ranges
     */
    static Optional<List<ByteRange>> parse(final String field, final long size, final int limit) {
        if (!field.toLowerCase(Locale.ROOT).startsWith(UNIT)) {
            return Optional.empty();
        }
        final List<ByteRange> ranges = new ArrayList<>();
        int specs = 0;
        for (final String element : field.substring(UNIT.length()).split(",", limit + 2)) {
            final String spec = element.strip();
            if (spec.isEmpty()) {
                continue;
            }
            specs++;
            final int dash = spec.indexOf('-');
            if (dash < 0 || specs > limit) {
                return Optional.empty();
            }
            final long first = number(spec.substring(0, dash));
            final long last = number(spec.substring(dash + 1));
            if (first == MALFORMED
                    || last == MALFORMED
                    || first == ABSENT && last == ABSENT
                    || first >= 0 && last >= 0 && last < first) {
                return Optional.empty();
            }
            if (size == 0 && first == ABSENT && last > 0) {
                return Optional.empty(); // satisfiable, but no Content-Range can express zero bytes
            }
            satisfiable(first, last, size).ifPresent(ranges::add);
        }
        return specs == 0 ? Optional.empty() : Optional.of(merged(ranges));
    }

    private static final long ABSENT = -1;
    private static final long MALFORMED = -2;

    private static long number(final String digits) {
        if (digits.isEmpty()) {
            return ABSENT;
        }
        if (!digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return MALFORMED;
        }
        try {
            return Long.parseLong(digits);
        } catch (final NumberFormatException e) {
            return Long.MAX_VALUE; // beyond any file, which is enough to know
        }
    }

    private static Optional<ByteRange> satisfiable(final long first, final long last, final long size) {
        if (first == ABSENT) {
            final long count = Math.min(last, size);
            return count == 0 ? Optional.empty() : Optional.of(new ByteRange(size - count, count));
        }
        if (first >= size) {
            return Optional.empty();
        }
        final long lastByte = last == ABSENT ? size - 1 : Math.min(last, size - 1);
        return Optional.of(new ByteRange(first, lastByte - first + 1));
    }

    private static List<ByteRange> merged(final List<ByteRange> ranges) {
        final List<ByteRange> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(ByteRange::position));
        final List<ByteRange> merged = new ArrayList<>();
        for (final ByteRange range : sorted) {
            final int last = merged.size() - 1;
            if (last >= 0 && range.position < merged.get(last).end()) {
                final ByteRange before = merged.get(last);
                final long end = Math.max(before.end(), range.end());
                merged.set(last, new ByteRange(before.position, end - before.position));
            } else {
                merged.add(range);
            }
        }
        return merged.size() == ranges.size() ? ranges : merged;
    }
}
