package io.tapstack.socket;

import io.tapstack.dhcp.DhcpClient;
import io.tapstack.dhcp.DhcpLease;
import io.tapstack.ip.v6.Ipv6Interface;
import io.tapstack.ip.v6.Ipv6Protocol;
import io.tapstack.ndp.NdpProtocol;
import io.tapstack.stack.NetworkStack;
import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What the network says about names at a moment: by DHCP (RFC 2132 3.8, 3.17), and by routers (RFC 8106), which come
 * second. Immutable.
 *
 * @param servers DNS servers
 * @param search domains, as they were received
 */
public record LearnedNames(List<IpAddress> servers, List<String> search) {

    public LearnedNames {
        servers = List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** Called with the stack's lock held. */
    static LearnedNames of(final NetworkStack stack) {
        final Set<IpAddress> servers = new LinkedHashSet<>();
        final Set<String> search = new LinkedHashSet<>();
        final DhcpClient dhcp = stack.dhcp();
        final DhcpLease lease = dhcp == null ? null : dhcp.lease();
        if (lease != null) {
            servers.addAll(lease.dnsServers());
            if (!lease.domain().isEmpty()) {
                search.add(lease.domain());
            }
        }
        final Ipv6Protocol ipv6 = stack.ipv6();
        for (final Ipv6Interface each : ipv6 == null ? List.<Ipv6Interface>of() : ipv6.interfaces()) {
            final NdpProtocol ndp = each.ndp();
            if (ndp != null) {
                servers.addAll(ndp.dns().servers());
                search.addAll(ndp.dns().searchDomains());
            }
        }
        return new LearnedNames(new ArrayList<>(servers), new ArrayList<>(search));
    }
}
