package io.tapstack.ndp;

import static io.tapstack.ndp.NdpTrace.ALL_NODES;
import static io.tapstack.ndp.NdpTrace.OTHER_MAC;
import static io.tapstack.ndp.NdpTrace.ROUTER;
import static io.tapstack.ndp.NdpTrace.ROUTER_B;
import static io.tapstack.ndp.NdpTrace.ROUTER_MAC;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.ip.Route;
import io.tapstack.neighbor.NeighborState;
import io.tapstack.wire.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Default routers and routes: RFC 4861 6.3.4 to 6.3.6 and 7.3.3, RFC 4191. */
class RouterListTest {

    private static final String FAR = "2001:db8:ffff::1";
    private static final int HIGH = 1;
    private static final int LOW = 3;
    private static final int RESERVED = 2;

    private final NdpTrace host = NdpTrace.settled();
    private final String us =
            host.only(io.tapstack.ip.HostAddress.Origin.LINK_LOCAL).address().toString();

    @AfterEach
    void nothingLeaks() {
        host.assertNothingLeaked();
    }

    private static NdpBytes ra(final int lifetime, final int preference) {
        return NdpBytes.ra(0, preference << 3, lifetime, 0, 0);
    }

    /** Both routers are known by their link addresses. */
    private void twoRouters(final int preferenceA, final int preferenceB) {
        host.receive(ROUTER, ALL_NODES, ra(1800, preferenceA).sourceLink(ROUTER_MAC));
        host.receive(ROUTER_B, ALL_NODES, ra(1800, preferenceB).sourceLink(OTHER_MAC));
    }

    @Test
    void anAdvertisementMakesADefaultRouter() { // RFC 4861 6.3.4
        assertThat(host.router(FAR)).isEqualTo("none");
        host.advertise(NdpBytes.ra(1800).sourceLink(ROUTER_MAC));
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
        assertThat(host.ndp.hasDefaultRouter()).isTrue();
        assertThat(host.neighbor(ROUTER).state()).isEqualTo(NeighborState.STALE);
        assertThat(host.neighbor(ROUTER).isRouter()).isTrue();
    }

    @Test
    void theRouterGoesWhenItsLifetimeEnds() { // RFC 4861 6.3.5
        host.advertise(NdpBytes.ra(30));
        host.advanceSeconds(29);
        host.advertise(NdpBytes.ra(30));
        host.advanceSeconds(29.9);
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
        host.advanceSeconds(0.1);
        assertThat(host.router(FAR)).isEqualTo("none");
    }

    @Test
    void aLifetimeOfZeroEndsItAtOnce() { // RFC 4861 6.3.4
        host.advertise(NdpBytes.ra(1800));
        host.advertise(NdpBytes.ra(0));
        assertThat(host.router(FAR)).isEqualTo("none");
    }

    @Test
    void aHostThatLosesItsLastRouterSolicitsAgain() {
        host.advertise(NdpBytes.ra(30));
        host.advanceSeconds(20);
        assertThat(host.sent()).isEmpty();
        host.advanceSeconds(11.1);
        assertThat(host.sent()).containsExactly("RS " + us + " > ff02::2 slla 02:00:00:00:00:02");
    }

    @Test
    void anAdvertisementMustComeFromALinkLocalAddress() { // RFC 4861 6.1.2
        host.receive("2001:db8::1", ALL_NODES, NdpBytes.ra(1800));
        host.receive("::", ALL_NODES, NdpBytes.ra(1800));
        assertThat(host.drops(DropReason.NDP_SOURCE)).isEqualTo(2);
        host.receive(ROUTER, ALL_NODES, 64, false, NdpBytes.ra(1800).array());
        assertThat(host.drops(DropReason.NDP_HOP_LIMIT)).isEqualTo(1);
        host.receive(ROUTER, ALL_NODES, 255, true, NdpBytes.ra(1800).array());
        host.receive(ROUTER, ALL_NODES, NdpBytes.ra(1800).code(1));
        host.receive(ROUTER, ALL_NODES, NdpBytes.ra(1800).raw(3, 0));
        assertThat(host.router(FAR)).isEqualTo("none");
    }

    @Test
    void theRouterWithTheHigherPreferenceIsUsed() { // RFC 4191 3.2
        twoRouters(LOW, HIGH);
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
        host.receive(ROUTER_B, ALL_NODES, ra(1800, LOW).sourceLink(OTHER_MAC));
        host.receive(ROUTER, ALL_NODES, ra(1800, 0).sourceLink(ROUTER_MAC));
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
    }

