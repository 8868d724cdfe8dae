package io.tapstack.http.client;

import java.time.Instant;
import java.util.Optional;

/**
 * The version of a file that a server has sent (RFC 9110 section 8.8).
 *
 * @param tag a strong entity tag, with its quotes
 * @param date of modification, in whole seconds
 */
record Version(Optional<String> tag, Optional<Instant> date) {

    static final Version UNKNOWN = new Version(Optional.empty(), Optional.empty());

    /** True if the two cannot be the same. */
    boolean differsFrom(final Version other) {
        return differ(tag, other.tag) || differ(date, other.date);
    }

    private static <T> boolean differ(final Optional<T> one, final Optional<T> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }
}
