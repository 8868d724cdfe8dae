package io.tapstack.ndp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The prefix list and the parameters of the link: RFC 4861 6.3.4, 6.3.5; RFC 5942 4. */
class OnLinkPrefixesTest {

    private final NdpTrace host = NdpTrace.settled();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    @Test
    void aPrefixOnTheLinkNeedsNoRouter() { // RFC 4861 6.3.4
        host.advertise(NdpBytes.ra(1800).prefix("2001:db8::", 64, "L", 3600, 3600));
        assertThat(host.router("2001:db8::7")).isEqualTo("link");
        assertThat(host.router("2001:db8:0:1::7")).isEqualTo(NdpTrace.ROUTER);
        host.advanceSeconds(3599);
        assertThat(host.router("2001:db8::7")).isEqualTo("link");
        host.advanceSeconds(1);
        assertThat(host.router("2001:db8::7")).isEqualTo("none");
    }

    @Test
    void theOwnPrefixIsNotOnTheLinkUnlessARouterSaysSo() { // RFC 5942 4, rule 1
        host.advertise(NdpBytes.ra(1800).prefix("2001:db8::", 64, "A", 3600, 3600));
        assertThat(host.router("2001:db8::7")).isEqualTo(NdpTrace.ROUTER);
    }

    @Test
    void aLifetimeOfZeroEndsAPrefixAtOnce() { // RFC 4861 6.3.4
        host.advertise(NdpBytes.ra(1800).prefix("2001:db8::", 64, "L", 3600, 3600));
        host.advertise(NdpBytes.ra(1800).prefix("2001:db8::", 64, "L", 0, 0));
        assertThat(host.router("2001:db8::7")).isEqualTo(NdpTrace.ROUTER);
    }

    @Test
    void anAdvertisementWithoutLSaysNothing() { // RFC 4861 6.3.4
        host.advertise(NdpBytes.ra(1800).prefix("2001:db8::", 64, "L", 3600, 3600));
        host.advertise(NdpBytes.ra(1800).prefix("2001:db8::", 64, "", 0, 0));
        assertThat(host.router("2001:db8::7")).isEqualTo("link");
    }

    @Test
    void prefixesOfAnyLengthCount() { // RFC 5942 4: and bits behind the prefix are ignored
        host.advertise(NdpBytes.ra(1800).prefix("2001:db8:7:7::1", 40, "L", 3600, 3600));
        assertThat(host.router("2001:db8:7f::7")).isEqualTo("link");
        host.advertise(NdpBytes.ra(1800)
                .prefix("2001:db8::", 129, "L", 3600, 3600)
                .prefix("fe80::", 64, "L", 0, 0)
                .prefix("::", 0, "L", 3600, 3600));
        assertThat(host.router("2001:db8::7"))
                .as("impossible, link-local or for all")
                .isEqualTo("link");
        assertThat(host.router("2001:db9::7")).isEqualTo(NdpTrace.ROUTER);
        assertThat(host.router("fe80::7")).isEqualTo("link");
    }

    @Test
    void aFloodOfPrefixesLeavesTheListBounded() { // RFC 6583 6
        for (int i = 0; i < 50_000; i++) {
            final NdpBytes message = NdpBytes.ra(1800);
            for (int j = 0; j < 20; j++) {
                message.prefix("2001:db8:" + Integer.toHexString(i) + ":" + j + "::", 64, "LA", 3600, 3600);
            }
            host.advertise(message);
        }
        assertThat(host.ndp.tableEntries()).isLessThan(100);
        assertThat(host.addresses.size()).isLessThanOrEqualTo(17);
        assertThat(host.wheel.armedTimers()).isLessThan(50);
        assertThat(host.drops(DropReason.NDP_LIMIT)).isGreaterThan(900_000);
    }

    @Test
    void mtuBetweenTheMinimumAndTheDevices() { // RFC 4861 6.3.4, RFC 8200 5
        host.advertise(NdpBytes.ra(1800).mtu(1400));
        host.advertise(NdpBytes.ra(1800).mtu(1400));
        assertThat(host.mtus).containsExactly(1400);
        host.advertise(NdpBytes.ra(1800).mtu(1279));
        host.advertise(NdpBytes.ra(1800).mtu(1501));
        host.advertise(NdpBytes.ra(1800).mtu(-1));
        assertThat(host.ndp.parameters().mtu()).isEqualTo(1400);
        host.advertise(NdpBytes.ra(1800).mtu(1280));
        host.advertise(NdpBytes.ra(1800).mtu(1500));
        assertThat(host.mtus).containsExactly(1400, 1280, 1500);
    }

    @Test
    void hopLimitAndTimers() { // RFC 4861 6.3.4
        assertThat(host.ndp.parameters().hopLimit()).isEqualTo(64);
        host.advertise(NdpBytes.ra(55, 0, 1800, 1000, 200));
        assertThat(host.ndp.parameters().hopLimit()).isEqualTo(55);
        host.advertise(NdpBytes.ra(0, 0, 1800, 0, 0));
        assertThat(host.ndp.parameters().hopLimit()).isEqualTo(55);
        host.assigned("2001:db8::2");
        host.send("2001:db8::2", NdpTrace.PEER);
        host.advanceSeconds(0.59);
        assertThat(host.sent()).hasSize(3);
        host.advanceSeconds(0.02);
        assertThat(host.unresolved).hasSize(1);
    }
}
