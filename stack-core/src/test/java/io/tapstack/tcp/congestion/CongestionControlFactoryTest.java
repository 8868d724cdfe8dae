package io.tapstack.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.Test;

/** A congestion control that does not come with the stack. */
final class CongestionControlFactoryTest {

    private static final CongestionControlFactory TIMID = CongestionControlFactory.of("timid", Timid::new);

    /** Never more than four segments. */
    private static final class Timid extends LossBasedControl {

        @Override
        public String name() {
            return "timid";
        }

        @Override
        protected int congestionAvoidance(final AckSample ack) {
            return 0;
        }

        @Override
        protected int slowStart(final AckSample ack) {
            return Math.max(0, Math.min(ack.ackedBytes, 4 * mss() - cwnd()));
        }

        @Override
        protected int reduced(final int flight) {
            return 2 * mss();
        }
    }

    @Test
    void isChosenByFactoryAndKnownByNameFromThenOn() {
        final TcpConfig config = new TcpConfig().congestionControl(TIMID);
        assertThat(config.congestionControl()).isEqualTo("timid");
        final TcpConfig copy = config.copy().congestionControl("reno");
        assertThat(copy.congestionControlFactory().create(1)).isInstanceOf(Reno.class);
        assertThat(copy.congestionControl("Timid").congestionControlFactory()).isSameAs(TIMID);
        assertThatThrownBy(() -> new TcpConfig().congestionControl("timid"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no congestion control timid");
    }

    @Test
    void takesOverAWindow() {
        final CongestionControl reno = CongestionControls.BUILT_IN.create("reno", 1);
        reno.established(1_000, 10_000);
        final CongestionControl timid = CongestionControls.successor(reno, TIMID, 1, 1_000, 10_000);
        assertThat(timid).isInstanceOf(Timid.class);
        assertThat(timid.cwnd()).isEqualTo(10_000);
        assertThat(CongestionControls.successor(timid, TIMID, 1, 1_000, 10_000)).isSameAs(timid);
        timid.lossDetected(10_000, 0);
        assertThat(timid.cwnd()).isEqualTo(2_000);
    }

    @Test
    void refusesNamesThatTcpCongestionCannotCarry() {
        for (final String name : new String[] {"", "Timid", "a name", "a-name-of-16-char"}) {
            assertThatThrownBy(() -> CongestionControlFactory.of(name, Timid::new))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        final CongestionControlFactory cubic = CongestionControlFactory.of("cubic", Timid::new);
        assertThatThrownBy(() -> new TcpConfig().congestionControl(cubic))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cubic already");
        assertThatThrownBy(() -> cubic.create(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("timid");
    }

    /** A registry is a value: a copy knows more names, and the original does not. */
    @Test
    void namesACongestionControl() {
        final CongestionControls more = CongestionControls.BUILT_IN.with("timid", Timid::new);
        assertThat(more.names()).contains("cubic", "timid").hasSize(6);
        assertThat(CongestionControls.BUILT_IN.names()).doesNotContain("timid");
        assertThat(more.create("TIMID", 1)).isInstanceOf(Timid.class);
        final TcpConfig config = new TcpConfig().congestionControls(more);
        assertThat(config.congestionControl()).isEqualTo("cubic");
        assertThat(config.congestionControl("timid")
                        .copy()
                        .congestionControl("reno")
                        .congestionControl("timid"))
                .extracting(TcpConfig::congestionControl)
                .isEqualTo("timid");
        assertThatThrownBy(() -> new TcpConfig().congestionControl("timid"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no congestion control timid: there are bbr, cubic, newreno, reno, tahoe");
        assertThatThrownBy(() -> more.with("reno", Timid::new)).isInstanceOf(IllegalArgumentException.class);
    }
}
