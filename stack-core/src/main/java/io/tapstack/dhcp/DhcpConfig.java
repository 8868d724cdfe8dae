package io.tapstack.dhcp;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a {@link DhcpClient}.
 *
 * @param hostName sent to the server (RFC 2132 3.14); empty for none
 * @param previous the address of an earlier lease, which is asked for first (RFC 2131 3.2); null for none
 * @param linkLocal use a link-local address while no server answers (RFC 3927 1.9)
 */
public record DhcpConfig(String hostName, @Nullable IpAddress previous, boolean linkLocal) {

    public static final DhcpConfig DEFAULT = new DhcpConfig("", null, false);
}
