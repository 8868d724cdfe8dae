package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostAddressTest {

    @Test
    void anAddressHasAMask() {
        assertThat(HostAddress.parse("10.0.0.1/24").mask()).hasToString("255.255.255.0");
        assertThat(HostAddress.parse("192.168.7.1/30").mask()).hasToString("255.255.255.252");
        assertThat(HostAddress.parse("10.0.0.1/32").mask()).hasToString("255.255.255.255");
        assertThat(HostAddress.parse("10.0.0.1/1").mask()).hasToString("128.0.0.0");
    }

    @Test
    void anIpv6AddressIsOne() {
        assertThat(HostAddress.parse("2001:db8::1/64")).hasToString("2001:db8::1/64");
        assertThat(TapConfig.named("tap0")
                        .withHostAddress(HostAddress.parse("10.0.0.1/24"))
                        .withHostAddress(HostAddress.parse("2001:db8::1/64"))
                        .hostAddresses())
                .hasToString("[10.0.0.1/24, 2001:db8::1/64]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "10.0.0.1/",
                "10.0.0.1/0",
                "10.0.0.1/33",
                "10.0.0/24",
                "0.0.0.0/8",
                "224.0.0.1/24",
                "10.0.0.1/-1",
                "10.0.0.256/24",
                "x/24",
                "2001:db8::1",
                "2001:db8::1/0",
                "2001:db8::1/129",
                "ff02::1/64",
                ""
            })
    void anythingElseIsRefused(final String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> HostAddress.parse(text));
    }
}
