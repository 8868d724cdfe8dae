package io.tapstack.socket;

import io.tapstack.ip.AddressPolicy;
import io.tapstack.ip.AddressState;
import io.tapstack.ip.DestinationOrder;
import io.tapstack.ip.HostAddress;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the addresses of a destination in the order of RFC 6724 6, by the sources that the stack would use for them.
 * Like glibc it connects a UDP socket to find one out, which sends nothing. Any thread may call.
 */
public final class AddressOrder {

    /** Any port will do; port 0 would disconnect. */
    private static final int PORT = 9;

    /** What is compared of an IPv6 source: its subnet. */
    private static final int SUBNET_BITS = 64;

    private static final DestinationOrder ORDER = new DestinationOrder(AddressPolicy.DEFAULT);

    private final SocketLayer layer;

    public AddressOrder(final SocketLayer layer) {
        this.layer = layer;
    }

    /** A sorted copy. */
    public List<IpAddress> sort(final List<IpAddress> addresses) {
        return addresses.size() < 2 ? List.copyOf(addresses) : ORDER.sort(addresses, this::source);
    }

    private @Nullable HostAddress source(final IpAddress destination) {
        final DatagramSocket probe = layer.datagram(AddressFamily.of(destination));
        try {
            if (probe.connect(new Endpoint(destination, PORT)) < 0) {
                return null;
            }
            final IpAddress source = probe.localEndpoint().address();
            if (source.isAny() || source.isIpv4() != destination.isIpv4()) {
                return null;
            }
            return new HostAddress(
                    source,
                    source.isIpv4() ? source.bitLength() : SUBNET_BITS,
                    HostAddress.Origin.CONFIGURED,
                    AddressState.PREFERRED);
        } finally {
            probe.close();
        }
    }
}
