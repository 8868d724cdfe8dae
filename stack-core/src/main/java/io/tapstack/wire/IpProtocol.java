package io.tapstack.wire;

/** Protocol numbers in the IPv4 header and the last IPv6 header (IANA "Assigned Internet Protocol Numbers"). */
public final class IpProtocol {

    public static final int ICMP = 1;
    public static final int IGMP = 2;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int ICMPV6 = 58;

    private IpProtocol() {}
}
