package io.tapstack.packetdrill.script;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The option {@code ip_version}: the family of a script's sockets, and the IP version of its packets. */
public enum AddressMode {

    /** Sockets of AF_INET. */
    IPV4("ipv4", false, false),

    /** Sockets of AF_INET6 with IPv4-mapped addresses: their packets are of IPv4. */
    IPV4_MAPPED_IPV6("ipv4-mapped-ipv6", true, false),

    /** Sockets of AF_INET6. */
    IPV6("ipv6", true, true);

    /** The words of published scripts for what the family of a socket decides in control messages. */
    private static final Map<String, String> IPV6_WORDS =
            Map.of("CMSG_LEVEL_IP", "SOL_IPV6", "CMSG_TYPE_RECVERR", "IPV6_RECVERR");

    private final String text;
    private final boolean ipv6Sockets;
    private final boolean ipv6Packets;

    AddressMode(final String text, final boolean ipv6Sockets, final boolean ipv6Packets) {
        this.text = text;
        this.ipv6Sockets = ipv6Sockets;
        this.ipv6Packets = ipv6Packets;
    }

    /** The mode of a value of {@code ip_version}; empty for any other text. */
    public static Optional<AddressMode> of(final String text) {
        return Stream.of(values()).filter(mode -> mode.text.equals(text)).findFirst();
    }

    /**
     * The modes of a list with commas, such as {@code ipv4,ipv4-mapped-ipv6}.
     *
     * @throws IllegalArgumentException if one of them is none
     */
    public static Set<AddressMode> setOf(final String list) {
        return Stream.of(list.split(",", -1))
                .map(each -> of(each).orElseThrow(() -> new IllegalArgumentException(list)))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** True if the script's own sockets are of AF_INET6. */
    public boolean hasIpv6Sockets() {
        return ipv6Sockets;
    }

    /** True if packets are of IPv6. */
    public boolean hasIpv6Packets() {
        return ipv6Packets;
    }

    /** The names of the ICMP messages in packets. */
    IcmpNames icmpNames() {
        return IcmpNames.of(ipv6Packets);
    }

    /** Values of words, unless a script defines them otherwise. */
    Map<String, String> words() {
        return ipv6Sockets ? IPV6_WORDS : Map.of();
    }

    /** The value of {@code ip_version}. */
    @Override
    public String toString() {
        return text;
    }
}
