package io.tapstack.ip.v4;

import io.tapstack.wire.Ipv4Header;
import java.nio.ByteBuffer;

/**
 * Checks the options of an IPv4 header (RFC 791 3.1). A host that does not forward acts on none of them, so they are
 * skipped, but each must lie in the header.
 *
 * <pre>
 *   +--------+--------+--------+---------- - -
 *   |  type  | length |pointer | data           length counts type and length;
 *   +--------+--------+--------+---------- - -  types 0 (end) and 1 (no operation) are one byte
 * </pre>
 */
final class Ipv4Options {

    /** All options are well-formed and harmless. */
    static final int FINE = -1;

    /** There is a source route. */
    static final int SOURCE_ROUTE = -2;

    static final int END = 0;
    static final int NO_OPERATION = 1;
    static final int RECORD_ROUTE = 7;
    static final int TIMESTAMP = 68;
    static final int LOOSE_SOURCE_ROUTE = 131;
    static final int STRICT_SOURCE_ROUTE = 137;

    private Ipv4Options() {}

    /** @return {@link #FINE}, {@link #SOURCE_ROUTE}, or the offset in the header of the bad byte */
    static int check(final ByteBuffer bytes, final int header, final int headerLength) {
        boolean sourceRouted = false;
        int offset = Ipv4Header.OPTIONS_OFFSET;
        while (offset < headerLength) {
            final int type = bytes.get(header + offset) & 0xFF;
            if (type == END) {
                break;
            }
            if (type == NO_OPERATION) {
                offset++;
                continue;
            }
            if (offset + 1 >= headerLength) {
                return offset;
            }
            final int length = bytes.get(header + offset + 1) & 0xFF;
            if (length < 2 || offset + length > headerLength) {
                return offset + 1;
            }
            if (hasPointer(type) && length < 3) {
                return offset + 1;
            }
            sourceRouted |= type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE;
            offset += length;
        }
        return sourceRouted ? SOURCE_ROUTE : FINE;
    }

    private static boolean hasPointer(final int type) {
        return type == RECORD_ROUTE || type == TIMESTAMP || type == LOOSE_SOURCE_ROUTE || type == STRICT_SOURCE_ROUTE;
    }
}
