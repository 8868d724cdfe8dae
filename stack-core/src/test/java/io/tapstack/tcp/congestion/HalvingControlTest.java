package io.tapstack.tcp.congestion;

import static io.tapstack.tcp.congestion.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tahoe, Reno and NewReno: RFC 5681 3.1 and 3.2, RFC 3465, RFC 6582 3.2. The MSS is 1000, the initial window 10,000.
 */
class HalvingControlTest {

    private static CongestionControl established(final String name) {
        final CongestionControl control = CongestionControls.BUILT_IN.create(name, 1);
        control.established(MSS, 10 * MSS);
        return control;
    }

    /** 3.1: "ssthresh SHOULD be set arbitrarily high". */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void beginsInSlowStart(final String name) {
        final CongestionControl control = established(name);
        assertThat(control.name()).isEqualTo(name);
        assertThat(control.cwnd()).isEqualTo(10_000);
        assertThat(control.ssthresh()).isGreaterThan(1 << 29);
        assertThat(control.pacingRate()).isZero();
        assertThat(control.controlsRecovery()).isEqualTo(name.equals("tahoe"));
    }

    /** Equation 2: cwnd += min(N, SMSS); RFC 3465 2.2 with L = 2: an ACK for two segments counts as two. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void slowStart(final String name) {
        final CongestionControl control = established(name);
        control.acknowledged(Acks.of(400));
        assertThat(control.cwnd()).isEqualTo(10_400);
        control.acknowledged(Acks.of(1_000));
        assertThat(control.cwnd()).isEqualTo(11_400);
        control.acknowledged(Acks.of(2_000));
        assertThat(control.cwnd()).isEqualTo(13_400);
        control.acknowledged(Acks.of(3_000));
        assertThat(control.cwnd()).isEqualTo(15_400);
    }

    /** An ACK can never add more than it acknowledges; one for a super-segment adds half of it. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void neverMoreThanIsAcknowledged(final String name) {
        final CongestionControl control = established(name);
        for (int bytes = 1; bytes < 200_000; bytes += 997) {
            final int before = control.cwnd();
            control.acknowledged(Acks.of(bytes));
            assertThat(control.cwnd() - before).isBetween(0, bytes);
        }
        final int before = control.cwnd();
        control.acknowledged(Acks.of(64_000));
        assertThat(control.cwnd() - before).isEqualTo(32_000);
    }

    /** 3.1: congestion avoidance: one segment for each window that is acknowledged, whatever the pieces. */
    @ParameterizedTest
    @ValueSource(strings = {"reno", "newreno"})
    void congestionAvoidance(final String name) {
        final CongestionControl control = established(name);
        control.lossDetected(20_000, 0);
        assertThat(control.cwnd()).isEqualTo(10_000);
        for (int i = 0; i < 9; i++) {
            control.acknowledged(Acks.of(1_000));
            assertThat(control.cwnd()).isEqualTo(10_000);
        }
        control.acknowledged(Acks.of(1_000));
        assertThat(control.cwnd()).isEqualTo(11_000);
        for (int i = 0; i < 22; i++) {
            control.acknowledged(Acks.of(500));
        }
        assertThat(control.cwnd()).isEqualTo(12_000);
    }

    /** Equation 4: ssthresh = max(FlightSize / 2, 2 SMSS); cwnd comes down to it, or with Tahoe to one segment. */
    @ParameterizedTest
    @CsvSource({"tahoe,1000,1000", "reno,3500,2000", "newreno,3500,2000"})
    void loss(final String name, final int window, final int smallest) {
        final CongestionControl control = established(name);
        control.lossDetected(7_000, 0);
        assertThat(control.ssthresh()).isEqualTo(3_500);
        assertThat(control.cwnd()).isEqualTo(window);
        control.lossDetected(1_000, 0);
        assertThat(control.ssthresh()).isEqualTo(2_000);
        assertThat(control.cwnd()).isEqualTo(smallest);
    }

    /** Tahoe goes back through slow start to ssthresh. */
    @Test
    void tahoeStartsSlowly() {
        final CongestionControl tahoe = established("tahoe");
        tahoe.lossDetected(8_000, 0);
        tahoe.acknowledged(Acks.of(1_000));
        assertThat(tahoe.cwnd()).isEqualTo(2_000);
        tahoe.acknowledged(Acks.of(1_000));
        tahoe.acknowledged(Acks.of(1_000));
        assertThat(tahoe.cwnd()).isEqualTo(4_000);
        tahoe.acknowledged(Acks.of(1_000));
        assertThat(tahoe.cwnd()).isEqualTo(4_000);
    }

    /** What recovery has to know of each. */
    @Test
    void fastRecovery() {
        assertThat(established("tahoe").fastRecovery()).isEqualTo(FastRecovery.NONE);
        assertThat(established("reno").fastRecovery()).isEqualTo(FastRecovery.UNTIL_NEW_ACK);
        assertThat(established("newreno").fastRecovery()).isEqualTo(FastRecovery.UNTIL_RECOVER);
    }

