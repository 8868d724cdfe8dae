package io.tapstack.conformance.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Linux's parameters as settings of the stack. */
class SysctlsTest {

    private final TcpConfig config = new TcpConfig();

    @Test
    void setsWhatTheStackHas() {
        assertThat(Sysctls.set(config, "net.ipv4.tcp_syncookies", "2")).isTrue();
        assertThat(config.synCookies()).isEqualTo(SynCookieMode.ALWAYS);
        assertThat(Sysctls.set(config, "net.ipv4.tcp_keepalive_time", "7")).isTrue();
        assertThat(config.keepAliveIdleNanos()).isEqualTo(7_000_000_000L);
        assertThat(Sysctls.set(config, "net.ipv4.ip_default_ttl", "9")).isTrue();
        assertThat(config.timeToLive()).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({
        "net.ipv4.tcp_dsack, 1, true", // what the stack does anyway
        "net.ipv4.tcp_dsack, 0, false", // and cannot do otherwise
        "net.ipv4.tcp_autocorking, 0, true", // changes nothing on the wire
        "net.ipv4.tcp_nonesuch, 1, false",
        "net.ipv6.conf.all.forwarding, 1, false",
    })
    void tellsWhatCannotBe(final String name, final String value, final boolean known) {
        assertThat(Sysctls.set(config, name, value)).isEqualTo(known);
    }

    @Test
    void refusesAValueThatMeansNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> Sysctls.set(config, "net.ipv4.tcp_syncookies", "3"));
        assertThatIllegalArgumentException().isThrownBy(() -> Sysctls.set(config, "net.ipv4.tcp_rmem", "1 2"));
    }
}
