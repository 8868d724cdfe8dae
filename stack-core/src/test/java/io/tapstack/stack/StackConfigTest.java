package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.arp.ArpConfig;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.MacAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;

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
