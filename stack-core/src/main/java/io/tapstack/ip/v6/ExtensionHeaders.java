package io.tapstack.ip.v6;

import io.tapstack.event.DropReason;
import io.tapstack.wire.Icmpv6Header;
import io.tapstack.wire.Ipv6ExtensionHeader;
import io.tapstack.wire.Ipv6Header;
import java.nio.ByteBuffer;

/**
 * Processes the extension headers of a received packet in the order in which they stand (RFC 8200 4), within limits on
 * their number and length (RFC 8504 5.3). One mutable object, filled anew for every packet.
 */
final class ExtensionHeaders {

    /** The end of the walk. */
    enum Outcome {
        /** It reached the header of a transport, known or not. */
        UPPER_LAYER,
        /** It reached a fragment header of a packet that has to be reassembled. */
        FRAGMENT,
        /** The packet is dropped. */
        REFUSED
    }

    /** RFC 8504 5.3 lets a host choose; Linux has 8 as the default for options (max_dst_opts_number). */
    static final int MAX_HEADERS = 8;

    static final int MAX_OPTIONS = 8;

    /** Bytes of padding in a row: more than alignment to 8 bytes ever needs is a covert channel or an attack. */
    static final int MAX_PADDING = 7;

    /** Bytes of all extension headers. */
    static final int MAX_BYTES = 1_024;

    /** No error is sent. */
    static final int SILENT = -1;

    // The two highest bits of an option's type (RFC 8200 4.2).
    private static final int ACTION_SHIFT = 6;
    private static final int SKIP = 0;
    private static final int DISCARD = 1;
    private static final int DISCARD_AND_TELL = 2;

    private int protocol;
    private int offset;
    private int nextHeaderField;
    private DropReason reason = DropReason.IP_EXTENSION_MALFORMED;
    private int problem;
    private int pointer;
    private boolean multicastToo;
    private boolean routerAlert;

    /**
     * Walks the headers of the packet at {@code ip}, whose fixed header was checked.
     *
     * @param end offset behind its last byte
     */
    Outcome walk(final ByteBuffer bytes, final int ip, final int end) {
        final int first = ip + Ipv6Header.LENGTH;
        int field = ip + Ipv6Header.NEXT_HEADER_OFFSET;
        int at = first;
        routerAlert = false;
        for (int count = 0; ; count++) {
            final int type = bytes.get(field) & 0xFF;
            if (!isExtension(type, at == first)) {
                protocol = type;
                offset = at;
                nextHeaderField = field;
                return Outcome.UPPER_LAYER;
            }
            if (end - at < Ipv6ExtensionHeader.MIN_LENGTH) {
                return refuse(DropReason.IP_EXTENSION_MALFORMED);
            }
            final boolean isFragment = type == Ipv6ExtensionHeader.FRAGMENT;
            final int length = isFragment ? Ipv6ExtensionHeader.MIN_LENGTH : Ipv6ExtensionHeader.length(bytes, at);
            if (length > end - at) {
                return refuse(DropReason.IP_EXTENSION_MALFORMED);
            }
            if (count == MAX_HEADERS || at + length - first > MAX_BYTES) {
                return refuse(DropReason.IP_EXTENSION_LIMIT);
            }
            if (isFragment && !Ipv6ExtensionHeader.isAtomic(Ipv6ExtensionHeader.fragment(bytes, at))) {
                offset = at;
                nextHeaderField = field;
                return Outcome.FRAGMENT;
            }
            // RFC 6946 4: an atomic fragment is a whole packet, and its fragment header says nothing.
            if (!isFragment && !isAccepted(bytes, ip, type, at, length)) {
                return Outcome.REFUSED;
            }
            field = at + Ipv6ExtensionHeader.NEXT_HEADER_OFFSET;
            at += length;
        }
    }

    /**
     * True for a header that this class processes. Hop-by-hop options anywhere but first are an unknown next header
     * (RFC 8200 4.1).
     */
    private static boolean isExtension(final int type, final boolean first) {
        return switch (type) {
            case Ipv6ExtensionHeader.HOP_BY_HOP -> first;
            case Ipv6ExtensionHeader.ROUTING, Ipv6ExtensionHeader.FRAGMENT, Ipv6ExtensionHeader.DESTINATION_OPTIONS ->
                true;
            default -> false;
        };
    }

