package io.tapstack.httpd;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;

/**
 * A strong validator of a file (RFC 9110 section 8.8.3), made of its size and its time of change in nanoseconds.
 *
 * @param quoted the tag with its quotes, as it stands in the header
 */
record EntityTag(String quoted) {

    static EntityTag of(final BasicFileAttributes file) {
        final long nanos = file.lastModifiedTime().to(TimeUnit.NANOSECONDS);
        return new EntityTag('"' + Long.toHexString(file.size()) + '-' + Long.toHexString(nanos) + '"');
    }

    /** Strong comparison (RFC 9110 section 8.8.3.2): a weak tag matches nothing. */
    boolean matchesStrongly(final String other) {
        return quoted.equals(other);
    }

    /** Whether a list of tags, or {@code *}, has this one. */
    boolean isIn(final String list, final boolean weakToo) {
        if (list.strip().equals("*")) {
            return true;
        }
        int at = list.indexOf(quoted);
        while (at >= 0) {
            final boolean weak = at >= 2 && list.startsWith("W/", at - 2);
            if (isElement(list, weak ? at - 2 : at, at + quoted.length()) && (weakToo || !weak)) {
                return true;
            }
            at = list.indexOf(quoted, at + 1);
        }
        return false;
    }

    /** Whether {@code list[from, to)} stands between commas, blanks or the ends. Our tags have no comma inside. */
    private static boolean isElement(final String list, final int from, final int to) {
        return (from == 0 || isSeparator(list.charAt(from - 1)))
                && (to == list.length() || isSeparator(list.charAt(to)));
    }

    private static boolean isSeparator(final char c) {
        return c == ',' || c == ' ' || c == '\t';
    }
}
