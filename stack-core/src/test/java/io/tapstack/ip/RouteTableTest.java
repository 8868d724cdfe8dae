package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.ip.v4.Ipv4Protocol;
import io.tapstack.testing.TestHost;
import io.tapstack.wire.IpAddress;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 1122 3.3.1: the next hop of a destination. */
class RouteTableTest {

    private final TestHost host = TestHost.settled();
    private final RouteTable routes = host.internet.routes();

    private Route route(final String network, final int prefixLength, final String gateway) {
        return new Route(IpAddress.parse(network), prefixLength, IpAddress.parse(gateway), host.networkInterface);
    }

    private String gatewayTo(final String destination) {
        final Route route = routes.lookup(IpAddress.parse(destination));
        return route == null
                ? "none"
                : route.gateway() == null ? "link" : route.gateway().toString();
    }

    @Test
    void theLongestPrefixWins() { // RFC 1812 5.2.4.3
        routes.add(route("172.16.0.0", 12, "10.0.0.12"));
        routes.add(route("172.16.5.0", 24, "10.0.0.24"));
        routes.add(route("172.16.5.7", 32, "10.0.0.32"));
        routes.add(route("172.16.0.0", 16, "10.0.0.16"));
        assertThat(gatewayTo("172.16.5.7")).isEqualTo("10.0.0.32");
        assertThat(gatewayTo("172.16.5.8")).isEqualTo("10.0.0.24");
        assertThat(gatewayTo("172.16.6.1")).isEqualTo("10.0.0.16");
        assertThat(gatewayTo("172.31.255.255")).isEqualTo("10.0.0.12");
        assertThat(gatewayTo("172.32.0.0")).isEqualTo("none");
        assertThat(gatewayTo("10.0.0.77")).isEqualTo("link");
        routes.defaultGateway(TestHost.PEER, host.networkInterface);
        assertThat(gatewayTo("172.32.0.0")).isEqualTo("10.0.0.1");
    }

    @Test
    void eachFamilyHasItsDefaultRoute() {
        routes.add(route("2001:db8::", 32, "fe80::32"));
        routes.add(route("2001:db8:5::", 48, "fe80::48"));
        assertThat(gatewayTo("2001:db8:5::1")).isEqualTo("fe80::48");
        assertThat(gatewayTo("2001:db8:6::1")).isEqualTo("fe80::32");
        assertThat(gatewayTo("2001:db9::1")).isEqualTo("none");
        routes.defaultGateway(TestHost.PEER, host.networkInterface);
        assertThat(gatewayTo("2001:db9::1")).isEqualTo("none");
        routes.add(route("::", 0, "fe80::1"));
        assertThat(gatewayTo("2001:db9::1")).isEqualTo("fe80::1");
        assertThat(gatewayTo("192.0.2.1")).isEqualTo("10.0.0.1");
        assertThatThrownBy(() -> route("::", 0, "10.0.0.1")).hasMessageContaining("families");
    }

    @Test
    void agreesWithACheckOfEveryRoute() {
        final SplittableRandom random = new SplittableRandom(8);
        for (int i = 0; i < 200; i++) {
            final int prefixLength = random.nextInt(33);
            final IpAddress network =
                    IpAddress.ipv4(random.nextInt() & 0x0FFF_00FF).prefix(prefixLength);
            routes.add(new Route(network, prefixLength, null, host.networkInterface));
        }
        for (int i = 0; i < 5_000; i++) {
            final IpAddress destination = IpAddress.ipv4(random.nextInt() & 0x0FFF_00FF);
            int longest = -1;
            for (final Route route : routes.routes()) {
                if (route.matches(destination.high(), destination.low())) {
                    longest = Math.max(longest, route.prefixLength());
                }
            }
            final Route found = routes.lookup(destination);
            assertThat(found == null ? -1 : found.prefixLength()).isEqualTo(longest);
        }
    }

