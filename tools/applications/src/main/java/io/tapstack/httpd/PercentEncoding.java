package io.tapstack.httpd;

/** Percent-encoding of one path segment (RFC 3986 section 2.1). */
final class PercentEncoding {

    private static final String HEX = "0123456789ABCDEF";

    private PercentEncoding() {}

    /** Appends {@code segment}, an octet string, with all but unreserved characters encoded. */
    static void append(final StringBuilder to, final String segment) {
        for (int i = 0; i < segment.length(); i++) {
            final char c = segment.charAt(i);
            if (isUnreserved(c)) {
                to.append(c);
            } else {
                to.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xf));
            }
        }
    }

    private static boolean isUnreserved(final char c) {
        return c >= 'a' && c <= 'z'
                || c >= 'A' && c <= 'Z'
                || c >= '0' && c <= '9'
                || c == '-'
                || c == '.'
                || c == '_'
                || c == '~';
    }
}
