package io.tapstack.names;

import java.util.List;

/**
 * What became of a question.
 *
 * @param records of the type that was asked for; not empty if {@code kind} is FOUND
 * @param ttlSeconds the time for which it may be kept
 * @param reason for people, why there are no records
 */
record Outcome(Kind kind, List<DnsRecord> records, long ttlSeconds, String reason) {

    enum Kind {
        /** There are records. */
        FOUND,
        /** The name does not exist: NXDOMAIN (RFC 2308 2.1). */
        NO_NAME,
        /** The name has no records of this type: NODATA (RFC 2308 2.2). */
        NO_DATA,
        /** All servers failed, and the last one answered. */
        SERVER_FAILURE,
        /** No server answers. */
        UNREACHABLE
    }

    static Outcome found(final List<DnsRecord> records, final long ttlSeconds) {
        return new Outcome(Kind.FOUND, records, ttlSeconds, "");
    }

    static Outcome none(final Kind kind, final long ttlSeconds, final String reason) {
        return new Outcome(kind, List.of(), ttlSeconds, reason);
    }

    Outcome withTtlSeconds(final long seconds) {
        return new Outcome(kind, records, seconds, reason);
    }

    boolean isFound() {
        return kind == Kind.FOUND;
    }

    /** True if another name may be tried, as glibc does: the servers answer. */
    boolean mayTryNext() {
        return kind != Kind.FOUND && kind != Kind.UNREACHABLE;
    }
}
