package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 8985 6.2, where timestamps matter. Segments of 1000 bytes from 0 on; the round trip is 100 ms. */
class RackTest {

    private static final long MILLIS = 1_000_000L;
    private static final int MSS = 1_000;

    private final SackScoreboard scoreboard = new SackScoreboard(new SentSegmentPool());
    private final Rack rack = new Rack(scoreboard);
    private final AckArrival ack = new AckArrival();

    /** Two are lost and sent again, the first at 200 ms, the second at 210 ms. */
    @BeforeEach
    void twoAreSentAgain() {
        scoreboard.mss(MSS);
        scoreboard.sent(0, MSS, false, MSS, 0);
        scoreboard.sent(MSS, 2 * MSS, false, MSS, MILLIS);
        mark();
        mark();
        scoreboard.sentAgain(0, MSS, 200 * MILLIS);
        scoreboard.sentAgain(MSS, 2 * MSS, 210 * MILLIS);
    }

    private void mark() {
        final SentSegment oldest = scoreboard.oldestInNetwork();
        assertThat(oldest).isNotNull();
        scoreboard.markLost(oldest);
    }

    private void ackArrives(final long millis, final int sndUna, final long echoMillis) {
        ack.begin(millis * MILLIS, sndUna, 2 * MSS);
        ack.minRttNanos = 100 * MILLIS;
        ack.srttNanos = 100 * MILLIS;
        ack.hasEcho = true;
        ack.echoMillis = echoMillis;
        rack.ackArrives(sndUna);
    }

    /**
     * Step 2: what is SACKed above a gap echoes what came before the gap (RFC 7323 4.3), and still shows that the gap
     * is lost once more.
     */
    @Test
    void sackOfWhatWasSentAgainCounts() {
        ackArrives(311, 0, -50);
        scoreboard.sack(MSS, 2 * MSS, ack, (segment, bytes, a) -> rack.delivered(segment, segment.end, a));
        assertThat(rack.detectLoss(ack, true)).isZero();
        assertThat(scoreboard.bytesLost()).isEqualTo(MSS);
    }

    /** Step 2: it may be for the first copy if it comes sooner than the shortest round trip. */
    @Test
    void tooShortToBeTrue() {
        ackArrives(309, 0, -50);
        scoreboard.sack(MSS, 2 * MSS, ack, (segment, bytes, a) -> rack.delivered(segment, segment.end, a));
        rack.detectLoss(ack, true);
        assertThat(scoreboard.bytesLost()).isZero();
    }

    /** Step 2: what is acknowledged was sent when its timestamp says, if that is before it was sent again. */
    @Test
    void acknowledgedByItsFirstCopy() {
        scoreboard.sent(2 * MSS, 3 * MSS, false, MSS, 215 * MILLIS);
        ackArrives(311, 2 * MSS, 1);
        scoreboard.acknowledge(ack, (segment, bytes, a) -> rack.delivered(segment, segment.end, a));
        rack.detectLoss(ack, true);
        assertThat(scoreboard.bytesLost()).isZero();
    }

    /** The same acknowledgement of the second copy: what was sent before that, and has not arrived, is lost. */
    @Test
    void acknowledgedByItsSecondCopy() {
        scoreboard.sent(2 * MSS, 3 * MSS, false, MSS, 215 * MILLIS);
        scoreboard.sentAgain(MSS, 2 * MSS, 220 * MILLIS);
        ackArrives(321, 2 * MSS, 220);
        scoreboard.acknowledge(ack, (segment, bytes, a) -> rack.delivered(segment, segment.end, a));
        rack.detectLoss(ack, true);
        assertThat(scoreboard.bytesLost()).isEqualTo(MSS);
    }

    /**
     * Step 4: once in a round trip; and the end of that one is not missed because 2 GiB go by without another report.
     */
    @Test
    void reportsFarApart() {
        ackArrives(300, 0, 0);
        rack.dsack(2 * MSS);
        assertThat(rack.reorderingWindow(ack, false)).isEqualTo(50 * MILLIS);
        rack.dsack(2 * MSS);
        assertThat(rack.reorderingWindow(ack, false)).isEqualTo(50 * MILLIS);
        ackArrives(400, 2 * MSS, 0);
        ackArrives(500, Integer.MIN_VALUE, 0);
        ackArrives(600, Integer.MIN_VALUE + 3 * MSS, 0);
        rack.dsack(Integer.MIN_VALUE + 4 * MSS);
        assertThat(rack.reorderingWindow(ack, false)).isEqualTo(75 * MILLIS);
    }
}
