package io.tapstack.cli;

import io.tapstack.wire.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An address and the length of its network's prefix, as in {@code 10.0.0.2/24} (RFC 4632) or {@code 2001:db8::2/64}.
 *
 * @param address the address of the host
 * @param prefixLength from 0 to 32, or to 128 of IPv6
 */
public record Cidr(InetAddress address, int prefixLength) {

    private static final Pattern FORM = Pattern.compile("([0-9A-Fa-f.:]+)/([0-9]{1,3})");

    /**
     * Reads an address with its prefix length.
     *
     * @throws IllegalArgumentException with a message for people
     */
    public static Cidr parse(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw notOne(text);
        }
        final InetAddress address = parseAddress(matcher.group(1));
        final int prefixLength = Integer.parseInt(matcher.group(2));
        if (prefixLength > ip(address).bitLength()) {
            throw notOne(text);
        }
        return new Cidr(address, prefixLength);
    }

    private static IllegalArgumentException notOne(final String text) {
        return new IllegalArgumentException(
                "'" + text + "' is not an address with a prefix length such as 10.0.0.2/24 or 2001:db8::2/64");
    }

    /**
     * Reads an address in numbers; names are not looked up.
     *
     * @throws IllegalArgumentException with a message for people
     */
    public static InetAddress parseAddress(final String text) {
        try {
            return InetAddress.getByAddress(IpAddress.parse(text).toBytes());
        } catch (final UnknownHostException e) {
            throw new AssertionError("an address has 4 or 16 bytes", e);
        }
    }

    /** An address in the stack's form, whose text is that of RFC 5952. */
    public static IpAddress ip(final InetAddress address) {
        return IpAddress.of(address.getAddress());
    }

    /** The address in the stack's form. */
    public IpAddress ip() {
        return ip(address);
    }

    /** True if {@code other} is in the network of this address. */
    public boolean contains(final InetAddress other) {
        return ip(other).hasPrefix(ip(), prefixLength);
    }

    /** True for the address of one host, false for that of the network or its broadcast address. */
    public boolean isHost() {
        final IpAddress ip = ip();
        if (ip.isMulticast() || ip.isAny() || ip.isLoopback() || ip.isLimitedBroadcast()) {
            return false;
        }
        if (!ip.isIpv4() || prefixLength >= 31) {
            return true;
        }
        final int all = -1 >>> prefixLength;
        final int host = ip.ipv4Bits() & all;
        return host != 0 && host != all;
    }

    /** @throws IllegalArgumentException if this, given by {@code option}, is not an address of one host */
    public void requireHost(final String option) {
        if (!isHost()) {
            throw new IllegalArgumentException(option + " " + this + " is not the address of a host");
        }
    }

    /**
     * @throws IllegalArgumentException if the router is not in the network of this address, which {@code option} gives
     */
    public void requireGateway(final InetAddress router, final String option) {
        if (!contains(router)) {
            throw new IllegalArgumentException(
                    "--gateway " + ip(router) + " is not in the network of " + option + " " + this);
        }
    }

    @Override
    public String toString() {
        return ip().toString() + '/' + prefixLength;
    }
}
