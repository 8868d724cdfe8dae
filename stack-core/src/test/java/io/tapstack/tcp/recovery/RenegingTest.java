package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.recovery.LossRecovery.Phase;
import io.tapstack.tcp.recovery.LossRecovery.Verdict;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * RFC 2018 8: a peer that throws away what it has SACKed. A thousand segments of 1000 bytes in flight, each sent a
 * microsecond after the other.
 */
class RenegingTest {

    private static final int MSS = 1_000;
    private static final int SEGMENTS = 1_000;
    private static final int END = SEGMENTS * MSS;
    private static final long MILLIS = 1_000_000L;

    private final SackScoreboard scoreboard = new SackScoreboard(new SentSegmentPool());
    private final RackRecovery recovery = new RackRecovery(scoreboard);
    private final AckArrival ack = new AckArrival();
    private int sndUna;

    @BeforeEach
    void sendAll() {
        recovery.established(0, MSS);
        for (int i = 0; i < SEGMENTS; i++) {
            scoreboard.sent(i * MSS, (i + 1) * MSS, false, MSS, i * 1_000L);
        }
    }

    /** An ACK comes that moves SND.UNA, without SACK blocks. */
    private void ackArrives(final int to, final long nowNanos) {
        ack.begin(nowNanos, to, END);
        ack.ackedBytes = to - sndUna;
        ack.srttNanos = 100 * MILLIS;
        ack.minRttNanos = 100 * MILLIS;
        sndUna = to;
        if (recovery.ackArrives(ack) == Verdict.LOSS_DETECTED) {
            recovery.reduced(END / 2, true, ack);
        }
    }

    private void sack(final int from, final int to) {
        scoreboard.sack(from, to, ack, recovery);
    }

    /** The scoreboard is walked over once for a window of data, however often the peer reneges in it. */
    @Test
    void walksArePaidForByWhatIsAcknowledged() {
        long steps = 0;
        for (int i = 0; i < SEGMENTS - 1; i++) {
            sack(sndUna + MSS, sndUna + 2 * MSS);
            final int before = scoreboard.renegings();
            ackArrives(sndUna + MSS, 100 * MILLIS + i);
            steps += (long) (scoreboard.renegings() - before) * scoreboard.entries();
        }
        assertThat(scoreboard.renegings()).isPositive();
        assertThat(steps).isLessThan(2 * SEGMENTS);
    }

    /**
     * The first time what was SACKed counts as lost at once; until that is acknowledged the retransmission timer has to
     * find it.
     */
    @Test
    void theSecondTimeInAWindowTheTimerFindsIt() {
        sack(MSS, 3 * MSS);
        ackArrives(MSS, 100 * MILLIS);
        assertThat(scoreboard.bytesSacked()).isZero();
        assertThat(recovery.nextRetransmission()).isEqualTo(MSS);
        sack(2 * MSS, 3 * MSS);
        ackArrives(2 * MSS, 101 * MILLIS);
        assertThat(scoreboard.bytesSacked()).isEqualTo(MSS);
        ack.begin(400 * MILLIS, sndUna, END);
        recovery.timedOut(ack, false);
        assertThat(recovery.phase()).isEqualTo(Phase.LOSS);
        assertThat(scoreboard.bytesSacked()).isZero();
        assertThat(recovery.nextRetransmission()).isEqualTo(2 * MSS);
    }

    /** When all that was in flight is acknowledged the peer may have forgotten what it did. */
    @Test
    void inAnotherWindowItIsFoundAtOnceAgain() {
        sack(MSS, 2 * MSS);
        ackArrives(MSS, 100 * MILLIS);
        ackArrives(END, 200 * MILLIS);
        scoreboard.sent(END, END + 3 * MSS, false, MSS, 201 * MILLIS);
        sack(END + MSS, END + 2 * MSS);
        ackArrives(END + MSS, 301 * MILLIS);
        assertThat(scoreboard.bytesSacked()).isZero();
        assertThat(scoreboard.renegings()).isEqualTo(2);
    }
}
