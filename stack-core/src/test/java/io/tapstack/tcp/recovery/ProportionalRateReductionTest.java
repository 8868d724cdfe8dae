package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 9937 5, with segments of 1000. */
class ProportionalRateReductionTest {

    private static final int MSS = 1_000;

    private final ProportionalRateReduction prr = new ProportionalRateReduction();
    private int pipe;

    /** {@code delivered} bytes leave the network, {@code lost} too; then all goes out that may. @return bytes sent */
    private int ack(final int delivered, final int lost, final boolean safe) {
        pipe -= delivered + lost;
        prr.acked(delivered, pipe, safe);
        final int segments = Math.max(0, prr.cwnd() - pipe) / MSS * MSS;
        prr.sent(segments);
        pipe += segments;
        return segments;
    }

    /**
     * Twenty in flight, one lost, ssthresh ten: one goes out for each two that arrive, and the flight ends at ssthresh.
     */
    @Test
    void halvesOverOneRoundTrip() {
        pipe = 20 * MSS;
        prr.start(10 * MSS, 20 * MSS, MSS);
        int sent = ack(3 * MSS, MSS, false);
        assertThat(sent).as("the fast retransmit, and half a segment rounded").isEqualTo(2 * MSS);
        for (int i = 0; i < 16; i++) {
            final int now = ack(MSS, 0, false);
            assertThat(now).isLessThanOrEqualTo(MSS);
            sent += now;
        }
        assertThat(sent).isEqualTo(10 * MSS);
        assertThat(pipe).isEqualTo(10 * MSS);
    }

    /**
     * Half of a segment is a segment, as in Linux: the first, third and fifth that arrive let one go, not the second,
     * fourth and sixth.
     */
    @Test
    void roundsToASegment() {
        pipe = 20 * MSS;
        prr.start(10 * MSS, 20 * MSS, MSS);
        for (int i = 0; i < 5; i++) {
            assertThat(ack(MSS, 0, false)).isEqualTo(MSS);
            assertThat(ack(MSS, 0, false)).isZero();
        }
    }

    /** The retransmission goes out even if the proportion says nothing yet. */
    @Test
    void firstRetransmission() {
        pipe = 20 * MSS;
        prr.start(2 * MSS, 20 * MSS, MSS);
        assertThat(ack(MSS, MSS, false)).isEqualTo(MSS);
        assertThat(ack(MSS, 0, false)).isZero();
    }

    /** Many losses have brought the flight below ssthresh: no more goes out than arrives. */
    @Test
    void conservativeWhileLossesAreReported() {
        pipe = 20 * MSS;
        prr.start(10 * MSS, 20 * MSS, MSS);
        assertThat(ack(MSS, 15 * MSS, false)).isEqualTo(MSS);
        assertThat(ack(MSS, 0, false)).isEqualTo(MSS);
        assertThat(pipe).isEqualTo(5 * MSS);
    }

    /** One more for each ACK that goes well, as in slow start, until ssthresh is reached. */
    @Test
    void growsBackAfterSafeAcks() {
        pipe = 20 * MSS;
        prr.start(6 * MSS, 20 * MSS, MSS);
        ack(MSS, 15 * MSS, false);
        assertThat(ack(MSS, 0, true)).isEqualTo(2 * MSS);
        assertThat(pipe).isEqualTo(6 * MSS);
        assertThat(ack(MSS, 0, true)).isEqualTo(MSS);
        assertThat(pipe).isEqualTo(6 * MSS);
    }

    /** What was written off without an ACK may be replaced by nothing that the ACKs did not allow. */
    @Test
    void lossesWithoutAnAck() {
        pipe = 20 * MSS;
        prr.start(10 * MSS, 20 * MSS, MSS);
        ack(2 * MSS, 0, false);
        assertThat(ack(0, 3 * MSS, false)).isZero();
    }
}
