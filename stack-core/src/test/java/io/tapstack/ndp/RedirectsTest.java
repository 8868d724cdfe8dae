package io.tapstack.ndp;

import static io.tapstack.ndp.NdpTrace.OTHER_MAC;
import static io.tapstack.ndp.NdpTrace.ROUTER;
import static io.tapstack.ndp.NdpTrace.ROUTER_B;
import static io.tapstack.ndp.NdpTrace.ROUTER_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.ip.HostAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** RFC 4861 8. */
class RedirectsTest {

    private static final String FAR = "2001:db8:ffff::1";

    private final NdpTrace host = NdpTrace.settled();
    private final String us = host.only(HostAddress.Origin.LINK_LOCAL).address().toString();

    RedirectsTest() {
        host.advertise(NdpBytes.ra(1800).sourceLink(ROUTER_MAC));
    }

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    @Test
    void aBetterRouter() { // 8.3
        host.receive(ROUTER, us, NdpBytes.redirect(ROUTER_B, FAR).targetLink(OTHER_MAC));
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
        assertThat(host.router("2001:db8:ffff::2")).isEqualTo(ROUTER);
        assertThat(host.neighbor(ROUTER_B).isRouter()).isTrue();
        assertThat(host.neighbor(ROUTER_B).mac()).isEqualTo(OTHER_MAC);
    }

    @Test
    void aDestinationOnTheLink() { // 8.3: target and destination are equal
        host.receive(ROUTER, us, NdpBytes.redirect(FAR, FAR).targetLink(OTHER_MAC));
        assertThat(host.router(FAR)).isEqualTo("link");
        assertThat(host.neighbor(FAR).isRouter()).isFalse();
    }

    @Test
    void onlyTheFirstHopInUseMayRedirect() { // 8.1
        host.receive(ROUTER_B, us, NdpBytes.redirect(ROUTER_B, FAR));
        assertThat(host.drops(DropReason.NDP_SOURCE)).isEqualTo(1);
        host.receive(ROUTER, us, NdpBytes.redirect(ROUTER_B, FAR));
        host.receive(ROUTER, us, NdpBytes.redirect(FAR, FAR));
        assertThat(host.router(FAR)).as("the old router may not redirect again").isEqualTo(ROUTER_B);
        host.receive(ROUTER_B, us, NdpBytes.redirect(ROUTER, FAR));
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
    }

    @Test
    void badRedirectsAreDropped() { // 8.1
        host.receive("2001:db8::1", us, NdpBytes.redirect(ROUTER_B, FAR));
        host.receive(ROUTER, us, NdpBytes.redirect("2001:db8::9", FAR)); // the target is neither link-local nor FAR
        host.receive(ROUTER, us, NdpBytes.redirect(ROUTER_B, "ff02::5"));
        host.receive(ROUTER, us, NdpBytes.redirect(ROUTER_B, FAR).code(1));
        host.receive(ROUTER, us, NdpBytes.redirect(ROUTER_B, FAR).raw(2, 0));
        host.receive(ROUTER, us, 254, false, NdpBytes.redirect(ROUTER_B, FAR).array());
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
    }

    @Test
    void aTargetThatDoesNotAnswerIsForgotten() { // 7.3.3
        host.receive(ROUTER, us, NdpBytes.redirect(ROUTER_B, FAR).targetLink(OTHER_MAC));
        host.send(us, ROUTER_B);
        host.advanceSeconds(8.1);
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
    }

    @Test
    void aFloodOfRedirectsLeavesTheTableBounded() {
        for (int i = 0; i < 100_000; i++) {
            final String destination =
                    "2001:db8:f::" + Integer.toHexString(i >>> 8) + ":" + Integer.toHexString(i & 0xFF);
            host.receive(ROUTER, us, NdpBytes.redirect(ROUTER_B, destination));
        }
        assertThat(host.ndp.tableEntries()).isLessThan(200);
        assertThat(host.router("2001:db8:f::186:9f")).as("the newest stays").isEqualTo(ROUTER_B);
    }
}