    @Test
    void theReservedPreferenceIsMedium() { // RFC 4191 2.2
        twoRouters(LOW, RESERVED);
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
    }

    @Test
    void equalRoutersDoNotTakeTurns() { // RFC 4861 6.3.6: the one in use is kept
        twoRouters(0, 0);
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
        host.receive(ROUTER_B, ALL_NODES, ra(1800, 0).sourceLink(OTHER_MAC));
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
    }

    @Test
    void aDeadRouterIsReplacedByTheNext() { // RFC 4861 7.3.3
        twoRouters(HIGH, LOW);
        host.send(us, ROUTER);
        host.advanceSeconds(5 + 3 - 0.1);
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
        host.advanceSeconds(0.2);
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
        // It speaks again: a reachable router with a higher preference is better (RFC 4191 3.2).
        host.receive(ROUTER, ALL_NODES, ra(1800, HIGH).sourceLink(ROUTER_MAC));
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
    }

    @Test
    void routersThatAllFailTakeTurns() { // RFC 4861 6.3.6 (2)
        twoRouters(0, 0);
        host.send(us, ROUTER);
        host.advanceSeconds(8.1);
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
        host.send(us, ROUTER_B);
        host.advanceSeconds(8.1);
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
        host.send(us, ROUTER);
        host.advanceSeconds(3.1);
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
    }

    @Test
    void aRouterThatBecomesAHostIsNoDefaultRouter() { // RFC 4861 7.2.5
        host.advertise(NdpBytes.ra(1800).sourceLink(ROUTER_MAC));
        host.receive(ROUTER, us, NdpBytes.na(ROUTER, "SO").targetLink(ROUTER_MAC));
        assertThat(host.router(FAR)).isEqualTo("none");
    }

    @Test
    void moreSpecificRoutesGoByTheirRouter() { // RFC 4191 2.3, 3.1
        twoRouters(HIGH, LOW);
        host.receive(ROUTER_B, ALL_NODES, ra(1800, LOW).route("2001:db8:ffff::", 48, 0, 600));
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
        assertThat(host.router("2001:db8:eeee::1")).isEqualTo(ROUTER);
        host.receive(ROUTER_B, ALL_NODES, ra(1800, LOW).route("2001:db8:ffff::", 48, RESERVED, 0));
        assertThat(host.router(FAR))
                .as("a route with the reserved preference is ignored")
                .isEqualTo(ROUTER_B);
        host.advanceSeconds(600);
        assertThat(host.router(FAR)).isEqualTo(ROUTER);
    }

    @Test
    void aRouteForAllIsTheDefaultRoute() { // RFC 4191 3.1: it replaces lifetime and preference of the header
        twoRouters(HIGH, LOW);
        host.receive(ROUTER_B, ALL_NODES, ra(1800, LOW).route("::", 0, HIGH, 600));
        host.receive(ROUTER, ALL_NODES, ra(1800, LOW));
        assertThat(host.router(FAR)).isEqualTo(ROUTER_B);
    }

    @Test
    void aConfiguredRouteIsNotReplaced() {
        final Route configured = new Route(IpAddress.ANY_IPV6, 0, IpAddress.parse("fe80::c"), host.networkInterface);
        host.routes.add(configured);
        host.advertise(NdpBytes.ra(1800));
        assertThat(host.router(FAR)).isEqualTo("fe80::c");
        host.advertise(NdpBytes.ra(0));
        assertThat(host.routes.routes()).contains(configured);
        host.routes.remove(IpAddress.ANY_IPV6, 0);
    }

    @Test
    void aFloodOfRoutersAndRoutesLeavesTheTablesBounded() { // RFC 6583 6
        for (int i = 0; i < 1_000_000; i++) {
            final String router = "fe80::1:" + Integer.toHexString(i >>> 16) + ":" + Integer.toHexString(i & 0xFFFF);
            host.receive(router, ALL_NODES, 255, false, FLOOD.clone());
        }
        assertThat(host.ndp.tableEntries()).isLessThan(100);
        assertThat(host.wheel.armedTimers()).isLessThan(10);
        assertThat(host.pool.packetsInUse()).isZero();
        assertThat(host.drops(DropReason.NDP_LIMIT)).isGreaterThan(900_000);
    }

    private static final byte[] FLOOD = NdpBytes.ra(1800).array();
}
