package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
                "1.2.3.\u0664",
                ":",
                ":1",
                "1:",
                ":::",
                "1:::2",
                "1::2::3",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4::5:6:7:8",
                "1:2:3:4:5:6:7:1.2.3.4",
                "::1.2.3",
                "::1.2.3.4:5",
                "::01.2.3.4",
                "12345::",
                "g::",
                "-1::",
                "::\uff11",
                "fe80::1%tap0",
                "[::1]",
                "::/0"
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
        assertThat(IpAddress.ANY_IPV6.isAny()).isTrue();
        assertThat(IpAddress.ANY_IPV6.isLoopback()).isFalse();
        assertThat(IpAddress.ipv6(0, 1).isAny()).isFalse();
        assertThat(IpAddress.LOOPBACK_IPV6.isLoopback()).isTrue();
        assertThat(IpAddress.ipv6(0xFF02L << 48, 1).isMulticast()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        // RFC 4291 2.2: the same addresses in each of the three forms.
        "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a",
        "FF01:0:0:0:0:0:0:101, ff01::101",
        "0:0:0:0:0:0:0:1, ::1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:13.1.68.3, ::d01:4403",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221",
        "::ffff:129.144.52.38, 129.144.52.38",
        "0:0:0:0:0:FFFF:8190:3426, 129.144.52.38",
        // RFC 5952 4.1 to 4.3: no leading zeros, the longest run of zeros, the first of two, and no single zero.
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:db8::1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "1:2:3:4:5:6::, 1:2:3:4:5:6::",
        "::3:4:5:6:7:8, ::3:4:5:6:7:8",
        "1::8, 1::8",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    })
    void ipv6AddressesArePrintedInTheirCanonicalForm(final String text, final String canonical) {
        final IpAddress address = IpAddress.parse(text);
        assertThat(address).hasToString(canonical).isEqualTo(IpAddress.parse(canonical));
        assertThat(IpAddress.of(address.toBytes())).isEqualTo(address);
        assertThat(IpAddress.of(address.toIpv6Bytes())).isEqualTo(address);
    }

    @Test
    void anIpv4AddressIsAMappedOneOf128Bits() {
        final IpAddress four = IpAddress.parse("10.0.0.2");
        assertThat(four.high()).isZero();
        assertThat(four.low()).isEqualTo(0xFFFF_0A00_0002L);
        assertThat(IpAddress.ipv6(0, 0xFFFF_0A00_0002L)).isEqualTo(four);
        assertThat(four.isIpv4()).isTrue();
        assertThat(four.ipv4Bits()).isEqualTo(0x0A00_0002);
        assertThat(four.toBytes()).containsExactly(10, 0, 0, 2);
        assertThat(four.bitLength()).isEqualTo(32);
        assertThat(IpAddress.ANY_IPV4).isNotEqualTo(IpAddress.ANY_IPV6);

        final IpAddress compatible = IpAddress.ipv6(0, 0x0A00_0002);
        assertThat(compatible.isIpv4()).isFalse();
        assertThat(compatible).isNotEqualTo(four).hasToString("::a00:2");
        assertThat(compatible.bitLength()).isEqualTo(128);
    }

    @ParameterizedTest
    @CsvSource({
        "fe80::1, true, false", "febf::1, true, false", "fec0::1, false, false", "169.254.3.4, true, false",
        "169.253.3.4, false, false", "fc00::1, false, true", "fdff::1, false, true", "fe00::1, false, false",
        "2001:db8::1, false, false", "10.0.0.1, false, false",
    })
    void scopes(final String text, final boolean linkLocal, final boolean uniqueLocal) {
        assertThat(IpAddress.parse(text).isLinkLocal()).isEqualTo(linkLocal);
        assertThat(IpAddress.parse(text).isUniqueLocal()).isEqualTo(uniqueLocal);
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, 8, 10.0.0.0",
        "10.1.2.3, 32, 10.1.2.3",
        "10.1.2.3, 0, 0.0.0.0",
        "255.255.255.255, 1, 128.0.0.0",
        "2001:db8:1:2:3:4:5:6, 64, 2001:db8:1:2::",
        "2001:db8:1:2:8000::, 65, 2001:db8:1:2:8000::",
        "2001:db8:1:2:3:4:5:6, 63, 2001:db8:1:2::",
        "2001:db8:1:3::, 63, 2001:db8:1:2::",
        "2001:db8::1, 128, 2001:db8::1",
        "2001:db8::1, 0, ::",
    })
    void prefixes(final String text, final int length, final String prefix) {
        final IpAddress address = IpAddress.parse(text);
        assertThat(address.prefix(length)).isEqualTo(IpAddress.parse(prefix));
        assertThat(address.hasPrefix(IpAddress.parse(prefix), length)).isTrue();
        assertThat(IpAddress.parse("0.0.0.1").hasPrefix(IpAddress.ANY_IPV6, 0)).isFalse();
        assertThat(IpAddress.parse("::1").hasPrefix(IpAddress.ANY_IPV4, 0)).isFalse();
        assertThat(IpAddress.parse("10.0.1.1").hasPrefix(IpAddress.parse("10.0.0.0"), 24))
                .isFalse();
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
        assertThat(new Endpoint(IpAddress.ipv6(0, 1), 80)).hasToString("[::1]:80");
        assertThatThrownBy(() -> Endpoint.anyIpv4(65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Endpoint.anyIpv4(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
