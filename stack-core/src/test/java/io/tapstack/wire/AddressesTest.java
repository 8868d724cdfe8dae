package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@link IpAddress}, {@link MacAddress} and {@link Endpoint}. */
class AddressesTest {

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.0.0.2", "255.255.255.255", "127.0.0.1", "192.168.100.200"})
    void ipv4AddressesSurviveParsingAndPrinting(final String text) {
        assertThat(IpAddress.parse(text)).hasToString(text);
        assertThat(IpAddress.of(IpAddress.parse(text).toBytes())).isEqualTo(IpAddress.parse(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.-4",
                "01.2.3.4",
                "1.2.3.4 ",
                "a.b.c.d",
                "1..2.3",
                "1.2.3.4.",
                "1.2.3.+4",
                "1.2.3.1000",
                "1.2.3.\u0664"
            })
    void whatIsNoAddressIsRefused(final String text) {
        assertThatThrownBy(() -> IpAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("10.0.0.2");
    }

    @Test
    void kindsOfAddresses() {
        assertThat(IpAddress.parse("224.0.0.1").isMulticast()).isTrue();
        assertThat(IpAddress.parse("239.255.255.255").isMulticast()).isTrue();
        assertThat(IpAddress.parse("240.0.0.1").isMulticast()).isFalse();
        for (final String host : new String[] {"1.0.0.0", "223.255.255.255", "240.0.0.0", "255.255.255.254"}) {
            assertThat(IpAddress.isIpv4Host(IpAddress.parse(host).ipv4Bits()))
                    .as(host)
                    .isTrue();
        }
        for (final String none : new String[] {"0.0.0.0", "0.255.255.255", "224.0.0.0", "239.255.255.255"}) {
            assertThat(IpAddress.isIpv4Host(IpAddress.parse(none).ipv4Bits()))
                    .as(none)
                    .isFalse();
        }
        assertThat(IpAddress.isIpv4Host(-1)).isFalse();
        assertThat(IpAddress.parse("223.255.255.255").isMulticast()).isFalse();
        assertThat(IpAddress.parse("127.255.0.1").isLoopback()).isTrue();
        assertThat(IpAddress.BROADCAST_IPV4.isLimitedBroadcast()).isTrue();
        assertThat(IpAddress.ANY_IPV4.isAny()).isTrue();
        assertThat(IpAddress.ipv6(0, 1).isLoopback()).isTrue();
        assertThat(IpAddress.ipv6(0xFF02L << 48, 1).isMulticast()).isTrue();
    }

    @Test
    void anIpv6AddressIsNeverAnIpv4Address() {
        final IpAddress six = IpAddress.ipv6(0, 0x0A00_0002);
        assertThat(six).isNotEqualTo(IpAddress.parse("10.0.0.2"));
        assertThat(IpAddress.of(six.toBytes())).isEqualTo(six);
        assertThat(six).hasToString("0:0:0:0:0:0:a00:2");
    }

    @Test
    void macAddressesSurviveParsingAndPrinting() {
        assertThat(MacAddress.parse("02:00:5E:00:00:0a")).hasToString("02:00:5e:00:00:0a");
        assertThat(MacAddress.BROADCAST.isGroup()).isTrue();
        assertThat(MacAddress.parse("01:00:5e:00:00:01").isGroup()).isTrue();
        assertThat(MacAddress.parse("02:00:00:00:00:01").isGroup()).isFalse();
        assertThatThrownBy(() -> MacAddress.parse("02:00:00:00:01")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> MacAddress.parse("02-00-00-00-00-01")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void endpointsArePrintedAsPeopleWriteThem() {
        assertThat(new Endpoint(IpAddress.parse("10.0.0.2"), 80)).hasToString("10.0.0.2:80");
        assertThat(new Endpoint(IpAddress.ipv6(0, 1), 80)).hasToString("[0:0:0:0:0:0:0:1]:80");
        assertThatThrownBy(() -> Endpoint.anyIpv4(65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Endpoint.anyIpv4(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
