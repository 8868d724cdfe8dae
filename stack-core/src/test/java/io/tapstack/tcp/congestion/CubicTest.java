package io.tapstack.tcp.congestion;

import static io.tapstack.tcp.congestion.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 9438, section by section, with its own formulas in segments. The MSS is 1000. */
class CubicTest {

    private static final double C = 0.4;
    private static final double BETA = 0.7;
    private static final long MILLIS = 1_000_000L;

    private final Cubic cubic = new Cubic();
    private long now;

    @BeforeEach
    void established() {
        cubic.established(MSS, 100 * MSS);
    }

    private double segments() {
        return (double) cubic.cwnd() / MSS;
    }

    private AckSample ack(final int bytes, final long rttNanos) {
        final AckSample ack = Acks.of(bytes);
        ack.nowNanos = now;
        ack.srttNanos = rttNanos;
        return ack;
    }

    /** Acknowledges a window each round trip, an ACK for every second segment, until so much time has passed. */
    private void run(final double seconds, final long rttNanos) {
        final long end = now + (long) (seconds * 1e9);
        while (now < end) {
            final int acks = Math.max(1, cubic.cwnd() / (2 * MSS));
            for (int i = 0; i < acks; i++) {
                now += rttNanos / acks;
                cubic.acknowledged(ack(2 * MSS, rttNanos));
            }
        }
    }

    private void lose() {
        cubic.lossDetected(cubic.cwnd(), now);
        cubic.recovered(cubic.cwnd(), now);
    }

    /** 4.6: ssthresh = max(flight_size * beta, 2), cwnd = ssthresh. */
    @Test
    void multiplicativeDecrease() {
        cubic.lossDetected(80 * MSS, 0);
        assertThat(cubic.ssthresh()).isEqualTo(56 * MSS);
        assertThat(cubic.cwnd()).isEqualTo(56 * MSS);
        cubic.lossDetected(MSS, 0);
        assertThat(cubic.ssthresh()).isEqualTo(2 * MSS);
        cubic.congestionExperienced(50 * MSS, false, 0);
        assertThat(cubic.cwnd()).isEqualTo(35 * MSS);
    }

    /**
     * 4.2: W_cubic(t) = C (t - K)^3 + W_max with K = cbrt((W_max - cwnd_epoch) / C); 4.4: cwnd follows it, concave up
     * to W_max.
     */
    @Test
    void concaveUpToTheLastMaximum() {
        lose();
        assertThat(segments()).isEqualTo(70);
        final double k = Math.cbrt((100 - 70) / C);
        for (int i = 1; i <= 8; i++) {
            run(0.5, 100 * MILLIS);
            final double t = now / 1e9;
            assertThat(segments()).as("after %.2f s", t).isCloseTo(C * Math.pow(t - k, 3) + 100, within(1.5));
        }
        run(k - now / 1e9, 100 * MILLIS);
        assertThat(segments()).isCloseTo(100, within(0.5));
    }

    /** 4.5: convex beyond it, faster and faster. */
    @Test
    void convexBeyond() {
        lose();
        final double k = Math.cbrt((100 - 70) / C);
        run(k + 5, 100 * MILLIS);
        final double t = now / 1e9;
        assertThat(segments()).isCloseTo(C * Math.pow(t - k, 3) + 100, within(5.0));
        assertThat(segments()).isGreaterThan(145);
    }

    /** 4.4: target is no more than 1.5 cwnd, so that a round trip adds no more than half. */
    @Test
    void neverMoreThanHalfAWindowARoundTrip() {
        lose();
        cubic.acknowledged(ack(MSS, 100 * MILLIS));
        now += 60_000 * MILLIS;
        final int before = cubic.cwnd();
        cubic.acknowledged(ack(before, 100 * MILLIS));
        assertThat(cubic.cwnd()).isBetween(before + before / 3, before + before / 2 + 1);
    }

    /**
     * 4.3: where Reno would be faster (short round trips, small windows), W_est decides: alpha of 0.53 a round trip.
     */
    @Test
    void renoFriendlyRegion() {
        cubic.lossDetected(20 * MSS, now);
        cubic.recovered(20 * MSS, now);
        assertThat(segments()).isEqualTo(14);
        // W_max is 100 from here: lose once more, so that there is nothing to get back to.
        cubic.lossDetected(14 * MSS, now);
        cubic.recovered(14 * MSS, now);
        final double begin = segments();
        run(0.2, 2 * MILLIS);
        // 100 round trips, in which the curve hardly moves.
        final double alpha = 3 * (1 - BETA) / (1 + BETA);
        final double untilPrior = (14 - begin) / alpha;
        assertThat(segments()).isCloseTo(14 + (100 - untilPrior), within(5.0));
    }

    /** 4.7: fast convergence: W_max = cwnd (1 + beta) / 2 if the last W_max was not reached. */
    @Test
    void fastConvergence() {
        final CubicCurve curve = new CubicCurve();
        curve.reduced(100 * MSS);
        assertThat(curve.wMax()).isEqualTo(100 * MSS);
        curve.reduced(80 * MSS);
        assertThat(curve.wMax()).isCloseTo(80 * MSS * (1 + BETA) / 2, within(1e-6));
        curve.reduced(90 * MSS);
        assertThat(curve.wMax()).isEqualTo(90 * MSS);
    }

