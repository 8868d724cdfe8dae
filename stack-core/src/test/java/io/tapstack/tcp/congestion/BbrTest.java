package io.tapstack.tcp.congestion;

import static io.tapstack.tcp.congestion.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * BBRv3, by the sections of draft-ietf-ccwg-bbr-05. Every ACK of these tests is a round trip of 100 ms; 1 MB/s make a
 * bandwidth-delay product of 100 segments. How it gets on with a network is in {@code CongestionSimulationTest}.
 */
class BbrTest {

    private static final long ROUND = 100_000_000L;
    private static final long MEGABYTE = 1_000_000;
    private static final int BDP = 100 * MSS;

    private final Bbr bbr = new Bbr(1);
    private long now = 5_000_000_000L;
    private long delivered;
    private long lost;
    private long rtt = ROUND;

    @BeforeEach
    void established() {
        bbr.established(MSS, 10 * MSS);
    }

    /** A round in which the path delivers at this rate. */
    private AckSample sample(final long rate, final int inFlight) {
        final AckSample ack = new AckSample();
        now += ROUND;
        ack.nowNanos = now;
        ack.rttNanos = rtt;
        ack.srttNanos = rtt;
        ack.priorDelivered = delivered;
        delivered += rate / 10;
        ack.delivered = delivered;
        ack.deliveredBytes = (int) (rate / 10);
        ack.ackedBytes = ack.deliveredBytes;
        ack.intervalNanos = ROUND;
        ack.deliveryRate = rate;
        ack.priorInFlight = inFlight;
        ack.txInFlight = inFlight;
        ack.inFlight = inFlight;
        ack.lost = lost;
        ack.priorLost = lost;
        return ack;
    }

    private void round(final long rate, final int inFlight) {
        bbr.acknowledged(sample(rate, inFlight));
    }

    private void lossyRound(final long rate, final int inFlight, final int lostBytes) {
        final AckSample ack = sample(rate, inFlight);
        lost += lostBytes;
        ack.lost = lost;
        ack.lostBytes = lostBytes;
        bbr.acknowledged(ack);
    }

