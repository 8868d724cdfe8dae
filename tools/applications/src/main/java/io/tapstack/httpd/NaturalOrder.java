package io.tapstack.httpd;

import java.util.Comparator;

/**
 * The order in which people look for names: case-insensitive, and numbers by their value, so that {@code part9} comes
 * before {@code Part10}. Names that differ only in case or in leading zeros are ordered by their chars, so that the
 * order is total.
 */
final class NaturalOrder implements Comparator<String> {

    static final NaturalOrder INSTANCE = new NaturalOrder();

    private NaturalOrder() {}

    @Override
    public int compare(final String one, final String other) {
        int i = 0;
        int j = 0;
        while (i < one.length() && j < other.length()) {
            if (isDigit(one.charAt(i)) && isDigit(other.charAt(j))) {
                final int oneEnd = digitsEnd(one, i);
                final int otherEnd = digitsEnd(other, j);
                final int order = compareNumbers(one, i, oneEnd, other, j, otherEnd);
                if (order != 0) {
                    return order;
                }
                i = oneEnd;
                j = otherEnd;
            } else {
                final int a = one.codePointAt(i);
                final int b = other.codePointAt(j);
                final int order = Integer.compare(folded(a), folded(b));
                if (order != 0) {
                    return order;
                }
                i += Character.charCount(a);
                j += Character.charCount(b);
            }
        }
        final int order = Integer.compare(one.length() - i, other.length() - j);
        return order != 0 ? order : one.compareTo(other);
    }

    /**
     * Numbers of any length, so the value is not computed: without leading zeros the longer number is the larger one.
     */
    private static int compareNumbers(
            final String one,
            final int from,
            final int end,
            final String other,
            final int otherFrom,
            final int otherEnd) {
        final int first = firstNonZero(one, from, end);
        final int otherFirst = firstNonZero(other, otherFrom, otherEnd);
        final int order = Integer.compare(end - first, otherEnd - otherFirst);
        return order != 0 ? order : one.substring(first, end).compareTo(other.substring(otherFirst, otherEnd));
    }

    private static int firstNonZero(final String text, final int from, final int end) {
        int i = from;
        while (i < end && text.charAt(i) == '0') {
            i++;
        }
        return i;
    }

    private static int digitsEnd(final String text, final int from) {
        int end = from;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    private static boolean isDigit(final char c) {
        return c >= '0' && c <= '9';
    }

    /** As in {@link String#compareToIgnoreCase}. */
    private static int folded(final int codePoint) {
        return Character.toLowerCase(Character.toUpperCase(codePoint));
    }
}
