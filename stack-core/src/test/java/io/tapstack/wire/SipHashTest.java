package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SipHashTest {

    @Test
    void equalsTheReferenceVector() {
        // From the authors' vectors: key 00 01 .. 0f, message 00 01 .. 0f.
        final SipHash hash = new SipHash(0x0706_0504_0302_0100L, 0x0F0E_0D0C_0B0A_0908L);
        assertThat(hash.hash(0x0706_0504_0302_0100L, 0x0F0E_0D0C_0B0A_0908L)).isEqualTo(0x3F2A_CC7F_57C2_9BDBL);
    }
}
