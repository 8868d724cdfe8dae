package io.tapstack.tcp.congestion;

import static io.tapstack.tcp.congestion.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 7661. One round trip is 100 ms, and so is the time between ACKs: each ends a round. */
class WindowValidationTest {

    private static final long ROUND = 100_000_000L;

    private final WindowValidation validation = new WindowValidation();
    private final NewReno control = new NewReno();
    private long now;
    private int sent = 1_000;

    private AckSample round(final int bytes, final boolean used) {
        now += ROUND;
        final AckSample ack = Acks.of(bytes);
        ack.windowUsed = used;
        ack.nowNanos = now;
        ack.srttNanos = ROUND;
        ack.sndUna = sent;
        sent += bytes;
        ack.sndNxt = sent;
        return ack;
    }

    /** 4.2: pipeACK is undefined at first, and the window counts as validated. */
    @Test
    void validatedAtFirst() {
        assertThat(validation.isValidated(100_000)).isTrue();
    }

    /** 4.2: non-validated if pipeACK is less than half of cwnd. */
    @Test
    void halfOfTheWindow() {
        for (int i = 0; i < 5; i++) {
            validation.acknowledged(round(10_000, false), 100_000);
        }
        assertThat(validation.isValidated(20_000)).isTrue();
        assertThat(validation.isValidated(20_001)).isFalse();
    }

    /** 4.2: the largest of a sampling period of a second or three round trips. */
    @Test
    void pipeAckIsAMaximum() {
        for (int i = 0; i < 3; i++) {
            validation.acknowledged(round(30_000, false), 100_000);
        }
        for (int i = 0; i < 9; i++) {
            validation.acknowledged(round(1_000, false), 100_000);
            assertThat(validation.isValidated(60_000)).as("round %d", i).isTrue();
        }
        for (int i = 0; i < 5; i++) {
            validation.acknowledged(round(1_000, false), 100_000);
        }
        assertThat(validation.isValidated(60_000)).isFalse();
    }

    /** Whoever is held back by the window has validated it, though pipeACK lags behind in slow start. */
    @Test
    void aUsedWindowIsValidated() {
        for (int i = 0; i < 5; i++) {
            validation.acknowledged(round(10_000, true), 100_000);
        }
        assertThat(validation.isValidated(100_000)).isTrue();
    }

    /** 4.4.1: after five minutes ssthresh = max(ssthresh, 3/4 cwnd) and cwnd = max(cwnd / 2, IW). */
    @Test
    void endOfTheNonValidatedPeriod() {
        control.established(MSS, 10 * MSS);
        control.congestionExperienced(160_000, false, 0);
        assertThat(control.cwnd()).isEqualTo(80_000);
        final long begin = now;
        while (now - begin < WindowValidation.PERIOD_NANOS) {
            control.acknowledged(round(1_000, false));
            assertThat(control.cwnd()).isEqualTo(80_000);
        }
        for (int i = 0; i < 5; i++) {
            control.acknowledged(round(1_000, false));
        }
        assertThat(control.cwnd()).isEqualTo(40_000);
        assertThat(control.ssthresh()).isEqualTo(80_000);
        for (int i = 0; i < 4 * 3_100; i++) {
            control.acknowledged(round(1_000, false));
        }
        assertThat(control.cwnd()).isEqualTo(10_000);
    }

    /** 4.4.2: a loss reduces max(pipeACK, LossFlightSize), and afterwards that less what was sent again. */
    @Test
    void lossWhileNotValidated() {
        control.established(MSS, 100 * MSS);
        for (int i = 0; i < 5; i++) {
            control.acknowledged(round(20_000, false));
        }
        control.lossDetected(12_000, now);
        assertThat(control.cwnd()).isEqualTo(10_000);
        final AckSample ack = round(4_000, false);
        ack.inRecovery = true;
        ack.lostBytes = 8_000;
        control.acknowledged(ack);
        control.recovered(50_000, now);
        assertThat(control.ssthresh()).isEqualTo(6_000);
        assertThat(control.cwnd()).isEqualTo(6_000);
    }

    /** With a validated window it is RFC 5681 as it stands. */
    @Test
    void lossWhileValidated() {
        control.established(MSS, 20 * MSS);
        for (int i = 0; i < 5; i++) {
            control.acknowledged(round(20_000, true));
        }
        control.lossDetected(30_000, now);
        final AckSample ack = round(4_000, true);
        ack.inRecovery = true;
        ack.lostBytes = 8_000;
        control.acknowledged(ack);
        control.recovered(50_000, now);
        assertThat(control.cwnd()).isEqualTo(15_000);
    }
}
