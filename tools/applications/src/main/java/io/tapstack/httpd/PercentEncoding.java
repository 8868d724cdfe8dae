package io.tapstack.httpd;

/** Percent-encoding (RFC 3986 section 2.1) of octet strings. */
final class PercentEncoding {

    private static final String HEX = "0123456789ABCDEF";

    /** RFC 3986 3.4: what a query may have besides unreserved characters. */
    private static final String IN_QUERY = "!$&'()*+,;=:@/?";

    private PercentEncoding() {}

    /** Appends {@code segment}, an octet string, with all but unreserved characters encoded. */
    static void append(final StringBuilder to, final String segment) {
        for (int i = 0; i < segment.length(); i++) {
            final char c = segment.charAt(i);
            append(to, c, isUnreserved(c));
        }
    }

    /**
     * Appends {@code query}, as it was received, with everything encoded that no URI has. What is encoded stays as it
     * is; a percent sign that encodes nothing means itself.
     */
    static void appendQuery(final StringBuilder to, final String query) {
        for (int i = 0; i < query.length(); i++) {
            final char c = query.charAt(i);
            append(to, c, isUnreserved(c) || IN_QUERY.indexOf(c) >= 0 || isEncoded(query, i));
        }
    }

    private static void append(final StringBuilder to, final char octet, final boolean plain) {
        if (plain) {
            to.append(octet);
        } else {
            to.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 0xf));
        }
    }

    /** Whether {@code %} and two digits are there. */
    private static boolean isEncoded(final String text, final int index) {
        return text.charAt(index) == '%'
                && index + 2 < text.length()
                && Character.digit(text.charAt(index + 1), 16) >= 0
                && Character.digit(text.charAt(index + 2), 16) >= 0;
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
