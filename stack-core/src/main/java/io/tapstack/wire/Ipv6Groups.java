package io.tapstack.wire;

/** The multicast groups of IPv6 that every host knows (RFC 4291 2.7.1), and their Ethernet addresses. */
public final class Ipv6Groups {

    /** ff02::1. */
    public static final IpAddress ALL_NODES = IpAddress.ipv6(0xFF02_0000_0000_0000L, 1);

    /** ff02::2. */
    public static final IpAddress ALL_ROUTERS = IpAddress.ipv6(0xFF02_0000_0000_0000L, 2);

    /** ff02::16, the routers that speak MLDv2 (RFC 3810 5.2.14). */
    public static final IpAddress ALL_MLDV2_ROUTERS = IpAddress.ipv6(0xFF02_0000_0000_0000L, 0x16);

    private static final long LINK_SCOPE = 0xFF02_0000_0000_0000L;
    private static final long SOLICITED_NODE = 0x1_FF00_0000L;

    private Ipv6Groups() {}

    /** ff02::1:ff00:0 with the last 24 bits of {@code address} (RFC 4291 2.7.1). */
    public static IpAddress solicitedNode(final IpAddress address) {
        return IpAddress.ipv6(LINK_SCOPE, SOLICITED_NODE | address.low() & 0xFF_FFFF);
    }

    /** True for the solicited-node group of an address whose lower half is {@code targetLow}. */
    public static boolean isSolicitedNode(final long high, final long low, final long targetLow) {
        return high == LINK_SCOPE && low == (SOLICITED_NODE | targetLow & 0xFF_FFFF);
    }

    /** 33:33 and the last 32 bits of the group (RFC 2464 7). */
    public static long mac(final IpAddress group) {
        return 0x3333_0000_0000L | group.low() & 0xFFFF_FFFFL;
    }
}
