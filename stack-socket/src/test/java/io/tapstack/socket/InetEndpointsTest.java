package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.wire.Endpoint;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InetEndpointsTest {

    @ParameterizedTest
    @ValueSource(strings = {"::1", "fe80::1", "2001:db8::1"})
    void ipv6SurvivesBothWays(final String address) throws IOException {
        final InetSocketAddress remote = new InetSocketAddress(InetAddress.getByName(address), 80);
        assertThat(InetEndpoints.endpoint(remote)).hasToString("[" + address + "]:80");
        assertThat(InetEndpoints.socketAddress(InetEndpoints.endpoint(remote))).isEqualTo(remote);
    }

    @Test
    void anyAddressIsOfBothFamiliesAndAMappedAddressOfIpv4() throws IOException {
        for (final String any : List.of("::", "0.0.0.0")) {
            assertThat(InetEndpoints.endpoint(new InetSocketAddress(InetAddress.getByName(any), 7)))
                    .isEqualTo(Endpoint.anyIpv6(7));
        }
        final InetSocketAddress mapped = new InetSocketAddress(InetAddress.getByName("::ffff:10.0.0.2"), 7);
        assertThat(InetEndpoints.socketAddress(InetEndpoints.endpoint(mapped))).isEqualTo(mapped);
    }

    @Test
    void nameThatWasNotResolved() {
        assertThatThrownBy(() -> InetEndpoints.endpoint(InetSocketAddress.createUnresolved("a.invalid", 7)))
                .isInstanceOf(UnknownHostException.class)
                .hasMessage("a.invalid");
    }
}
