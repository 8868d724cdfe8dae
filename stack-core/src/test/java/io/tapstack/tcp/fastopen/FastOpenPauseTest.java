package io.tapstack.tcp.fastopen;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.Test;

/** RFC 7413 7.1: for how long a black hole keeps active opens from Fast Open. */
class FastOpenPauseTest {

    private static final long SECOND = 1_000_000_000;
    private static final long HOUR = 3_600 * SECOND;

    private final FastOpenPause pause = new FastOpenPause();
    private final TcpConfig config = new TcpConfig().fastOpenPauseNanos(HOUR);

    @Test
    void aThirdTimeoutInARowBeginsIt() {
        pause.timedOut(config, 0, false, 0);
        pause.timedOut(config, 1, false, 0);
        assertThat(pause.isOn(HOUR, 1)).isFalse();
        pause.timedOut(config, 2, false, 0);
        assertThat(pause.isOn(HOUR, HOUR - 1)).isTrue();
        assertThat(pause.isOn(HOUR, HOUR)).isFalse();
        pause.timedOut(config, 3, false, HOUR);
        assertThat(pause.isOn(HOUR, HOUR)).isFalse();
    }

    @Test
    void theLastTimeoutBeginsItEarlier() {
        pause.timedOut(config, 1, true, 0);
        assertThat(pause.isOn(HOUR, 1)).isTrue();
    }

    @Test
    void eachDoublesItUpToSixtyFourTimes() {
        for (int i = 0; i < 10; i++) {
            final long now = i * 1_000 * HOUR;
            pause.blackHole(config, now);
            final long expected = HOUR << Math.min(i, 6);
            assertThat(pause.isOn(HOUR, now + expected - 1)).isTrue();
            assertThat(pause.isOn(HOUR, now + expected)).isFalse();
        }
    }

    @Test
    void successEndsTheDoubling() {
        pause.blackHole(config, 0);
        pause.blackHole(config, 0);
        assertThat(pause.isRemembered()).isTrue();
        pause.works();
        assertThat(pause.isRemembered()).isFalse();
        pause.blackHole(config, 0);
        assertThat(pause.isOn(HOUR, HOUR)).isFalse();
    }

    @Test
    void offAsOnLinux() {
        final TcpConfig off = new TcpConfig();
        pause.timedOut(off, 2, false, 0);
        assertThat(pause.isRemembered()).isFalse();
    }
}
