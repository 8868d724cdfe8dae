package io.tapstack.names;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a message says, as far as a stub resolver looks at it.
 *
 * @param question null if the message has none
 * @param code the RCODE (RFC 1035 4.1.1) with the upper bits of EDNS (RFC 6891 6.1.3)
 * @param hasMore true if the message has records of other sections
 * @param negativeTtlSeconds how long the absence of a name or record may be kept: the lesser of the SOA record's TTL
 *     and its minimum (RFC 2308 5), or -1 without an SOA record
 */
record DnsAnswer(
        int id,
        boolean isResponse,
        int opcode,
        boolean isTruncated,
        boolean isAuthoritative,
        boolean offersRecursion,
        int code,
        @Nullable Question question,
        List<DnsRecord> records,
        boolean hasMore,
        long negativeTtlSeconds) {

    static final int NO_ERROR = 0;
    static final int FORMAT_ERROR = 1;
    static final int NAME_ERROR = 3;
    static final int NOT_IMPLEMENTED = 4;
    static final int BAD_VERSION = 16;

    /** True for a server that has no answer and does not ask others: glibc asks the next one, too. */
    boolean isLame() {
        return code == NO_ERROR && records.isEmpty() && !isAuthoritative && !offersRecursion && !hasMore;
    }
}
