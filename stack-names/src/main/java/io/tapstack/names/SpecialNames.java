package io.tapstack.names;

import io.tapstack.wire.IpAddress;
import java.util.List;
import java.util.Optional;

/** Names that no server is asked for (RFC 6761). */
final class SpecialNames {

    private static final IpAddress LOOPBACK_IPV4 = IpAddress.ipv4(0x7F00_0001);

    private SpecialNames() {}

    /** The addresses of a special name: none for one that never exists; empty for all other names. */
    static Optional<List<IpAddress>> addresses(final HostName name) {
        // RFC 6761 6.3: names in localhost are the loopback addresses, also where no file says so.
        if (name.isIn("localhost")) {
            return Optional.of(List.of(IpAddress.LOOPBACK_IPV6, LOOPBACK_IPV4));
        }
        // RFC 6761 6.4: names in invalid do not exist. RFC 7686 2: those in onion are none of DNS.
        if (name.isIn("invalid") || name.isIn("onion")) {
            return Optional.of(List.of());
        }
        return Optional.empty();
    }
}
