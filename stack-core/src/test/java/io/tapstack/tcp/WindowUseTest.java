package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WindowUseTest {

    private static final int ISS = 0x7FFF_FF00; // the flights cross the sign

    private final WindowUse use = new WindowUse(ISS);

    @Test
    void aFreshWindowIsNotUsed() {
        assertThat(use.isUsed(1)).isFalse();
    }

    @Test
    void moreThanHalfIsEnough() {
        use.sent(ISS, ISS + 500, false);
        assertThat(use.isUsed(999)).isTrue();
        assertThat(use.isUsed(1_000)).isFalse();
    }

    /** What is still in flight when its last ACKs come says nothing of what there was. */
    @Test
    void theMostOfTheFlightCounts() {
        use.sent(ISS, ISS + 1_000, false);
        use.sent(ISS + 900, ISS + 1_100, false);
        assertThat(use.isUsed(1_999)).isTrue();
    }

    @Test
    void anotherFlightStartsAnew() {
        use.sent(ISS, ISS + 1_000, false);
        use.sent(ISS + 1_000, ISS + 1_100, false);
        assertThat(use.isUsed(1_999)).isFalse();
    }

    /** Who was held back needed all of it, until that flight is acknowledged. */
    @Test
    void heldBack() {
        use.sent(ISS, ISS + 1_000, true);
        use.sent(ISS + 500, ISS + 1_200, false);
        assertThat(use.isUsed(Integer.MAX_VALUE)).isTrue();
        use.sent(ISS + 1_000, ISS + 1_300, false);
        assertThat(use.isUsed(Integer.MAX_VALUE)).isFalse();
    }
}
