package io.tapstack.tcp.congestion;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 5681 3.1 and 3.2, RFC 3465, RFC 6582 3.2. The MSS is 1000, the initial window 10,000. */
class RenoTest {

    private static final int MSS = 1_000;

    private final Reno reno = new Reno();

    @BeforeEach
    void established() {
        reno.established(MSS, 10 * MSS);
    }

    /** 3.1: "ssthresh SHOULD be set arbitrarily high". */
    @Test
    void beginsInSlowStart() {
        assertThat(reno.cwnd()).isEqualTo(10_000);
        assertThat(reno.ssthresh()).isGreaterThan(1 << 29);
    }

    /** Equation 2: cwnd += min(N, SMSS). */
    @Test
    void slowStart() {
        acknowledged(400);
        assertThat(reno.cwnd()).isEqualTo(10_400);
        acknowledged(1_000);
        assertThat(reno.cwnd()).isEqualTo(11_400);
    }

    /** RFC 3465 2.2: L = 2: an ACK for two segments counts as two. */
    @Test
    void delayedAcksInSlowStart() {
        acknowledged(2_000);
        assertThat(reno.cwnd()).isEqualTo(12_000);
    }

    /** An ACK can never add more than it acknowledges. */
    @Test
    void neverMoreThanIsAcknowledged() {
        for (int bytes = 1; bytes < 200_000; bytes += 997) {
            final int before = reno.cwnd();
            acknowledged(bytes);
            assertThat(reno.cwnd() - before).isBetween(0, bytes);
        }
    }

    /** 3.1: congestion avoidance: one segment for each window that is acknowledged, whatever the pieces. */
    @Test
    void congestionAvoidance() {
        reno.lossDetected(20_000, 0);
        assertThat(reno.cwnd()).isEqualTo(10_000);
        for (int i = 0; i < 9; i++) {
            acknowledged(1_000);
            assertThat(reno.cwnd()).isEqualTo(10_000);
        }
        acknowledged(1_000);
        assertThat(reno.cwnd()).isEqualTo(11_000);
        for (int i = 0; i < 22; i++) {
            acknowledged(500);
        }
        assertThat(reno.cwnd()).isEqualTo(12_000);
    }

    /** Equation 4: ssthresh = max(FlightSize / 2, 2 SMSS). */
    @Test
    void loss() {
        reno.lossDetected(7_000, 0);
        assertThat(reno.ssthresh()).isEqualTo(3_500);
        reno.lossDetected(1_000, 0);
        assertThat(reno.ssthresh()).isEqualTo(2_000);
    }

    /** 3.1: after a timeout cwnd is no more than one segment; a second timeout of the same segment leaves ssthresh. */
    @Test
    void timeout() {
        reno.timedOut(8_000, true, 0);
        assertThat(reno.cwnd()).isEqualTo(1_000);
        assertThat(reno.ssthresh()).isEqualTo(4_000);
        reno.timedOut(1_000, false, 0);
        assertThat(reno.ssthresh()).isEqualTo(4_000);
        acknowledged(1_000);
        acknowledged(1_000);
        acknowledged(1_000);
        assertThat(reno.cwnd()).isEqualTo(4_000);
        acknowledged(1_000);
        assertThat(reno.cwnd()).isEqualTo(4_000);
    }

    /** RFC 6582 3.2, step 3: min(ssthresh, max(FlightSize, SMSS) + SMSS). */
    @Test
    void fullAck() {
        reno.lossDetected(20_000, 0);
        reno.recovered(3_000, 0);
        assertThat(reno.cwnd()).isEqualTo(4_000);
        reno.lossDetected(20_000, 0);
        reno.recovered(0, 0);
        assertThat(reno.cwnd()).isEqualTo(2_000);
        reno.lossDetected(20_000, 0);
        reno.recovered(50_000, 0);
        assertThat(reno.cwnd()).isEqualTo(10_000);
    }

    /** 4.1: RW = min(IW, cwnd). */
    @Test
    void idle() {
        acknowledged(2_000);
        reno.restartAfterIdle(2, 1);
        assertThat(reno.cwnd()).isEqualTo(10_000);
        reno.timedOut(10_000, true, 0);
        reno.restartAfterIdle(2, 1);
        assertThat(reno.cwnd()).isEqualTo(1_000);
    }

    /** Nothing overflows, however long it goes well. */
    @Test
    void noOverflow() {
        for (int i = 0; i < 5_000; i++) {
            acknowledged(1 << 20);
            assertThat(reno.cwnd()).isPositive();
        }
        assertThat(reno.cwnd()).isEqualTo(1 << 30);
    }

    private void acknowledged(final int bytes) {
        final AckSample ack = new AckSample();
        ack.ackedBytes = bytes;
        ack.deliveredBytes = bytes;
        ack.windowUsed = true;
        reno.acknowledged(ack);
    }
}
