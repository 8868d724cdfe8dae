package io.tapstack.tcp;

/**
 * The use of Fast Open (RFC 7413) by clients and servers, with and without cookies: {@code net.ipv4.tcp_fastopen} of
 * Linux.
 *
 * @param client active opens may send data in their SYN
 * @param server listeners that enable Fast Open accept data from a SYN
 * @param clientWithoutCookie active opens send data in their SYN without a cookie, to servers that are known to accept
 *     it
 * @param serverWithoutCookie listeners accept data from any SYN; RFC 7413 5.1 warns of this where source addresses can
 *     be forged
 * @param everyListener a listener without a Fast Open limit of its own uses its backlog as the limit
 */
public record FastOpenPolicy(
        boolean client,
        boolean server,
        boolean clientWithoutCookie,
        boolean serverWithoutCookie,
        boolean everyListener) {

    private static final int CLIENT = 0x1;
    private static final int SERVER = 0x2;
    private static final int CLIENT_WITHOUT_COOKIE = 0x4;
    private static final int SERVER_WITHOUT_COOKIE = 0x200;
    private static final int EVERY_LISTENER = 0x400;

    /** Sockets may use Fast Open both ways, with cookies. */
    public static final FastOpenPolicy DEFAULT = of(CLIENT | SERVER);

    /** Decodes the bits of Linux's parameter; unknown bits are ignored. */
    public static FastOpenPolicy of(final int bits) {
        return new FastOpenPolicy(
                (bits & CLIENT) != 0,
                (bits & SERVER) != 0,
                (bits & CLIENT_WITHOUT_COOKIE) != 0,
                (bits & SERVER_WITHOUT_COOKIE) != 0,
                (bits & EVERY_LISTENER) != 0);
    }
}
