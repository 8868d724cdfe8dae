package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.wire.IpAddress;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys and cookies of a Fast Open server: RFC 7413 4.1.2, tcp(7) TCP_FASTOPEN_KEY. */
class FastOpenKeysTest {

    private static final IpAddress SERVER = IpAddress.parse("192.168.0.1");
    private static final IpAddress CLIENT = IpAddress.parse("192.0.2.1");

    private static FastOpenKeys keys(final String hex) {
        return FastOpenKeys.of(HexFormat.of().parseHex(hex));
    }

    /**
     * What Linux answers with this key, as the kernel's own tests have it: servers of both kinds can share an address.
     */
    @Test
    void cookiesOfLinux() {
        assertThat(keys("a1a1a1a1b2b2b2b2c3c3c3c3d4d4d4d4").cookie(SERVER, CLIENT))
                .isEqualTo(new FastOpenCookie(0x3021b9d889017eebL, 0, 8, false));
        assertThat(keys("00".repeat(16)).cookie(SERVER, CLIENT))
                .isEqualTo(new FastOpenCookie(0xb7c12350a90dc8f5L, 0, 8, false));
    }

    /** The same over IPv6, as Linux 6.18 has answered. */
    @Test
    void cookiesOfLinuxOverIpv6() {
        final IpAddress server = IpAddress.parse("fd3d:fa7b:d17d::2");
        final IpAddress client = IpAddress.parse("2001:db8::1");
        assertThat(keys("a1a1a1a1b2b2b2b2c3c3c3c3d4d4d4d4").cookie(server, client))
                .isEqualTo(new FastOpenCookie(0x465a8e5918044636L, 0, 8, false));
        assertThat(keys("00".repeat(16)).cookie(server, client))
                .isEqualTo(new FastOpenCookie(0xbc370b1c6a51211dL, 0, 8, false));
    }

    /** 4.1.2: a cookie is worth nothing to another client, or at another server. */
    @Test
    void cookieOfOneClient() {
        final FastOpenKeys keys = keys("01".repeat(16));
        final FastOpenCookie cookie = keys.cookie(SERVER, CLIENT);
        assertThat(keys.accept(cookie, SERVER, CLIENT)).isTrue();
        assertThat(keys.accept(cookie, SERVER, SERVER)).isFalse();
        assertThat(keys.accept(cookie, CLIENT, CLIENT)).isFalse();
        assertThat(keys.accept(cookie, IpAddress.ipv6(1, 2), IpAddress.ipv6(3, 4)))
                .isFalse();
    }

    /** The first of two keys makes cookies, both are good. */
    @Test
    void twoKeys() {
        final FastOpenCookie old = keys("01".repeat(16)).cookie(SERVER, CLIENT);
        final FastOpenKeys both = keys("02".repeat(16) + "01".repeat(16));
        assertThat(both.cookie(SERVER, CLIENT)).isEqualTo(keys("02".repeat(16)).cookie(SERVER, CLIENT));
        assertThat(both.accept(old, SERVER, CLIENT)).isTrue();
        assertThat(both.accept(keys("03".repeat(16)).cookie(SERVER, CLIENT), SERVER, CLIENT))
                .isFalse();
        assertThat(both).isEqualTo(FastOpenKeys.of(both.toBytes())).hasToString("two Fast Open keys");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 15, 17, 31, 33, 48})
    void otherLengths(final int length) {
        assertThatThrownBy(() -> FastOpenKeys.of(new byte[length]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not " + length);
    }
}