    private boolean isAccepted(
            final ByteBuffer bytes, final int ip, final int type, final int header, final int length) {
        if (type != Ipv6ExtensionHeader.ROUTING) {
            return optionsAreAccepted(bytes, ip, type, header, length);
        }
        // RFC 8200 4.4, and RFC 5095 3 for type 0: this host forwards nothing, so a routing header passes only at the
        // end of its route.
        if (Ipv6ExtensionHeader.segmentsLeft(bytes, header) == 0) {
            return true;
        }
        reason = DropReason.IP_ROUTING_HEADER;
        problem(Icmpv6Header.CODE_ERRONEOUS_FIELD, header + Ipv6ExtensionHeader.ROUTING_TYPE_OFFSET - ip, false);
        return false;
    }

    private boolean optionsAreAccepted(
            final ByteBuffer bytes, final int ip, final int header, final int at, final int length) {
        final int end = at + length;
        int options = 0;
        int padding = 0;
        int option = at + Ipv6ExtensionHeader.OPTIONS_OFFSET;
        while (option < end) {
            final int type = bytes.get(option) & 0xFF;
            final int optionLength = optionLength(bytes, type, option, end);
            if (optionLength > end - option) {
                refuse(DropReason.IP_EXTENSION_MALFORMED);
                return false;
            }
            if (type == Ipv6ExtensionHeader.PAD_1 || type == Ipv6ExtensionHeader.PAD_N) {
                padding += optionLength;
            } else {
                padding = 0;
                options++;
                if (options <= MAX_OPTIONS && !isSkipped(type, header, option - ip)) {
                    return false;
                }
            }
            if (padding > MAX_PADDING || options > MAX_OPTIONS) {
                refuse(DropReason.IP_EXTENSION_LIMIT);
                return false;
            }
            option += optionLength;
        }
        return true;
    }

    /** Bytes of an option, type and length among them; more than there are if the length is missing. */
    private static int optionLength(final ByteBuffer bytes, final int type, final int option, final int end) {
        if (type == Ipv6ExtensionHeader.PAD_1) {
            return 1;
        }
        return end - option < 2 ? 2 : 2 + (bytes.get(option + 1) & 0xFF);
    }

    /** RFC 8200 4.2: the type of an unknown option says in its highest bits how to go on. */
    private boolean isSkipped(final int type, final int header, final int optionPointer) {
        if (type == Ipv6ExtensionHeader.ROUTER_ALERT && header == Ipv6ExtensionHeader.HOP_BY_HOP) {
            routerAlert = true;
            return true;
        }
        final int action = type >>> ACTION_SHIFT;
        if (action == SKIP) {
            return true;
        }
        if (action == DISCARD) {
            refuse(DropReason.IP_OPTION_UNKNOWN);
        } else {
            reason = DropReason.IP_OPTION_UNKNOWN;
            problem(Icmpv6Header.CODE_UNKNOWN_OPTION, optionPointer, action == DISCARD_AND_TELL);
        }
        return false;
    }

    private Outcome refuse(final DropReason dropReason) {
        reason = dropReason;
        problem = SILENT;
        return Outcome.REFUSED;
    }

    private void problem(final int code, final int where, final boolean aboutMulticast) {
        problem = code;
        pointer = where;
        multicastToo = aboutMulticast;
    }

    /** The transport's protocol number, after {@link Outcome#UPPER_LAYER}. */
    int protocol() {
        return protocol;
    }

    /** The offset of the transport's header, or of the fragment header. */
    int offset() {
        return offset;
    }

    /** The offset of the byte that names that header. */
    int nextHeaderField() {
        return nextHeaderField;
    }

    /** True if a hop-by-hop option asked routers to look (RFC 2711), as MLD messages do. */
    boolean hasRouterAlert() {
        return routerAlert;
    }

    /** The reason, after {@link Outcome#REFUSED}. */
    DropReason reason() {
        return reason;
    }

    /** The code of the parameter problem to send, after {@link Outcome#REFUSED}; or {@link #SILENT}. */
    int problem() {
        return problem;
    }

    /** Where the problem is, in bytes from the IP header. */
    int pointer() {
        return pointer;
    }

    /** True if the problem is told to the sender of a multicast as well (RFC 4443 2.4 (e.3)). */
    boolean multicastToo() {
        return multicastToo;
    }
}
