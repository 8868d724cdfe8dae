package io.tapstack.httpd;

import java.nio.charset.StandardCharsets;

/** Percent-encoding of one path segment (RFC 3986 section 2.1). */
final class PercentEncoding {

    private static final String HEX = "0123456789ABCDEF";

    private PercentEncoding() {}

    /** Appends {@code segment} as UTF-8, with everything encoded that is not unreserved. */
    static void append(final StringBuilder to, final String segment) {
        for (final byte b : segment.getBytes(StandardCharsets.UTF_8)) {
            final char c = (char) (b & 0xff);
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
