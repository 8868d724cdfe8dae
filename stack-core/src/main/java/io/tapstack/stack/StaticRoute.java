package io.tapstack.stack;

import io.tapstack.wire.IpAddress;

/**
 * A configured route to a range of addresses by a router.
 *
 * @param network the first address of the range
 * @param prefixLength of 32 or 128 bits; 0 for the default route of the family
 * @param gateway the router, of the same family, in a subnet of the stack
 */
public record StaticRoute(IpAddress network, int prefixLength, IpAddress gateway) {

    public StaticRoute {
        if (prefixLength < 0 || prefixLength > network.bitLength()) {
            throw new IllegalArgumentException(
                    "prefix length " + prefixLength + " is not between 0 and " + network.bitLength());
        }
        if (!network.prefix(prefixLength).equals(network)) {
            throw new IllegalArgumentException(network + "/" + prefixLength + " has bits behind its prefix");
        }
        if (gateway.isIpv4() != network.isIpv4()) {
            throw new IllegalArgumentException(
                    gateway + " and " + network + "/" + prefixLength + " are of different families");
        }
    }

    /** The default route of the gateway's family. */
    public static StaticRoute byDefault(final IpAddress gateway) {
        return new StaticRoute(gateway.isIpv4() ? IpAddress.ANY_IPV4 : IpAddress.ANY_IPV6, 0, gateway);
    }

    /**
     * Parses a route such as {@code 192.0.2.0/24 via 10.0.0.1}.
     *
     * @throws IllegalArgumentException if {@code text} is not that
     */
    public static StaticRoute parse(final String text) {
        final String[] words = text.trim().split("\\s+");
        final int slash = words[0].indexOf('/');
        if (words.length != 3
                || !words[1].equals("via")
                || slash < 0
                || !words[0].substring(slash + 1).matches("[0-9]{1,3}")) {
            throw new IllegalArgumentException("'" + text + "' is not a route such as 192.0.2.0/24 via 10.0.0.1");
        }
        return new StaticRoute(
                IpAddress.parse(words[0].substring(0, slash)),
                Integer.parseInt(words[0].substring(slash + 1)),
                IpAddress.parse(words[2]));
    }

    @Override
    public String toString() {
        return network + "/" + prefixLength + " via " + gateway;
    }
}
