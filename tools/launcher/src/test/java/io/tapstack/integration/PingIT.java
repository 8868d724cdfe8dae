package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        assertThat(HostPrograms.run("ping", "-n", "-c", "5", "-i", "0.1", network.ip()))
                .contains("5 packets transmitted, 5 received, 0% packet loss")
                .doesNotContain("DUP!");
    }

    /** The largest datagram that IPv4 has: 45 fragments, and as many back. */
    @ParameterizedTest
    @EnumSource
    void answersTheLargestDatagram(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        assertThat(HostPrograms.run("ping", "-n", "-c", "5", "-i", "0.1", "-s", "65507", network.ip()))
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
            assertThat(HostPrograms.run(
                            "ping", "-n", "-c", "2", "-i", "0.05", "-s", String.valueOf(size), network.ip()))
                    .contains((size + 8) + " bytes from")
                    .contains("2 received");
        }
        assertThat(HostPrograms.run("ping", "-n", "-c", "1", "-M", "do", "-s", "1472", network.ip()))
                .contains("1 received");
    }

    @ParameterizedTest
    @CsvSource({"296, 65507", "576, 65507", "1006, 65507", "1480, 65507"})
    void answersWhateverTheFragments(final int mtu, final int size) throws Exception {
        network = TestNetwork.open();
        HostPrograms.run("ip", "link", "set", network.tap(), "mtu", Integer.toString(mtu));
        HostPrograms.run("ping", "-n", "-c", "1", network.ip()); // 241 fragments are too many to wait for ARP
        assertThat(HostPrograms.run("ping", "-n", "-c", "3", "-i", "0.1", "-s", Integer.toString(size), network.ip()))
                .contains((size + 8) + " bytes from " + network.ip())
                .contains("3 packets transmitted, 3 received, 0% packet loss")
                .doesNotContainIgnoringCase("wrong data");
    }

    /**
     * One frame in 33 is lost each way, so that 0.97 to the power of 6 of the pings are answered, for the whole run.
     * 2,000 pings leave more than 170 datagrams incomplete.
     */
    @Test
    void lossCostsOnlyThePingsThatItHits() throws Exception {
        final Impairment loss = Impairment.NONE.withLoss(0.03);
        network = TestNetwork.open((tap, host, stack) -> new ImpairedLink(tap, loss, loss, 1));
        // Other tests cover lost ARP packets.
        HostPrograms.script("""
                until ping -n -c 1 -W 1 %1$s; do :; done
                mac=$(ip -o neigh show to %1$s dev %2$s | sed 's/.*lladdr \\([^ ]*\\).*/\\1/')
                ip neigh replace %1$s lladdr "$mac" dev %2$s nud permanent
                """.formatted(network.ip(), network.tap()));
        final String output = HostPrograms.attempt(
                        "ping", "-n", "-q", "-c", "2000", "-i", "0.002", "-s", "4000", "-W", "1", network.ip())
                .output();
        final Matcher matcher =
                Pattern.compile("2000 packets transmitted, (\\d+) received").matcher(output);
        assertThat(matcher.find()).as(output).isTrue();
        assertThat(Integer.parseInt(matcher.group(1))).isBetween(1_560, 1_780);
        assertThat(network.drops(DropReason.FRAGMENT_LIMIT)).isBetween(60L, 300L);
    }

    /** Frames that arrive twice, and late: repeats of fragments, before and after their datagram was answered. */
    @Test
    void answersFragmentsThatComeTwice() throws Exception {
        final Impairment twice = Impairment.NONE.withDuplication(0.5).withReordering(0.2, 2_000_000);
        network = TestNetwork.open((tap, host, stack) -> new ImpairedLink(tap, Impairment.NONE, twice, 1));
        assertThat(HostPrograms.run("ping", "-n", "-c", "200", "-i", "0.01", "-s", "4000", network.ip()))
                .contains("200 packets transmitted, 200 received")
                .doesNotContainIgnoringCase("wrong data");
        assertThat(network.drops(DropReason.FRAGMENT_OVERLAP)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void answersAFlood(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        assertThat(HostPrograms.run("ping", "-n", "-q", "-f", "-c", "1000", network.ip()))
                .contains("1000 packets transmitted, 1000 received, 0% packet loss");
    }

    /** Both programs of this name: Habets' (Debian's arping) and that of iputils. */
    @ParameterizedTest
    @EnumSource
    void tellsItsEthernetAddress(final Offload offload) throws Exception {
        network = TestNetwork.open(offload);
        final String output = HostPrograms.run("arping", "-c", "2", "-I", network.tap(), network.ip());
        assertThat(output).containsAnyOf("2 packets received", "Received 2 response");
        assertThat(output.toLowerCase(Locale.ROOT))
                .as("locally administered address")
                .containsPattern("02(:[0-9a-f]{2}){5}");
    }
}
