package io.tapstack.wire;

/** The multicast groups of IPv4 that a host knows, and their Ethernet addresses. */
public final class Ipv4Groups {

    /** 224.0.0.1, all systems on the link (RFC 1112 4). */
    public static final IpAddress ALL_SYSTEMS = IpAddress.ipv4(0xE000_0001);

    /** 224.0.0.2 (RFC 2236 9). */
    public static final IpAddress ALL_ROUTERS = IpAddress.ipv4(0xE000_0002);

    /** 224.0.0.22, the routers that speak IGMPv3 (RFC 3376 4.2.14). */
    public static final IpAddress ALL_IGMPV3_ROUTERS = IpAddress.ipv4(0xE000_0016);

    private Ipv4Groups() {}

    /** 01:00:5e and the last 23 bits of the group (RFC 1112 6.4). */
    public static long mac(final int group) {
        return 0x0100_5E00_0000L | group & 0x7F_FFFF;
    }
}
