package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.IpAddress;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 8106 5. */
class DnsAdvertisementsTest {

    private final NdpTrace host = NdpTrace.settled();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private List<String> servers() {
        return host.ndp.dns().servers().stream().map(IpAddress::toString).toList();
    }

    @Test
    void serversLiveForTheirLifetime() { // 5.1
        host.advertise(NdpBytes.ra(1800).dnsServers(600, "2001:db8::53", "fe80::53"));
        host.advertise(NdpBytes.ra(1800).dnsServers(900, "2001:db8::53"));
        assertThat(servers()).containsExactly("2001:db8::53", "fe80::53");
        host.advanceSeconds(600);
        assertThat(servers()).containsExactly("2001:db8::53");
        host.advertise(NdpBytes.ra(1800).dnsServers(0, "2001:db8::53"));
        assertThat(servers()).isEmpty();
    }

    @Test
    void searchDomainsLiveForTheirLifetime() { // 5.2
        host.advertise(NdpBytes.ra(1800).searchList(600, "example.com", "lab.example.net"));
        assertThat(host.ndp.dns().searchDomains()).containsExactly("example.com", "lab.example.net");
        host.advanceSeconds(600);
        assertThat(host.ndp.dns().searchDomains()).isEmpty();
    }

    @Test
    void allOnesNeverEnd() { // 5.1: infinity
        host.advertise(NdpBytes.ra(1800).dnsServers(0xFFFF_FFFFL, "2001:db8::53"));
        host.advanceSeconds(1e8);
        assertThat(servers()).hasSize(1);
    }

    @Test
    void badEntriesAreSkipped() {
        host.advertise(NdpBytes.ra(1800).dnsServers(600, "ff02::53", "::", "2001:db8::53"));
        assertThat(servers()).containsExactly("2001:db8::53");
        // A label that reaches behind the option; a compression pointer; characters that no name has.
        host.advertise(NdpBytes.ra(1800).raw(31, 2, 0, 0, 0, 0, 1, 0, 60, 'a', 0, 0, 0, 0, 0, 0));
        host.advertise(NdpBytes.ra(1800).raw(31, 2, 0, 0, 0, 0, 1, 0, 0xC0, 0, 0, 0, 0, 0, 0, 0));
        host.advertise(NdpBytes.ra(1800).raw(31, 2, 0, 0, 0, 0, 1, 0, 3, 'a', '\n', 'b', 0, 0, 0, 0));
        host.advertise(NdpBytes.ra(1800).raw(31, 1, 0, 0, 0, 0, 1, 0).raw(25, 1, 0, 0, 0, 0, 1, 0));
        assertThat(host.ndp.dns().searchDomains()).isEmpty();
    }

    @Test
    void aFullListForgetsTheEntryThatEndsFirst() { // 6.2
        for (int i = 0; i < 100_000; i++) {
            host.advertise(
                    NdpBytes.ra(1800).dnsServers(600 + i % 1000, "2001:db8::" + Integer.toHexString(i & 0xFFFF)));
        }
        assertThat(servers()).hasSize(8);
        host.advanceSeconds(1590);
        assertThat(servers()).hasSize(8);
    }
}
