package io.tapstack.octets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OctetsTest {

    @ParameterizedTest
    @CsvSource({
        "61, a, a",
        "C3 BC, ü, ü",
        "E9, \udce9, \\xE9",
        "61 E9 62, a\udce9b, a\\xE9b",
        "E6 97 A5, 日, 日",
        "E6 97, \udce6\udc97, \\xE6\\x97",
        "E6 97 61, \udce6\udc97a, \\xE6\\x97a",
        "F0 9F 98 80, 😀, 😀",
        "FF FE, \udcff\udcfe, \\xFF\\xFE",
        "C0 AE, \udcc0\udcae, \\xC0\\xAE", // an overlong form
        "ED A0 80, \udced\udca0\udc80, \\xED\\xA0\\x80", // a surrogate
        "C3 BC E9 C3 BC, ü\udce9ü, ü\\xE9ü",
        "01 7F C2 85, '\u0001\u007f\u0085', \\x01\\x7F\\x85",
    })
    void formsOfTheSame(final String hex, final String lossless, final String readable) {
        final StringBuilder octets = new StringBuilder();
        for (final String octet : hex.split(" ", -1)) {
            octets.append((char) Integer.parseInt(octet, 16));
        }
        assertThat(Octets.lossless(octets.toString())).isEqualTo(lossless);
        assertThat(Octets.of(lossless)).isEqualTo(octets.toString());
        assertThat(Octets.readable(octets.toString())).isEqualTo(readable);
    }

    @Test
    void everyPairOfOctetsComesBack() {
        for (int i = 0; i < 0x10000; i++) {
            final String octets = Octets.of(new byte[] {(byte) (i >> 8), (byte) i});
            assertThat(Octets.of(Octets.lossless(octets))).isEqualTo(octets);
        }
    }

    @Test
    void allOfUnicodeIsUtf8() {
        final String all = "aé日😀\uffff".repeat(1000);
        assertThat(Octets.bytes(Octets.of(all))).isEqualTo(all.getBytes(StandardCharsets.UTF_8));
    }
}
