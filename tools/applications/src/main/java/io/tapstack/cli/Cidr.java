package io.tapstack.cli;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 address and the length of its network's prefix, as in {@code 10.0.0.2/24} (RFC 4632).
 *
 * @param address the address of the host
 * @param prefixLength from 0 to 32
 */
public record Cidr(InetAddress address, int prefixLength) {

    private static final Pattern FORM = Pattern.compile("([0-9.]+)/([0-9]{1,2})");
    private static final Pattern QUAD = Pattern.compile("(?:(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])(?:\\.(?!$)|$)){4}");

    /**
     * Reads an address with its prefix length.
     *
     * @throws IllegalArgumentException with a message for people
     */
    public static Cidr parse(final String text) {
        final Matcher matcher = FORM.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 32) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not an IPv4 address with a prefix length such as 10.0.0.2/24");
        }
        return new Cidr(parseAddress(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /**
     * Reads an IPv4 address in dotted decimal notation; names are not looked up.
     *
     * @throws IllegalArgumentException with a message for people
     */
    public static InetAddress parseAddress(final String text) {
        if (!QUAD.matcher(text).matches()) {
            throw new IllegalArgumentException("'" + text + "' is not an IPv4 address such as 10.0.0.1");
        }
        try {
            return InetAddress.getByName(text);
        } catch (final UnknownHostException e) {
            throw new IllegalArgumentException(e); // not for four numbers
        }
    }

    /** True if {@code other} is in the network of this address. */
    public boolean contains(final InetAddress other) {
        return other instanceof Inet4Address && (bits(other) & mask()) == (bits(address) & mask());
    }

    /** True for the address of one host, false for that of the network or its broadcast address. */
    public boolean isHost() {
        final int host = bits(address) & ~mask();
        return !address.isMulticastAddress()
                && !address.isAnyLocalAddress()
                && !address.isLoopbackAddress()
                && bits(address) != -1
                && (prefixLength >= 31 || host != 0 && host != ~mask());
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
                    "--gateway " + router.getHostAddress() + " is not in the network of " + option + " " + this);
        }
    }

    @Override
    public String toString() {
        return address.getHostAddress() + '/' + prefixLength;
    }

    private int mask() {
        return prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
    }

    private static int bits(final InetAddress address) {
        final byte[] bytes = address.getAddress();
        return (bytes[0] & 0xff) << 24 | (bytes[1] & 0xff) << 16 | (bytes[2] & 0xff) << 8 | bytes[3] & 0xff;
    }
}
