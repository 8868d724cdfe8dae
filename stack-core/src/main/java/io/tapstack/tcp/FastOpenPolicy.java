package io.tapstack.tcp;

/**
 * Who may use Fast Open (RFC 7413), and who does so without cookies: {@code net.ipv4.tcp_fastopen} of Linux.
 *
 * @param client active opens may send data in their SYN
 * @param server listeners that ask for it take data from a SYN
 * @param clientWithoutCookie active opens send data in their SYN without a cookie, to servers that are known to take it
 * @param serverWithoutCookie listeners take data from any SYN: RFC 7413 5.1 warns of that where source addresses can be
 *     forged
 * @param everyListener a listener that has not said how many connections may be open by Fast Open takes as many as its
 *     backlog has
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

    /** What sockets ask for they get, with cookies. */
    public static final FastOpenPolicy DEFAULT = of(CLIENT | SERVER);

    /** The same as the bits of Linux's parameter; those that mean nothing are ignored. */
    public static FastOpenPolicy of(final int bits) {
        return new FastOpenPolicy(
                (bits & CLIENT) != 0,
                (bits & SERVER) != 0,
                (bits & CLIENT_WITHOUT_COOKIE) != 0,
                (bits & SERVER_WITHOUT_COOKIE) != 0,
                (bits & EVERY_LISTENER) != 0);
    }
}
