package io.tapstack.tcp.congestion;

import static io.tapstack.tcp.congestion.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8511: a mark takes less of the window than a loss. */
class AlternativeBackoffTest {

    private static CongestionControl established(final String name) {
        final CongestionControl control = CongestionControls.BUILT_IN.create(name, 1);
        control.established(MSS, 100 * MSS);
        return control;
    }

    /** 3: ssthresh = max(FlightSize beta_ecn, 2 SMSS), and cwnd no more than that; 3.1: 0.85 for CUBIC. */
    @ParameterizedTest
    @CsvSource({"tahoe, 80000", "reno, 80000", "newreno, 80000", "cubic, 85000"})
    void aMark(final String name, final int left) {
        final CongestionControl control = established(name);
        control.congestionExperienced(100 * MSS, true, 0);
        assertThat(control.ssthresh()).isEqualTo(left);
        assertThat(control.cwnd()).isEqualTo(left);
    }

    /** 3: "with a lower bound of 2 * SMSS applied to the result". */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno", "cubic"})
    void neverBelowTwoSegments(final String name) {
        final CongestionControl control = established(name);
        control.congestionExperienced(MSS, true, 0);
        assertThat(control.ssthresh()).isEqualTo(2 * MSS);
        assertThat(control.cwnd()).isEqualTo(2 * MSS);
    }

    /** Without it, and for a loss and a timeout in any case, beta is the algorithm's own. */
    @ParameterizedTest
    @CsvSource({"tahoe, 50000", "reno, 50000", "newreno, 50000", "cubic, 70000"})
    void aLoss(final String name, final int left) {
        final CongestionControl classic = established(name);
        classic.congestionExperienced(100 * MSS, false, 0);
        assertThat(classic.ssthresh()).isEqualTo(left);
        final CongestionControl lost = established(name);
        lost.lossDetected(100 * MSS, 0);
        assertThat(lost.ssthresh()).isEqualTo(left);
        final CongestionControl timedOut = established(name);
        timedOut.timedOut(100 * MSS, true, 0);
        assertThat(timedOut.ssthresh()).isEqualTo(left);
    }

    /**
     * 4.2: "If congestion persists after such reduction, ABE continues to reduce the congestion window in each
     * consecutive RTT."
     */
    @ParameterizedTest
    @CsvSource({"reno, 64000", "cubic, 72250"})
    void eachRoundTripAnew(final String name, final int left) {
        final CongestionControl control = established(name);
        control.congestionExperienced(100 * MSS, true, 0);
        control.congestionExperienced(control.cwnd(), true, 100);
        assertThat(control.cwnd()).isEqualTo(left);
    }

    /** BBR has no factor of its own for a mark. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void bbr(final boolean alternativeBackoff) {
        final CongestionControl control = established("bbr");
        control.congestionExperienced(100 * MSS, alternativeBackoff, 0);
        assertThat(control.cwnd()).isEqualTo(100 * MSS);
    }
}