    /** To where the pipe is known to be full and empty of queue. */
    private void cruise() {
        for (long rate = MEGABYTE / 8; rate <= MEGABYTE; rate *= 2) {
            round(rate, BDP);
        }
        for (int i = 0; i < 3; i++) {
            round(MEGABYTE, 2 * BDP);
        }
        round(MEGABYTE, BDP);
        round(MEGABYTE, BDP / 2);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_BW_CRUISE);
    }

    private void until(final BbrState state, final int inFlight) {
        for (int i = 0; bbr.state() != state; i++) {
            assertThat(i).as("rounds until %s, now in %s", state, bbr.state()).isLessThan(100);
            round(MEGABYTE, bbr.state() == BbrState.PROBE_RTT ? BDP / 4 : inFlight);
        }
    }

    /**
     * 5.6.2: paced from the first segment on: 2.77 initial windows in a round trip, or in a millisecond while none is
     * known.
     */
    @Test
    void pacedFromTheStart() {
        assertThat(bbr.pacingRate()).isEqualTo((long) (2.77 * 10_000 * 1_000));
        round(MEGABYTE / 100, 10_000);
        assertThat(bbr.pacingRate()).isBetween(277_000L, (long) (2.77 * 11_000 * 10));
        assertThat(bbr.controlsRecovery()).isTrue();
    }

    /** 5.3.1: cwnd grows by what is delivered, and the rate is 2.77 times the bandwidth. */
    @Test
    void startup() {
        round(MEGABYTE / 8, 10_000);
        assertThat(bbr.cwnd()).isEqualTo(10_000 + 12_500);
        round(MEGABYTE / 4, 20_000);
        round(MEGABYTE / 2, 40_000);
        assertThat(bbr.state()).isEqualTo(BbrState.STARTUP);
        assertThat((double) bbr.pacingRate()).isCloseTo(2.77 * 0.99 * MEGABYTE / 2, within(2.0));
    }

    /**
     * 5.3.1.2: three rounds without a quarter more: the pipe is full; 5.3.2: drain at half the rate until the queue is
     * gone.
     */
    @Test
    void drain() {
        for (long rate = MEGABYTE / 8; rate <= MEGABYTE; rate *= 2) {
            round(rate, BDP);
        }
        round((long) (1.2 * MEGABYTE), 2 * BDP);
        round((long) (1.2 * MEGABYTE), 2 * BDP);
        assertThat(bbr.state()).isEqualTo(BbrState.STARTUP);
        round((long) (1.2 * MEGABYTE), 2 * BDP);
        assertThat(bbr.state()).isEqualTo(BbrState.DRAIN);
        assertThat((double) bbr.pacingRate()).isCloseTo(0.5 * 0.99 * 1.2 * MEGABYTE, within(2.0));
        round((long) (1.2 * MEGABYTE), (int) (1.2 * BDP));
        assertThat(bbr.state()).isIn(BbrState.PROBE_BW_DOWN, BbrState.PROBE_BW_CRUISE);
    }

    /** 5.3.1.2: rounds that the application did not fill say nothing. */
    @Test
    void applicationLimitedRoundsDoNotFillThePipe() {
        for (int i = 0; i < 20; i++) {
            final AckSample ack = sample(MEGABYTE / 8, 5_000);
            ack.appLimited = true;
            bbr.acknowledged(ack);
        }
        assertThat(bbr.state()).isEqualTo(BbrState.STARTUP);
    }

    /** 5.3.1.3: Startup ends when more than two percent are lost in six places of a round. */
    @Test
    void startupEndsWithLosses() {
        round(MEGABYTE / 4, BDP / 4);
        for (int i = 0; i < 6; i++) {
            bbr.lossDetected(BDP, now);
        }
        lossyRound(MEGABYTE / 2, BDP / 2, BDP / 50);
        lossyRound(MEGABYTE, BDP, BDP / 50 + MSS);
        assertThat(bbr.state()).isNotEqualTo(BbrState.STARTUP);
    }

    /**
     * 5.6: in ProbeBW cwnd is two bandwidth-delay products (and what is collected), at a rate of 99 % of the bandwidth.
     */
    @Test
    void cruising() {
        cruise();
        for (int i = 0; i < 10; i++) {
            round(MEGABYTE, BDP);
        }
        assertThat(bbr.cwnd()).isBetween(2 * BDP, 3 * BDP);
        assertThat((double) bbr.pacingRate()).isCloseTo(0.99 * MEGABYTE, within(2.0));
    }

    /**
     * 5.3.3: Cruise, after two to three seconds Refill for a round, Up with a quarter more until that brings nothing,
     * Down with a tenth less.
     */
    @Test
    void probing() {
        cruise();
        final long begin = now;
        until(BbrState.PROBE_BW_REFILL, BDP);
        assertThat(now - begin).isBetween(20 * ROUND - 5 * ROUND, 31 * ROUND);
        round(MEGABYTE, BDP);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_BW_UP);
        assertThat((double) bbr.pacingRate()).isCloseTo(1.25 * 0.99 * MEGABYTE, within(2.0));
        round(MEGABYTE, BDP * 5 / 4);
        round(MEGABYTE, BDP * 5 / 4);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_BW_UP);
        until(BbrState.PROBE_BW_DOWN, BDP * 5 / 4);
        assertThat((double) bbr.pacingRate()).isCloseTo(0.9 * 0.99 * MEGABYTE, within(2.0));
        round(MEGABYTE, BDP * 3 / 4);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_BW_CRUISE);
    }

    /**
     * 5.5.2: what a probe finds is the new bandwidth at once; what is no longer there is forgotten after two cycles.
     */
    @Test
    void bandwidthFollowsThePath() {
        cruise();
        until(BbrState.PROBE_BW_UP, BDP);
        round(MEGABYTE * 5 / 4, BDP * 5 / 4);
        assertThat((double) bbr.pacingRate()).isCloseTo(1.25 * 0.99 * 1.25 * MEGABYTE, within(2.0));
        until(BbrState.PROBE_BW_CRUISE, BDP / 2);
        for (int cycle = 0; cycle < 2; cycle++) {
            until(BbrState.PROBE_BW_UP, BDP);
            until(BbrState.PROBE_BW_CRUISE, BDP / 2);
        }
        round(MEGABYTE, BDP);
        assertThat((double) bbr.pacingRate()).isCloseTo(0.99 * MEGABYTE, within(2.0));
    }

    /**
     * 5.5.10.3: losses while cruising bring the rate and the window down to what was delivered, by three tenths a round
     * at most.
     */
    @Test
    void lossWhileCruising() {
        cruise();
        for (int i = 0; i < 5; i++) {
            round(MEGABYTE, BDP);
        }
        final int before = bbr.cwnd();
        lossyRound(MEGABYTE / 2, BDP, MSS);
        assertThat(bbr.cwnd()).as("not before the end of the round").isEqualTo(before);
        round(MEGABYTE / 2, BDP);
        assertThat((double) bbr.pacingRate()).isBetween(0.7 * 0.99 * MEGABYTE, 0.99 * MEGABYTE);
        assertThat(bbr.cwnd()).isBetween((int) (0.7 * before) - 1, before - 1);
    }

    /**
     * 5.5.10.2: more than two percent of loss in a probe end it and set the ceiling, of which Cruise leaves 15 % to
     * others.
     */
    @Test
    void lossWhileProbing() {
        cruise();
        until(BbrState.PROBE_BW_UP, BDP);
        lossyRound(MEGABYTE, BDP, 5 * MSS);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_BW_DOWN);
        assertThat(bbr.cwnd()).isBetween((int) (0.9 * BDP), BDP);
        until(BbrState.PROBE_BW_CRUISE, BDP / 2);
        assertThat(bbr.cwnd()).isBetween((int) (0.75 * BDP), (int) (0.85 * BDP));
    }

    /** Two percent or less are not too much. */
    @Test
    void littleLossWhileProbing() {
        cruise();
        until(BbrState.PROBE_BW_UP, BDP);
        lossyRound(MEGABYTE, BDP, 2 * MSS);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_BW_UP);
    }

    /**
     * 5.3.4: five seconds without a round trip as short as that: 200 ms and a round with half a bandwidth-delay product
     * in flight.
     */
    @Test
    void probeRtt() {
        final long begin = now;
        cruise();
        rtt = ROUND + 1_000_000;
        until(BbrState.PROBE_RTT, BDP);
        assertThat(now - begin).isBetween(50 * ROUND, 53 * ROUND);
        assertThat(bbr.cwnd()).isLessThanOrEqualTo(BDP / 2 + BDP / 50);
        rtt = ROUND;
        round(MEGABYTE / 2, BDP / 2);
        round(MEGABYTE / 2, BDP / 2);
        round(MEGABYTE / 2, BDP / 2);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_RTT);
        round(MEGABYTE / 2, BDP / 2);
        assertThat(bbr.state()).isEqualTo(BbrState.PROBE_BW_CRUISE);
        assertThat(bbr.cwnd()).as("restored").isGreaterThan(BDP);
    }

    /** 5.4.1 and 5.3.4.3: who was silent has shown the round trip; and comes back at the rate of the model. */
    @Test
    void restartFromIdle() {
        cruise();
        now += 60 * ROUND;
        bbr.sent(MSS, 0, now);
        assertThat((double) bbr.pacingRate()).isCloseTo(0.99 * MEGABYTE, within(2.0));
        round(MEGABYTE, BDP / 2);
        assertThat(bbr.state()).isNotEqualTo(BbrState.PROBE_RTT);
    }

    /** 5.6.4.4: after a timeout one segment, growing back by what is delivered. */
    @Test
    void timeout() {
        cruise();
        bbr.timedOut(BDP, true, now);
        assertThat(bbr.cwnd()).isEqualTo(MSS);
        round(MEGABYTE / 100, MSS);
        assertThat(bbr.cwnd()).isEqualTo(2 * MSS + 2 * MSS);
        round(MEGABYTE / 10, 4 * MSS);
        assertThat(bbr.cwnd()).isEqualTo(14 * MSS);
    }

    /** 5.5.11: what was not lost leaves no bounds. */
    @Test
    void undo() {
        cruise();
        for (int i = 0; i < 5; i++) {
            round(MEGABYTE, BDP);
        }
        final int before = bbr.cwnd();
        bbr.lossDetected(BDP, now);
        lossyRound(MEGABYTE / 2, BDP, MSS);
        round(MEGABYTE / 2, BDP);
        assertThat(bbr.cwnd()).isLessThan(before);
        bbr.undo(now);
        round(MEGABYTE, BDP);
        assertThat(bbr.cwnd()).isGreaterThanOrEqualTo(before);
        assertThat((double) bbr.pacingRate()).isCloseTo(0.99 * MEGABYTE, within(2.0));
    }

    /** RFC 3168 6.1.2: a mark counts as a loss in its round. */
    @Test
    void congestionExperienced() {
        cruise();
        for (int i = 0; i < 5; i++) {
            round(MEGABYTE, BDP);
        }
        for (int i = 0; i < 2; i++) {
            bbr.congestionExperienced(BDP, false, now);
            round(MEGABYTE / 2, BDP);
        }
        assertThat(bbr.pacingRate()).isLessThan((long) (0.95 * MEGABYTE));
    }

    /** A change of algorithm takes the window over. */
    @Test
    void takesOver() {
        final NewReno before = new NewReno();
        before.established(MSS, 50 * MSS);
        bbr.takeOver(before);
        assertThat(bbr.cwnd()).isEqualTo(50 * MSS);
    }

    /** Chance is seeded: equal seeds, equal probes. */
    @Test
    void equalSeedsEqualProbes() {
        final ProbeSchedule one = new ProbeSchedule(7);
        final ProbeSchedule other = new ProbeSchedule(7);
        for (int i = 0; i < 50; i++) {
            one.start(0, 0);
            other.start(0, 0);
            for (long time = 0; time < 40; time++) {
                final long nanos = time * ROUND;
                assertThat(one.isTime(nanos, 0, 100)).isEqualTo(other.isTime(nanos, 0, 100));
                assertThat(one.isTime(nanos, 0, 100)).isIn(time > 30, time > 20);
            }
        }
    }

    /**
     * 5.3.3.5.3: where Reno would have grown by a window long before, it is time too; after 62 or 63 rounds at the
     * latest.
     */
    @Test
    void coexistenceWithReno() {
        final ProbeSchedule schedule = new ProbeSchedule(7);
        schedule.start(0, 1_000);
        assertThat(schedule.isTime(1, 1_018, 20)).isFalse();
        assertThat(schedule.isTime(1, 1_020, 20)).isTrue();
        assertThat(schedule.isTime(1, 1_061, 5_000)).isFalse();
        assertThat(schedule.isTime(1, 1_063, 5_000)).isTrue();
    }

    /** 5.6.3: a millisecond at the rate, two segments at least, 64 KiB at most, whole segments. */
    @Test
    void sendQuantum() {
        assertThat(SendQuantum.of(1_000, MSS)).isEqualTo(2 * MSS);
        assertThat(SendQuantum.of(10_500_000, MSS)).isEqualTo(10 * MSS);
        assertThat(SendQuantum.of(Long.MAX_VALUE, MSS)).isEqualTo(65 * MSS);
    }
}
