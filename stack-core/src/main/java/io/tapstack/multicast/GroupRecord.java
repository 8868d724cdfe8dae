package io.tapstack.multicast;

import io.tapstack.wire.IpAddress;
import java.util.List;

/**
 * A record of a report: what a host receives of one group, or what has changed (RFC 3376 4.2.12, RFC 3810 5.2.12).
 *
 * @param sources in any order
 */
record GroupRecord(Type type, IpAddress group, List<IpAddress> sources) {

    /** The type of a record, with its number, which is the same for both protocols. */
    enum Type {
        MODE_IS_INCLUDE(1),
        MODE_IS_EXCLUDE(2),
        CHANGE_TO_INCLUDE(3),
        CHANGE_TO_EXCLUDE(4),
        ALLOW_NEW_SOURCES(5),
        BLOCK_OLD_SOURCES(6);

        private final int number;

        Type(final int number) {
            this.number = number;
        }

        /** The number in a report. */
        int number() {
            return number;
        }

        /** True for a list of sources that may be cut off: the router then forwards more than is wanted, not less. */
        boolean mayBeCut() {
            return this == MODE_IS_EXCLUDE || this == CHANGE_TO_EXCLUDE;
        }
    }
}
