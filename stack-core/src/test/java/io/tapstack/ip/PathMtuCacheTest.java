package io.tapstack.ip;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import org.junit.jupiter.api.Test;

class PathMtuCacheTest {

    private final TimerWheel wheel = new TimerWheel(0);

    private static IpAddress host(final int number) {
        return IpAddress.ipv4(0x0A00_0000 + number);
    }

    private final PathMtuCache cache = new PathMtuCache(wheel);

    @Test
    void plateausOfRfc1191() { // RFC 1191 7.1, table 7-1
        assertThat(PathMtuCache.plateauBelow(65_535)).isEqualTo(32_000);
        assertThat(PathMtuCache.plateauBelow(1_500)).isEqualTo(1_492);
        assertThat(PathMtuCache.plateauBelow(1_492)).isEqualTo(1_006);
        assertThat(PathMtuCache.plateauBelow(69)).isEqualTo(68);
        assertThat(PathMtuCache.plateauBelow(20)).isEqualTo(68);
    }

    @Test
    void isBoundedAndForgetsTheOldest() {
        for (int i = 0; i < 2 * PathMtuCache.MAX_ENTRIES; i++) {
            cache.learn(host(i), 1_000);
        }
        assertThat(cache.size()).isEqualTo(PathMtuCache.MAX_ENTRIES);
        assertThat(cache.mtu(host(0), 1_500)).isEqualTo(1_500);
        assertThat(cache.mtu(host(2 * PathMtuCache.MAX_ENTRIES - 1), 1_500)).isEqualTo(1_000);
    }

    @Test
    void everyEntryLivesTenMinutes() {
        cache.learn(host(1), 1_000);
        wheel.advance(300_000_000_000L);
        cache.learn(host(2), 1_000);
        wheel.advance(600_000_000_000L);
        assertThat(cache.mtu(host(1), 1_500)).isEqualTo(1_500);
        assertThat(cache.mtu(host(2), 1_500)).isEqualTo(1_000);
        wheel.advance(900_000_000_000L);
        assertThat(cache.size()).isZero();
        assertThat(wheel.armedTimers()).isZero();
    }

    @Test
    void aMessageBelowTheLeastMtuOfIpv6IsIgnored() { // RFC 8201 4
        final IpAddress six = IpAddress.parse("2001:db8::1");
        cache.learn(six, 1_279);
        assertThat(cache.mtu(six, 1_500)).isEqualTo(1_500);
        cache.learn(six, 1_280);
        assertThat(cache.mtu(six, 1_500)).isEqualTo(1_280);
        assertThat(cache.mayFragment(six)).isFalse();
    }

    @Test
    void neverExceedsTheLink() {
        cache.learn(host(1), 1_400);
        assertThat(cache.mtu(host(1), 1_280)).isEqualTo(1_280);
    }
}
