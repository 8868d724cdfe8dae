package io.tapstack.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.socket.ResolutionFailure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNameTest {

    @ParameterizedTest
    @CsvSource({
        "www.Example.COM, www.example.com, false",
        "www., www, true",
        "_sip._tcp.example, _sip._tcp.example, false",
        "a-1, a-1, false",
        "bücher.example, xn--bcher-kva.example, false",
        "例え.テスト, xn--r8jz45g.xn--zckzah, false"
    })
    void readsNames(final String text, final String name, final boolean absolute) throws Exception {
        assertThat(HostName.parse(text)).isEqualTo(new HostName(name, absolute));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|it is empty",
                ".|a label is empty",
                "a..b|a label is empty",
                ".a|a label is empty",
                "a/b|it has the character /",
                "1.2.3|it ends with a number, and is no address",
                "10.0.0.256|it ends with a number, and is no address"
            })
    void saysWhyItIsNone(final String text, final String why) {
        assertThatThrownBy(() -> HostName.parse(text))
                .isInstanceOf(ResolutionFailure.class)
                .hasMessage("'" + text + "' is not a name: " + why);
    }

    @Test
    void saysInOneLineWhyItIsNone() {
        assertThatThrownBy(() -> HostName.parse("a\nb"))
                .hasMessage("'a\\u000ab' is not a name: it has the character \\u000a");
        assertThatThrownBy(() -> HostName.parse("x".repeat(64)))
                .hasMessageContaining("a label is longer than 63 characters");
        assertThatThrownBy(() -> HostName.parse("x.".repeat(200) + "x"))
                .hasMessage("'" + "x.".repeat(40) + "...' is not a name: it is longer than 253 characters");
        assertThatThrownBy(() -> HostName.parse("ü".repeat(300))).hasMessageContaining("longer than 253");
        assertThatThrownBy(() -> HostName.parse("ü\u0000")).hasMessageContaining("is not a name");
    }
}
