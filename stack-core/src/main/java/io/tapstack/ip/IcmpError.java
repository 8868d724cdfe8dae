package io.tapstack.ip;

/**
 * What an ICMP error means to a transport. RFC 1122 4.2.3.9 and RFC 5461 call an error soft that a connection should live
 * through.
 */
public enum IcmpError {
    NET_UNREACHABLE(true),
    HOST_UNREACHABLE(true),
    PROTOCOL_UNREACHABLE(false),
    PORT_UNREACHABLE(false),
    FRAGMENTATION_NEEDED(true),
    SOURCE_ROUTE_FAILED(true),
    ADMINISTRATIVELY_PROHIBITED(true),
    TIME_EXCEEDED(true),
    PARAMETER_PROBLEM(true);

    private final boolean soft;

    IcmpError(final boolean soft) {
        this.soft = soft;
    }

    /** True if a connection keeps on trying. */
    public boolean isSoft() {
        return soft;
    }
}
