package io.tapstack.tcp.timing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.Test;

/** RFC 6298 2 and 5, with our margin of 200 ms (docs/decisions/0003). */
class RoundTripEstimatorTest {

    private static final long MILLIS = 1_000_000L;

    private final RoundTripEstimator estimator = new RoundTripEstimator(new TcpConfig());

    /** 2.1 */
    @Test
    void beforeTheFirstSample() {
        assertThat(estimator.rto()).isEqualTo(1_000 * MILLIS);
        assertThat(estimator.srtt()).isZero();
    }

    /** 2.2: SRTT = R, RTTVAR = R/2, RTO = SRTT + 4 RTTVAR. */
    @Test
    void firstSample() {
        estimator.sample(400 * MILLIS, false, 0);
        assertThat(estimator.srtt()).isEqualTo(400 * MILLIS);
        assertThat(estimator.rttvar()).isEqualTo(200 * MILLIS);
        assertThat(estimator.rto()).isEqualTo(1_200 * MILLIS);
    }

    /** 2.3: RTTVAR = 3/4 RTTVAR + 1/4 |SRTT - R'| with the old SRTT; SRTT = 7/8 SRTT + 1/8 R'. */
    @Test
    void secondSample() {
        estimator.sample(400 * MILLIS, false, 0);
        estimator.sample(800 * MILLIS, false, 0);
        assertThat(estimator.rttvar()).isEqualTo(250 * MILLIS);
        assertThat(estimator.srtt()).isEqualTo(450 * MILLIS);
        assertThat(estimator.rto()).isEqualTo(1_450 * MILLIS);
    }

    /** Steady round trips: the variation dies away, the margin stays. */
    @Test
    void steady() {
        for (int i = 0; i < 200; i++) {
            estimator.sample(300 * MILLIS, false, 0);
        }
        assertThat(estimator.srtt()).isEqualTo(300 * MILLIS);
        assertThat(estimator.rto()).isBetween(500 * MILLIS, 501 * MILLIS);
    }

    /** A round trip of nothing at all is a measurement too. */
    @Test
    void zero() {
        estimator.sample(0, false, 0);
        assertThat(estimator.rto()).isEqualTo(200 * MILLIS);
        estimator.synWasRetransmitted();
        assertThat(estimator.rto()).isEqualTo(200 * MILLIS);
    }

    /** 5.5 and 2.5: twice as long each time, up to a limit; a new sample ends it. */
    @Test
    void backOff() {
        estimator.sample(100 * MILLIS, false, 0);
        assertThat(estimator.rto()).isEqualTo(300 * MILLIS);
        estimator.backOff();
        assertThat(estimator.rto()).isEqualTo(600 * MILLIS);
        for (int i = 0; i < 40; i++) {
            estimator.backOff();
        }
        assertThat(estimator.rto()).isEqualTo(120_000 * MILLIS);
        assertThat(estimator.backoff()).isEqualTo(41);
        estimator.sample(100 * MILLIS, false, 0);
        assertThat(estimator.rto()).isLessThan(400 * MILLIS);
        assertThat(estimator.backoff()).isZero();
    }

    /** 5.7: three seconds when the SYN had to be sent again and there is no sample. */
    @Test
    void lostSyn() {
        estimator.backOff();
        estimator.synWasRetransmitted();
        assertThat(estimator.rto()).isEqualTo(3_000 * MILLIS);
    }

    /** 2.5: an upper limit holds for what is measured too. */
    @Test
    void upperLimit() {
        estimator.sample(500_000 * MILLIS, false, 0);
        assertThat(estimator.rto()).isEqualTo(120_000 * MILLIS);
        assertThat(estimator.minimum()).isEqualTo(500_000 * MILLIS);
    }

    /**
     * 5.5 for a SYN-ACK, which may be sent again as often as the application says: it never comes out short or
     * negative.
     */
    @Test
    void initialRto() {
        final TcpConfig config = new TcpConfig();
        for (int times = 0; times < 300; times++) {
            final long expected = times < 7 ? 1_000L << times : 120_000;
            assertThat(RoundTripEstimator.initialRto(config, times)).isEqualTo(expected * MILLIS);
        }
    }
}