    /** RFC 3168 6.1.2: as for a loss, but nothing is to be sent again: cwnd = ssthresh with all of them. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void congestionExperienced(final String name) {
        final CongestionControl control = established(name);
        control.congestionExperienced(10_000, false, 0);
        assertThat(control.ssthresh()).isEqualTo(5_000);
        assertThat(control.cwnd()).isEqualTo(5_000);
    }

    /** 3.1: after a timeout cwnd is no more than one segment; a second timeout of the same segment leaves ssthresh. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void timeout(final String name) {
        final CongestionControl control = established(name);
        control.timedOut(8_000, true, 0);
        assertThat(control.cwnd()).isEqualTo(1_000);
        assertThat(control.ssthresh()).isEqualTo(4_000);
        control.timedOut(1_000, false, 0);
        assertThat(control.ssthresh()).isEqualTo(4_000);
        control.acknowledged(Acks.of(1_000));
        control.acknowledged(Acks.of(1_000));
        control.acknowledged(Acks.of(1_000));
        assertThat(control.cwnd()).isEqualTo(4_000);
        control.acknowledged(Acks.of(1_000));
        assertThat(control.cwnd()).isEqualTo(4_000);
    }

    /** Slow start ends at ssthresh exactly, however much one ACK acknowledges. */
    @Test
    void slowStartDoesNotOvershoot() {
        final CongestionControl control = established("newreno");
        control.timedOut(16_000, true, 0);
        control.acknowledged(Acks.of(60_000));
        assertThat(control.cwnd()).isEqualTo(8_000);
    }

    /** RFC 6582 3.2, step 3: min(ssthresh, max(FlightSize, SMSS) + SMSS). */
    @Test
    void fullAck() {
        final CongestionControl control = established("newreno");
        control.lossDetected(20_000, 0);
        control.recovered(3_000, 0);
        assertThat(control.cwnd()).isEqualTo(4_000);
        control.lossDetected(20_000, 0);
        control.recovered(0, 0);
        assertThat(control.cwnd()).isEqualTo(2_000);
        control.lossDetected(20_000, 0);
        control.recovered(50_000, 0);
        assertThat(control.cwnd()).isEqualTo(10_000);
    }

    /** RFC 5681 3.2 step 6: "set cwnd to ssthresh". */
    @Test
    void renoDeflates() {
        final CongestionControl control = established("reno");
        control.lossDetected(20_000, 0);
        control.recovered(3_000, 0);
        assertThat(control.cwnd()).isEqualTo(10_000);
    }

    /** RFC 4015 3.2: what was spurious is taken back. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void undo(final String name) {
        final CongestionControl control = established(name);
        final int ssthresh = control.ssthresh();
        control.timedOut(10_000, true, 0);
        control.undo(0);
        assertThat(control.cwnd()).isEqualTo(10_000);
        assertThat(control.ssthresh()).isEqualTo(ssthresh);
        control.lossDetected(10_000, 0);
        control.undo(0);
        assertThat(control.cwnd()).isEqualTo(10_000);
        assertThat(control.ssthresh()).isEqualTo(ssthresh);
    }

    /** RFC 5681 4.1: RW = min(IW, cwnd); ssthresh remembers three quarters of what the window was. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void idle(final String name) {
        final CongestionControl control = established(name);
        control.acknowledged(Acks.of(2_000));
        control.restartAfterIdle(2, 1);
        assertThat(control.cwnd()).isEqualTo(10_000);
        control.congestionExperienced(80_000, false, 0);
        assertThat(control.cwnd()).isEqualTo(40_000);
        for (int i = 0; i < 100; i++) {
            control.acknowledged(Acks.of(10_000));
        }
        final int grown = control.cwnd();
        control.restartAfterIdle(2, 1);
        assertThat(control.cwnd()).isEqualTo(10_000);
        assertThat(control.ssthresh()).isEqualTo(Math.max(40_000, grown - grown / 4));
        control.timedOut(10_000, true, 0);
        control.restartAfterIdle(2, 1);
        assertThat(control.cwnd()).isEqualTo(1_000);
    }

    /** RFC 7661 4.3: a window that is not used does not grow. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void applicationLimited(final String name) {
        final CongestionControl control = established(name);
        for (int i = 0; i < 100; i++) {
            control.acknowledged(Acks.unused(1_000));
        }
        assertThat(control.cwnd()).isEqualTo(10_000);
    }

    /** A change of algorithm takes the window over. */
    @Test
    void takesOver() {
        final CongestionControl before = established("tahoe");
        before.congestionExperienced(80_000, false, 0);
        final CongestionControl control = established("newreno");
        control.takeOver(before);
        assertThat(control.cwnd()).isEqualTo(40_000);
        assertThat(control.ssthresh()).isEqualTo(40_000);
    }

    /** Nothing overflows, however long it goes well. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno"})
    void noOverflow(final String name) {
        final CongestionControl control = established(name);
        for (int i = 0; i < 5_000; i++) {
            control.acknowledged(Acks.of(1 << 20));
            assertThat(control.cwnd()).isPositive();
        }
        assertThat(control.cwnd()).isEqualTo(1 << 30);
    }
}
