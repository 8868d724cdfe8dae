package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** ICMP and ARP, as the host's tools see them. */
@Timeout(60)
class PingIT {

    private TestNetwork network;

    @AfterEach
    void close() throws Exception {
        network.close();
    }

    @ParameterizedTest
    @EnumSource
    void answers(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        assertThat(Host.run("ping", "-n", "-c", "5", "-i", "0.1", network.ip()))
                .contains("5 packets transmitted, 5 received, 0% packet loss")
                .doesNotContain("DUP!");
    }

    /** The largest datagram that IPv4 has: 45 fragments, and as many back. */
    @ParameterizedTest
    @EnumSource
    void answersTheLargestDatagram(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        assertThat(Host.run("ping", "-n", "-c", "5", "-i", "0.1", "-s", "65507", network.ip()))
                .contains("65515 bytes from " + network.ip())
                .contains("5 packets transmitted, 5 received, 0% packet loss")
                .doesNotContainIgnoringCase("wrong data");
    }

    /** 1472 bytes are the most that one packet holds, 1473 take two fragments. */
    @ParameterizedTest
    @EnumSource
    void answersAroundTheMtu(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        for (int size = 1471; size <= 1474; size++) {
            assertThat(Host.run("ping", "-n", "-c", "2", "-i", "0.05", "-s", String.valueOf(size), network.ip()))
                    .contains((size + 8) + " bytes from")
                    .contains("2 received");
        }
        assertThat(Host.run("ping", "-n", "-c", "1", "-M", "do", "-s", "1472", network.ip()))
                .contains("1 received");
    }

    @ParameterizedTest
    @EnumSource
    void answersAFlood(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        assertThat(Host.run("ping", "-n", "-q", "-f", "-c", "1000", network.ip()))
                .contains("1000 packets transmitted, 1000 received, 0% packet loss");
    }

    /** Both programs of this name: Habets' (Debian's arping) and that of iputils. */
    @ParameterizedTest
    @EnumSource
    void tellsItsEthernetAddress(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        final String output = Host.run("arping", "-c", "2", "-I", network.tap(), network.ip());
        assertThat(output).containsAnyOf("2 packets received", "Received 2 response");
        assertThat(output.toLowerCase(Locale.ROOT))
                .as("locally administered address")
                .containsPattern("02(:[0-9a-f]{2}){5}");
    }
}