    /** 4.2, figure 2: K, in seconds. */
    @Test
    void timeToTheLastMaximum() {
        final CubicCurve curve = new CubicCurve();
        curve.reduced(1_000 * MSS);
        curve.growth(0, 700 * MSS, MSS, 0, 0);
        assertThat(curve.k()).isCloseTo(Math.cbrt(300 / 0.4), within(1e-9));
        assertThat(curve.wCubic(0, MSS)).isCloseTo(700 * MSS, within(1e-3));
        assertThat(curve.wCubic(curve.k(), MSS)).isEqualTo(1_000 * MSS);
    }

    /** 4.8: after a timeout one segment, ssthresh by beta, and then the curve from its plateau: K = 0, W_max = cwnd. */
    @Test
    void timeout() {
        cubic.timedOut(100 * MSS, true, now);
        assertThat(cubic.cwnd()).isEqualTo(MSS);
        assertThat(cubic.ssthresh()).isEqualTo(70 * MSS);
        while (cubic.cwnd() < cubic.ssthresh()) {
            cubic.acknowledged(ack(MSS, 100 * MILLIS));
        }
        final double plateau = segments();
        final long begin = now;
        run(3, 100 * MILLIS);
        final double t = (now - begin) / 1e9;
        final double reno = plateau + t / 0.1 * 3 * (1 - BETA) / (1 + BETA);
        assertThat(segments()).isCloseTo(Math.max(plateau + C * t * t * t, reno), within(3.0));
    }

    /** 4.9: what was spurious leaves no trace: cwnd, ssthresh, and the curve with its epoch. */
    @Test
    void undo() {
        final Cubic twin = new Cubic();
        twin.established(MSS, 100 * MSS);
        lose();
        twin.lossDetected(100 * MSS, 0);
        twin.recovered(100 * MSS, 0);
        for (int i = 0; i < 200; i++) {
            now += 20 * MILLIS;
            cubic.acknowledged(ack(10 * MSS, 100 * MILLIS));
            twin.acknowledged(ack(10 * MSS, 100 * MILLIS));
            if (i == 50) {
                cubic.lossDetected(cubic.cwnd(), now);
                cubic.undo(now);
            }
            if (i == 100) {
                cubic.timedOut(cubic.cwnd(), true, now);
                cubic.undo(now);
            }
        }
        assertThat(cubic.ssthresh()).isEqualTo(twin.ssthresh());
        assertThat(segments()).isCloseTo((double) twin.cwnd() / MSS, within(0.01));
    }

    /** 5.8: time in which the application did not use the window is no part of t. */
    @Test
    void applicationLimited() {
        lose();
        run(1, 100 * MILLIS);
        final int before = cubic.cwnd();
        for (int i = 0; i < 600; i++) {
            now += 100 * MILLIS;
            final AckSample ack = ack(MSS, 100 * MILLIS);
            ack.windowUsed = false;
            cubic.acknowledged(ack);
        }
        assertThat(cubic.cwnd()).isEqualTo(before);
        run(0.5, 100 * MILLIS);
        assertThat(segments()).isLessThan(100);
    }

    /** RFC 9406 4.2: when conservative slow start is over, ssthresh = cwnd; RFC 9438 4.10: K = 0 and W_max = cwnd. */
    @Test
    void endOfTheFirstSlowStart() {
        int nxt = 0;
        for (int round = 0; cubic.ssthresh() == LossBasedControl.MAX_WINDOW; round++) {
            assertThat(round).isLessThan(12);
            final int end = nxt + 100 * MSS;
            for (int i = 1; i <= 10 && cubic.ssthresh() == LossBasedControl.MAX_WINDOW; i++) {
                final AckSample ack = ack(10 * MSS, 100 * MILLIS);
                ack.rttNanos = (round < 3 ? 100 : 150) * MILLIS;
                ack.sndUna = nxt + i * 10 * MSS;
                ack.sndNxt = end + i;
                cubic.acknowledged(ack);
            }
            nxt = end;
        }
        assertThat(cubic.ssthresh()).isBetween(cubic.cwnd() - MSS, cubic.cwnd());
        final double plateau = segments();
        run(1, 100 * MILLIS);
        assertThat(segments()).isBetween(plateau + 5, plateau + 15);
    }

    /** A window of any size, in any order of events, stays within its bounds. */
    @Test
    void bounds() {
        for (int i = 0; i < 20_000; i++) {
            now += 10 * MILLIS;
            cubic.acknowledged(ack(1 << 20, 50 * MILLIS));
            assertThat(cubic.cwnd()).isBetween(MSS, 1 << 30);
        }
        assertThat(cubic.cwnd()).isEqualTo(1 << 30);
        for (int i = 0; i < 100; i++) {
            cubic.lossDetected(cubic.cwnd(), now);
        }
        assertThat(cubic.cwnd()).isEqualTo(2 * MSS);
    }
}
