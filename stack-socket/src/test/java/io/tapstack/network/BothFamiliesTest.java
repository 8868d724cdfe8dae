package io.tapstack.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.TapDatagramSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts with addresses of both families: one socket serves both, by Ethernet, ARP and Neighbor Discovery. */
@Timeout(20)
final class BothFamiliesTest {

    /** RFC 4862 5.4: an IPv6 address is not used before the search for a duplicate ends. */
    private static final Duration DUPLICATE_SEARCH = Duration.ofSeconds(3);

    private static Host host(final MemoryNetwork network, final int number) throws Exception {
        return network.host("host" + number)
                .address("10.0.0." + number + "/24")
                .address("10.1.0." + number + "/24")
                .address("2001:db8::" + number + "/64")
                .start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "10.1.0.1", "2001:db8::1"})
    void aListenerTakesPeersOfBoth(final String address) throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host server = host(network, 1);
                Host client = host(network, 2);
                TapServerSocket listener = server.listen(7)) {
            network.sleep(DUPLICATE_SEARCH);
            try (TapSocket socket = client.connect(address, 7);
                    TapSocket accepted = listener.accept()) {
                assertThat(accepted.localAddress()).isEqualTo(new InetSocketAddress(InetAddress.getByName(address), 7));
                assertThat(accepted.remoteAddress()).isEqualTo(socket.localAddress());
                socket.output().write(42);
                assertThat(accepted.input().read()).isEqualTo(42);
            }
        }
    }

    @Test
    void aHostNamesItsAddresses() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host host = host(network, 1);
                TapDatagramSocket datagrams = host.datagrams()) {
            assertThat(host.address()).isEqualTo(InetAddress.getByName("10.0.0.1"));
            assertThat(host.addresses())
                    .containsExactly(
                            InetAddress.getByName("10.0.0.1"),
                            InetAddress.getByName("10.1.0.1"),
                            InetAddress.getByName("2001:db8::1"));
            assertThat(host).hasToString("host host1 (10.0.0.1/24, 10.1.0.1/24, 2001:db8::1/64)");
            assertThat(datagrams.localAddress().getAddress().isAnyLocalAddress())
                    .isTrue();
        }
    }
}