    @Test
    void aPathFollowsChanges() {
        final IpAddress far = IpAddress.parse("192.0.2.1");
        assertThat(host.ipv4.path(IpAddress.ANY_IPV4, far)).isNull();
        routes.defaultGateway(TestHost.PEER, host.networkInterface);
        final IpPath path = Objects.requireNonNull(host.ipv4.path(IpAddress.ANY_IPV4, far));
        assertThat(path.isOnLink()).isFalse();
        assertThat(path.source()).isEqualTo(TestHost.ADDRESS);

        final var first = host.pool.packet(200, path.headroom());
        first.append(8);
        path.send(first, 253, 0, 64, true);
        assertThat(host.sentOne().getHeader().getDstAddr()).hasToString("02:00:00:00:00:01");

        routes.add(new Route(IpAddress.parse("192.0.2.0"), 24, null, host.networkInterface));
        assertThat(path.isOnLink()).isTrue();
        routes.remove(IpAddress.parse("192.0.2.0"), 24);
        routes.remove(IpAddress.ANY_IPV4, 0);
        final var second = host.pool.packet(200, path.headroom());
        second.append(8);
        assertThat(path.send(second, 253, 0, 64, true)).isEqualTo(SendStatus.UNREACHABLE);
        host.assertNothingLeaked();
    }

    @Test
    void aPathHasASourceOfOurs() {
        assertThat(host.ipv4.path(TestHost.OTHER, TestHost.PEER)).isNull();
        assertThat(host.ipv4.path(TestHost.ADDRESS, TestHost.PEER)).isNotNull();
        assertThat(host.ipv4.path(IpAddress.parse("127.0.0.1"), TestHost.PEER)).isNull();
        assertThat(host.ipv4.path(IpAddress.ANY_IPV4, IpAddress.ANY_IPV4)).isNull();
        assertThat(host.ipv4.path(IpAddress.ANY_IPV4, IpAddress.ipv6(1, 2))).isNull();
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> route("10.0.0.1", 24, "10.0.0.1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> route("10.0.0.0", 33, "10.0.0.1")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> routes.defaultGateway(IpAddress.parse("10.0.1.1"), host.networkInterface))
                .hasMessageContaining("10.0.0.0/24");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.2",
                "10.0.0.2/",
                "10.0.0.2/33",
                "10.0.0.2/-1",
                "0.0.0.0/8",
                "224.0.0.1/24",
                "127.0.0.1/8",
                "255.255.255.255/32",
                "x/24",
                "2001:db8::1/129",
                "::/64",
                "::1/128",
                "ff02::1/16"
            })
    void interfaceAddressesAreChecked(final String text) {
        assertThatThrownBy(() -> InterfaceAddress.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static boolean broadcast(final InterfaceAddress of, final String address) {
        return new HostAddress(of.address(), of.prefixLength(), HostAddress.Origin.CONFIGURED, AddressState.PREFERRED)
                .isDirectedBroadcast(IpAddress.parse(address).ipv4Bits());
    }

    private static boolean matches(final Route route, final String destination) {
        final IpAddress address = IpAddress.parse(destination);
        return route.matches(address.high(), address.low());
    }

    /** The route to the subnet of {@code address}, as {@link Ipv4Protocol#addInterface} adds it. */
    private Route subnet(final InterfaceAddress address) {
        return new Route(address.network(), address.prefixLength(), null, host.networkInterface);
    }

    @Test
    void subnetsOfAllSizes() {
        final InterfaceAddress usual = InterfaceAddress.parse("10.1.2.3/22");
        assertThat(usual.network()).isEqualTo(IpAddress.parse("10.1.0.0"));
        assertThat(broadcast(usual, "10.1.3.255")).isTrue();
        assertThat(matches(subnet(usual), "10.1.4.0")).isFalse();
        final InterfaceAddress pair = InterfaceAddress.parse("10.0.0.0/31");
        assertThat(broadcast(pair, "10.0.0.1")).as("RFC 3021").isFalse();
        assertThat(matches(subnet(pair), "10.0.0.1")).isTrue();
        assertThat(matches(subnet(InterfaceAddress.parse("10.0.0.5/0")), "255.255.255.251"))
                .isTrue();
        assertThat(usual).hasToString("10.1.2.3/22");
        final InterfaceAddress six = InterfaceAddress.parse("2001:db8::2/64");
        assertThat(matches(subnet(six), "2001:db8::ffff:0:0:1")).isTrue();
        assertThat(matches(subnet(six), "2001:db8:0:1::1")).isFalse();
        assertThat(broadcast(six, "255.255.255.255")).isFalse();
        assertThat(six).hasToString("2001:db8::2/64");
    }
}
