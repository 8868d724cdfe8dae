package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.recovery.LossRecovery.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A sender with SACK: RFC 6675 (pipe, NextSeg), RFC 8985 (RACK-TLP), RFC 9937 (PRR). Ten segments of 1000 are in flight
 * at first, the round trip is 100 ms.
 */
class SackRecoveryTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private Connection connection;

    @BeforeEach
    void flight() {
        connection = trace.establishedWithSack(new TcpConfig().congestionControl("reno"), 100);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").advance(100).in(". 1:1(0) ack 1001");
        trace.write(connection, 30_000);
        for (int i = 0; i < 10; i++) {
            trace.out(segment(1_001 + i * 1_000));
        }
        trace.quiet().advance(100);
    }

    @AfterEach
    void noLeaks() {
        trace.noLeaks();
    }

    private static String segment(final int seq) {
        return ". " + seq + ":" + (seq + 1_000) + "(1000) ack 1";
    }

    private void sacked(final int ack, final String blocks) {
        trace.in(". 1:1(0) ack " + ack + " <sack " + blocks + ">");
    }

    /** RFC 3042, as in RFC 6675: SACKed data has left the network, so new data may be sent. */
    @Test
    void limitedTransmit() {
        sacked(1_001, "2001-3001");
        trace.out(segment(11_001)).quiet();
        sacked(1_001, "2001-4001");
        trace.out(segment(12_001)).quiet();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.DISORDER);
    }

    /**
     * RFC 8985 6.2 step 4: without reordering seen, three SACKed segments are enough. The hole is retransmitted once.
     */
    @Test
    void fastRetransmit() {
        sacked(1_001, "2001-3001");
        sacked(1_001, "2001-4001");
        trace.out(segment(11_001)).out(segment(12_001));
        sacked(1_001, "2001-5001");
        trace.out(segment(1_001)).quiet();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
    }

    /** Three losses are detected at once, and retransmitted within the round trip, in order. */
    @Test
    void severalHoles() {
        sacked(1_001, "2001-3001 4001-5001 6001-7001");
        trace.out(segment(1_001));
        sacked(1_001, "6001-8001 4001-5001 2001-3001");
        trace.out(segment(3_001)).quiet();
        // Three are in the network, and ssthresh is five.
        sacked(1_001, "6001-10001 4001-5001 2001-3001");
        trace.out(segment(5_001)).out(segment(11_001)).quiet();
    }

    /** RFC 9937: while the pipe is above ssthresh one segment is sent for each two delivered; it ends at ssthresh. */
    @Test
    void rateIsReducedInProportion() {
        sacked(1_001, "2001-5001");
        trace.out(segment(1_001)).out(segment(11_001)).quiet();
        int sent = 0;
        for (int right = 6_001; right <= 11_001; right += 1_000) {
            sacked(1_001, "2001-" + right);
            while (trace.link.take() != null) {
                sent++;
            }
        }
        assertThat(sent).isBetween(3, 4);
        assertThat(connection.scoreboard.bytesInNetwork()).isEqualTo(5_000);
    }

    /** RFC 6675 5: recovery ends when the flight at its start is acknowledged; cwnd is ssthresh then. */
    @Test
    void recoveryEnds() {
        sacked(1_001, "2001-11001");
        trace.out(segment(1_001));
        trace.link.takeSent();
        trace.advance(100).in(". 1:1(0) ack 11001");
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        trace.link.takeSent();
    }

    /** RFC 8985 3.2: the loss of a retransmission is detected by data sent after it, without a timeout. */
    @Test
    void lostRetransmission() {
        sacked(1_001, "2001-5001");
        trace.out(segment(1_001)).out(segment(11_001)).quiet();
        sacked(1_001, "2001-11001");
        final int newSegments = trace.drain();
        assertThat(newSegments).isPositive();
        trace.advance(100);
        // Sent after the retransmission, and delivered before it.
        sacked(1_001, "2001-12001");
        trace.out(segment(1_001));
        trace.drain();
        assertThat(connection.timeouts).isZero();
    }

    /**
     * The delivery of a segment sent just before a retransmission, at the same time, does not make the retransmission
     * lost.
     */
    @Test
    void newDataBeforeARetransmission() {
        sacked(1_001, "2001-3001");
        sacked(1_001, "2001-4001");
        trace.out(segment(11_001)).out(segment(12_001));
        sacked(1_001, "2001-5001");
        trace.out(segment(1_001)).quiet();
        trace.advance(100);
        sacked(1_001, "2001-11001");
        trace.drain();
        sacked(1_001, "2001-13001");
        trace.drain();
        assertThat(trace.stack.statistics().segmentsRetransmitted).isEqualTo(1);
    }

    /**
     * RFC 8985 6.2: with reordering seen a segment may be late by a quarter of the round trip, and is retransmitted
     * only then.
     */
    @Test
    void reorderingWindow() {
        // 1001 arrives last of four: reordering is seen.
        sacked(1_001, "2001-3001");
        trace.in(". 1:1(0) ack 3001");
        trace.drain();
        sacked(3_001, "4001-7001");
        trace.drain();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.DISORDER);
        trace.advance(24).quiet();
        trace.advance(2).out(segment(3_001)).quiet();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
    }

    /**
     * RFC 8985 6.2 step 3: a delayed ACK moves SND.UNA and has a block for the gap behind it. That is not reordering.
     */
    @Test
    void ackAndBlockAtOnceAreNoReordering() {
        sacked(3_001, "4001-5001");
        trace.drain();
        sacked(3_001, "4001-6001");
        trace.drain();
        sacked(3_001, "4001-7001");
        trace.out(segment(3_001));
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
    }

    /** Nor are two new blocks, the latest first (RFC 2018 4), after the loss of an ACK. */
    @Test
    void newsInTwoBlocksAreNoReordering() {
        sacked(1_001, "4001-5001 2001-3001");
        trace.drain();
        sacked(1_001, "4001-6001 2001-3001");
        trace.out(segment(1_001));
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
    }

    /** RFC 2018 8: a peer that acknowledges only up to a SACKed block has discarded the data of the block. */
    @Test
    void reneging() {
        sacked(1_001, "3001-4001");
        trace.drain();
        trace.in(". 1:1(0) ack 3001");
        trace.out(segment(3_001));
        trace.drain();
    }

    /** A block of data never sent is ignored and counted. */
    @Test
    void insaneBlocks() {
        sacked(1_001, "50001-51001");
        sacked(1_001, "3001-2001");
        trace.quiet().dropped(io.tapstack.event.DropReason.TCP_BAD_SACK, 2);
        assertThat(connection.scoreboard.bytesSacked()).isZero();
    }

    /** RFC 8985 7: after two round trips without an ACK the last segment is sent again; the window is not reduced. */
    @Test
    void tailLossProbe() {
        trace.in(". 1:1(0) ack 11001");
        trace.drain();
        final int end = connection.sndNxt - trace.stackIss();
        final int cwnd = connection.congestion.cwnd();
        trace.advance(195).quiet();
        trace.advance(10);
        // New data is the probe.
        trace.out(segment(end)).quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(cwnd);
        assertThat(connection.timeouts).isZero();
    }

    /**
     * RFC 6298 5.4 and RFC 8985 6.3: after a timeout the first segment is retransmitted. F-RTO then sends new data (RFC
     * 5682 3.1, 2b).
     */
    @Test
    void timeout() {
        untilTimeout();
        trace.out(segment(1_001)).quiet();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.LOSS);
        assertThat(connection.congestion.cwnd()).isEqualTo(1_000);
        trace.advance(100).in(". 1:1(0) ack 2001");
        trace.out(segment(12_001)).out(segment(13_001)).quiet();
        // 3a: a duplicate, so the timeout was right; slow start retransmits lost segments, but not SACKed ones.
        trace.advance(100);
        sacked(2_001, "12001-13001");
        trace.out(segment(2_001)).quiet();
        sacked(2_001, "12001-14001");
        trace.out(segment(3_001)).quiet();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.LOSS);
        assertThat(trace.stack.statistics().undoneRecoveries).isZero();
    }

    /** RFC 5682 3.1, 3b: an ACK of data that was not retransmitted: the timeout was spurious, and is undone. */
    @Test
    void spuriousTimeout() {
        final int cwnd = connection.congestion.cwnd();
        untilTimeout();
        trace.out(segment(1_001)).quiet().advance(10).in(". 1:1(0) ack 2001");
        trace.drain();
        trace.in(". 1:1(0) ack 3001");
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
        assertThat(trace.stack.statistics().undoneRecoveries).isOne();
        trace.drain();
    }

    /** RFC 3708: the peer reports each retransmission as a duplicate: the fast retransmit is undone. */
    @Test
    void undoneByDsack() {
        final int cwnd = connection.congestion.cwnd();
        sacked(1_001, "2001-5001");
        trace.out(segment(1_001));
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        trace.in(". 1:1(0) ack 11001");
        trace.drain();
        trace.in(". 1:1(0) ack 11001 <sack 1001-2001>");
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
        assertThat(connection.congestion.ssthresh()).isGreaterThan(5_000);
        trace.drain();
    }

    /**
     * RFC 2883 4: a D-SACK block belongs to its own ACK. In an ACK that was overtaken it reports no duplicate, and
     * undoes nothing.
     */
    @Test
    void overtakenAckIsNoDsack() {
        sacked(1_001, "2001-5001");
        trace.out(segment(1_001));
        trace.in(". 1:1(0) ack 5001");
        trace.drain();
        sacked(1_001, "2001-4001");
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        assertThat(trace.stack.statistics().undoneRecoveries).isZero();
        trace.drain();
    }

    /** The timer restarts when the first segment is retransmitted, at any time. */
    @Test
    void firstSegmentSentAgainRestartsTheTimer() {
        sacked(1_001, "2001-3001");
        trace.drain();
        trace.advance(30).out(segment(1_001)).quiet();
        final long rto = connection.estimator.rto() / 1_000_000;
        trace.advance(rto - 30);
        assertThat(connection.timeouts).isZero();
        trace.advance(30);
        assertThat(connection.timeouts).isOne();
        trace.drain();
    }

    /** Lets the tail loss probe, with new data, and then the retransmission timer expire. */
    private void untilTimeout() {
        while (connection.sndNxt - trace.stackIss() == 11_001) {
            trace.advance(1);
        }
        trace.out(segment(11_001)).quiet();
        while (connection.timeouts == 0) {
            trace.advance(1);
        }
    }

    /**
     * RFC 8985 7.4.2, case 3: a peer without DSACK acknowledges the last segment, and then, with a plain duplicate, the
     * probe that repeated it: nothing was lost. The next ACK of new data does not mean that the probe repaired a loss.
     */
    @Test
    void probeThatWasNotNeededByAPeerWithoutDsack() {
        probeOfTheLastSegment();
        trace.in(". 1:1(0) ack 32001 win 1000").in(". 1:1(0) ack 32001 win 1000");
        final int ssthresh = connection.congestion.ssthresh();
        trace.write(connection, 1_000);
        trace.out("P. 32001:33001(1000) ack 1").in(". 1:1(0) ack 33001");
        assertThat(connection.congestion.ssthresh()).isEqualTo(ssthresh);
    }

    private void probeOfTheLastSegment() {
        while (connection.unacknowledgedBytes() > 0) {
            trace.in(". 1:1(0) ack " + (connection.sndNxt - trace.stackIss()) + " win 1000");
        }
        trace.drain(); // all data
        trace.write(connection, 1_000);
        trace.out("P. 31001:32001(1000) ack 1");
        while (trace.stack.statistics().tailLossProbes == 0) {
            trace.advance(1);
        }
        trace.out("P. 31001:32001(1000) ack 1");
    }

    /** Case 2: no duplicate arrives, so the probe was delivered and the segment was lost. */
    @Test
    void probeThatRepairedTheLoss() {
        probeOfTheLastSegment();
        trace.in(". 1:1(0) ack 32001 win 1000");
        final int ssthresh = connection.congestion.ssthresh();
        trace.write(connection, 1_000);
        trace.out("P. 32001:33001(1000) ack 1").in(". 1:1(0) ack 33001");
        assertThat(connection.congestion.ssthresh()).isLessThan(ssthresh);
    }

    /**
     * RFC 9937 5: a lost small segment is retransmitted when it fits, without room for a full segment. Otherwise the
     * network would run empty, and only the timer would retransmit.
     */
    @Test
    void smallSegments() {
        final TcpTrace small = new TcpTrace();
        final Connection tcb = small.establishedWithSack(new TcpConfig().noDelay(true), 100);
        small.write(tcb, 100);
        small.out("P. 1:101(100) ack 1").advance(100).in(". 1:1(0) ack 101");
        for (int i = 1; i <= 9; i++) {
            small.write(tcb, 100);
            small.out("P. " + (1 + i * 100) + ":" + (101 + i * 100) + "(100) ack 1")
                    .advance(1);
        }
        small.advance(100);
        // The first and the sixth are lost.
        small.in(". 1:1(0) ack 101 <sack 201-301>")
                .in(". 1:1(0) ack 101 <sack 201-401>")
                .quiet();
        small.in(". 1:1(0) ack 101 <sack 201-501>").out(". 101:201(100) ack 1").quiet();
        small.in(". 1:1(0) ack 101 <sack 201-601>").in(". 1:1(0) ack 101 <sack 201-601 701-801>");
        small.out(". 601:701(100) ack 1").quiet();
        small.in(". 1:1(0) ack 1001");
        small.noLeaks();
    }
}
