package io.tapstack.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AmountTest {

    @Test
    void bytes() {
        assertThat(Amount.bytes(0)).isEqualTo("0 B");
        assertThat(Amount.bytes(1023)).isEqualTo("1023 B");
        assertThat(Amount.bytes(1024)).isEqualTo("1.00 KiB");
        assertThat(Amount.bytes(1_073_741_824)).isEqualTo("1.00 GiB");
        assertThat(Amount.bytes(Long.MAX_VALUE)).isEqualTo("8.00 EiB");
    }

    @Test
    void rate() {
        assertThat(Amount.rate(125, 1_000_000_000)).isEqualTo("1.0 kbit/s");
        assertThat(Amount.rate(125_000_000, 1_000_000_000)).isEqualTo("1.00 Gbit/s");
        assertThat(Amount.rate(1_250_000, 1_000_000_000)).isEqualTo("10.0 Mbit/s");
        assertThat(Amount.rate(0, 0)).isEqualTo("0.0 kbit/s");
    }

    @Test
    void time() {
        assertThat(Amount.time(1_500_000)).isEqualTo("1.5 ms");
        assertThat(Amount.time(12_340_000_000L)).isEqualTo("12.3 s");
    }
}
