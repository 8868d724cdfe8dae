package io.tapstack.http.client;

import java.time.Instant;
import java.util.Optional;

/**
 * Which version of a file a server has sent (RFC 9110 section 8.8).
 *
 * @param tag a strong entity tag, with its quotes
 * @param date when it was modified, in whole seconds
 */
record Version(Optional<String> tag, Optional<Instant> date) {

    static final Version UNKNOWN = new Version(Optional.empty(), Optional.empty());

    /** Whether the two cannot be the same. */
    boolean differsFrom(final Version other) {
        return differ(tag, other.tag) || differ(date, other.date);
    }

    private static <T> boolean differ(final Optional<T> one, final Optional<T> other) {
        return one.isPresent() && other.isPresent() && !one.equals(other);
    }
}
