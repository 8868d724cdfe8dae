package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The extension headers of IPv6 (RFC 8200 4), read and written in place. {@code header} is the offset of the first
 * byte. Hop-by-hop options, destination options and routing headers have this form:
 *
 * <pre>
 *   +---------------+---------------+-------------------------------+
 *   |  Next header  | Header length |  options, or the routing type |
 *   +---------------+---------------+ and the segments left ...     +
 * </pre>
 *
 * The header length counts units of 8 bytes behind the first 8. A fragment header always has 8 bytes:
 *
 * <pre>
 *   +---------------+---------------+-------------------------+---+-+
 *   |  Next header  |   Reserved    |     Fragment offset     |Res|M|
 *   +---------------+---------------+-------------------------+---+-+
 *   |                        Identification                         |
 *   +---------------------------------------------------------------+
 * </pre>
 */
public final class Ipv6ExtensionHeader {

    public static final int HOP_BY_HOP = 0;
    public static final int ROUTING = 43;
    public static final int FRAGMENT = 44;
    /** Nothing follows (RFC 8200 4.7). */
    public static final int NO_NEXT_HEADER = 59;

    public static final int DESTINATION_OPTIONS = 60;

    /** Bytes of the shortest extension header, and of every fragment header. */
    public static final int MIN_LENGTH = 8;

    public static final int NEXT_HEADER_OFFSET = 0;
    public static final int LENGTH_OFFSET = 1;
    public static final int OPTIONS_OFFSET = 2;
    public static final int ROUTING_TYPE_OFFSET = 2;
    public static final int SEGMENTS_LEFT_OFFSET = 3;
    public static final int FRAGMENT_OFFSET = 2;
    public static final int IDENTIFICATION_OFFSET = 4;

    /** In the 16 bits of {@link #fragment}: more fragments follow. */
    public static final int MORE_FRAGMENTS = 1;

    /** Option: one byte of padding, without a length (RFC 8200 4.2). */
    public static final int PAD_1 = 0;

    /** Option: padding with a length (RFC 8200 4.2). */
    public static final int PAD_N = 1;

    /** Option: router alert (RFC 2711), which MLD messages carry. */
    public static final int ROUTER_ALERT = 5;

    /** Option: a payload of more than 65,535 bytes (RFC 2675), which this stack refuses. */
    public static final int JUMBO_PAYLOAD = 0xC2;

    /** {@link #upperLayer} has found none. */
    public static final long NOT_FOUND = -1;

    /** Extension headers that {@link #upperLayer} passes: more than any real packet has. */
    private static final int MAX_HEADERS = 16;

    private Ipv6ExtensionHeader() {}

    /**
     * Finds the header behind the extension headers, without checking them. A fragment header counts as that header,
     * unless its fragment is {@linkplain #isAtomic atomic}.
     *
     * @param nextHeader the type of the header at {@code from}
     * @param end offset behind the last byte of the packet, or of the part that is there
     * @return the protocol in the upper 32 bits and the offset of its header in the lower; {@link #NOT_FOUND} if the
     *     packet ends before it
     */
    public static long upperLayer(final ByteBuffer bytes, final int nextHeader, final int from, final int end) {
        int type = nextHeader;
        int at = from;
        for (int passed = 0; passed <= MAX_HEADERS && at <= end; passed++) {
            final boolean isFragment = type == FRAGMENT;
            if (!isFragment && type != HOP_BY_HOP && type != ROUTING && type != DESTINATION_OPTIONS) {
                return (long) type << Integer.SIZE | at;
            }
            if (end - at < MIN_LENGTH) {
                return NOT_FOUND;
            }
            if (isFragment && !isAtomic(fragment(bytes, at))) {
                return (long) FRAGMENT << Integer.SIZE | at;
            }
            type = nextHeader(bytes, at);
            at += isFragment ? MIN_LENGTH : length(bytes, at);
        }
        return NOT_FOUND;
    }

    /** The protocol of a result of {@link #upperLayer}. */
    public static int protocol(final long upperLayer) {
        return (int) (upperLayer >>> Integer.SIZE);
    }

    /** The offset of a result of {@link #upperLayer}. */
    public static int offset(final long upperLayer) {
        return (int) upperLayer;
    }

    public static int nextHeader(final ByteBuffer bytes, final int header) {
        return bytes.get(header + NEXT_HEADER_OFFSET) & 0xFF;
    }

    /** Bytes of a header that is not a fragment header: 8 to 2,048. */
    public static int length(final ByteBuffer bytes, final int header) {
        return (bytes.get(header + LENGTH_OFFSET) & 0xFF) + 1 << 3;
    }

    public static int routingType(final ByteBuffer bytes, final int header) {
        return bytes.get(header + ROUTING_TYPE_OFFSET) & 0xFF;
    }

    /** Nodes of a routing header that are still to be visited. */
    public static int segmentsLeft(final ByteBuffer bytes, final int header) {
        return bytes.get(header + SEGMENTS_LEFT_OFFSET) & 0xFF;
    }

    /** The 16 bits with offset and flag of a fragment header. */
    public static int fragment(final ByteBuffer bytes, final int header) {
        return bytes.getShort(header + FRAGMENT_OFFSET) & 0xFFFF;
    }

    /** Offset of the fragment's payload behind the headers of every fragment, in bytes. */
    public static int fragmentOffset(final int fragment) {
        return fragment & 0xFFF8;
    }

    /** True for a fragment header around a whole packet (RFC 6946). */
    public static boolean isAtomic(final int fragment) {
        return (fragment & (0xFFF8 | MORE_FRAGMENTS)) == 0;
    }

    public static int identification(final ByteBuffer bytes, final int header) {
        return bytes.getInt(header + IDENTIFICATION_OFFSET);
    }

    /**
     * Writes a fragment header.
     *
     * @param offset in bytes, a multiple of 8
     */
    public static void writeFragment(
            final ByteBuffer bytes,
            final int header,
            final int nextHeader,
            final int offset,
            final boolean more,
            final int identification) {
        bytes.putInt(header, nextHeader << 24 | offset | (more ? MORE_FRAGMENTS : 0));
        bytes.putInt(header + IDENTIFICATION_OFFSET, identification);
    }
}
