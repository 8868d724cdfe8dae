package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.arp.ArpConfig;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class StackConfigTest {

    private static final InterfaceAddress ADDRESS = InterfaceAddress.parse("10.0.0.2/24");
    private static final MacAddress MAC = MacAddress.parse("02:00:00:00:00:07");
    private static final IpAddress GATEWAY = IpAddress.parse("10.0.0.1");

    @Test
    void hasDefaultsForAllButTheAddress() {
        final StackConfig config = StackConfig.of(ADDRESS);
        assertThat(config.address()).isEqualTo(ADDRESS);
        assertThat(config.gateway()).isNull();
        assertThat(config.tcpLimits()).isEqualTo(TcpLimits.DEFAULT);
        assertThat(config.arp()).isEqualTo(ArpConfig.DEFAULT);
        assertThat(config.mac().isGroup()).isFalse();
    }

    @Test
    void hasSeveralAddressesAndRoutesOfEitherFamily() {
        final InterfaceAddress six = InterfaceAddress.parse("2001:db8::2/64");
        final StackConfig config = StackConfig.builder(ADDRESS)
                .address(six)
                .gateway(GATEWAY)
                .gateway(IpAddress.parse("fe80::1"))
                .route(StaticRoute.parse("192.0.2.0/24 via 10.0.0.9"))
                .route(StaticRoute.parse("192.0.2.0/24 via 10.0.0.8"))
                .build();
        assertThat(config.addresses()).containsExactly(ADDRESS, six);
        assertThat(config.address()).isEqualTo(ADDRESS);
        assertThat(config.gateway()).isEqualTo(GATEWAY);
        assertThat(config.toBuilder().build().routes().stream().map(StaticRoute::toString))
                .containsExactly("0.0.0.0/0 via 10.0.0.1", "::/0 via fe80::1", "192.0.2.0/24 via 10.0.0.8");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "192.0.2.0/24",
                "192.0.2.0 via 10.0.0.1",
                "192.0.2.0/33 via 10.0.0.1",
                "192.0.2.1/24 via 10.0.0.1",
                "192.0.2.0/24 by 10.0.0.1",
                "192.0.2.0/24 via fe80::1",
                "2001:db8::/129 via fe80::1",
                "192.0.2.0/24 via",
                "192.0.2.0/24 via 10.0.0.1 dev tap0"
            })
    void whatIsNoRouteIsRefused(final String text) {
        assertThatThrownBy(() -> StaticRoute.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void drawsTheSameAddressFromTheSameSeed() {
        assertThat(StackConfig.of(ADDRESS, new Random(1)).mac())
                .isEqualTo(StackConfig.of(ADDRESS, new Random(1)).mac())
                .isNotEqualTo(StackConfig.of(ADDRESS, new Random(2)).mac());
    }

    @Test
    void changesOneSettingAndKeepsTheOthers() {
        final StackConfig config = StackConfig.builder(ADDRESS)
                .mac(MAC)
                .gateway(GATEWAY)
                .memoryLimit(1_000)
                .build();
        final StackConfig changed = config.withMemoryLimit(2_000);
        assertThat(changed.memoryLimitBytes()).isEqualTo(2_000);
        assertThat(changed.mac()).isEqualTo(MAC);
        assertThat(changed.gateway()).isEqualTo(GATEWAY);
        assertThat(changed.random()).isSameAs(config.random());
        assertThat(config.memoryLimitBytes()).isEqualTo(1_000);
    }
}
