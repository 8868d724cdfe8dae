package io.tapstack.httpd;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hc.core5.http.Header;

/** A request line and its header fields, as sent. Immutable. */
final class RequestHead {

    private final String method;
    private final String target;
    private final int minorVersion;
    private final Header[] fields;

    RequestHead(final String method, final String target, final int minorVersion, final Header[] fields) {
        this.method = method;
        this.target = target;
        this.minorVersion = minorVersion;
        this.fields = fields;
    }

    String method() {
        return method;
    }

    /** The request target (RFC 9112 section 3.2), still encoded; every char is one byte that was sent. */
    String target() {
        return target;
    }

    /** True for HTTP/1.1, or a later 1.x, false for HTTP/1.0. */
    boolean isHttp11() {
        return minorVersion >= 1;
    }

    /** The request line, for a log. */
    String line() {
        return method + ' ' + target + " HTTP/1." + minorVersion;
    }

    int count(final String name) {
        int count = 0;
        for (final Header field : fields) {
            if (field.getName().equalsIgnoreCase(name)) {
                count++;
            }
        }
        return count;
    }

    /** The values of all fields of this name, joined by commas as RFC 9110 section 5.3 says. */
    Optional<String> field(final String name) {
        String joined = null;
        for (final Header field : fields) {
            if (field.getName().equalsIgnoreCase(name)) {
                joined = joined == null ? field.getValue() : joined + ", " + field.getValue();
            }
        }
        return Optional.ofNullable(joined);
    }

    /**
     * The elements of a comma-separated field whose elements are tokens, in lower case; empty if there is no such
     * field.
     */
    List<String> tokens(final String name) {
        final List<String> tokens = new ArrayList<>(2);
        field(name).ifPresent(value -> {
            for (final String element : value.split(",", -1)) {
                final String token = element.strip();
                if (!token.isEmpty()) {
                    tokens.add(token.toLowerCase(Locale.ROOT));
                }
            }
        });
        return tokens;
    }

    Header[] fields() {
        return fields;
    }
}
