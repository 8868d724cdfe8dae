package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.recovery.LossRecovery.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Spurious recoveries: Eifel detection by timestamps (RFC 3522), and F-RTO without SACK (RFC 5682 2.1). */
class SpuriousRecoveryTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private Connection connection;
    private int echo;

    @AfterEach
    void noLeaks() {
        trace.noLeaks();
    }

    /** Ten segments of 988 are in flight, sent 100 ms ago; the peer's timestamps are 1. */
    private void flight(final boolean sack) {
        final TcpListener listener =
                trace.listen(new TcpConfig().windowScaling(false).congestionControl("newreno"));
        trace.in("S 0:0(0) win 65535 <mss 1000" + (sack ? ",sackOK" : "") + ",ts 1/0>");
        trace.out("S. 0:0(0) ack 1");
        trace.advance(100);
        trace.in(". 1:1(0) ack 1 win 65535 <ts 1/0>");
        connection = TcpTrace.accept(listener);
        echo = clock();
        trace.write(connection, 30_000);
        for (int i = 0; i < 10; i++) {
            trace.out(segment(i));
        }
        trace.quiet().advance(100);
    }

    private int clock() {
        return connection.timestamps.value(trace.now());
    }

    private static String unsigned(final int value) {
        return Integer.toUnsignedString(value);
    }

    private static String segment(final int number) {
        return ". " + (1 + number * 988) + ":" + (989 + number * 988) + "(988) ack 1";
    }

    private void ack(final int segments, final String sack) {
        trace.in(". 1:1(0) ack " + (1 + segments * 988) + " win 65535 <ts 1/" + unsigned(echo)
                + (sack.isEmpty() ? "" : ",nop,nop,sack " + sack) + ">");
    }

    /**
     * RFC 7323 5.3 (R2 before R3): the timestamp of a duplicate is not echoed. A D-SACK (RFC 2883) shows that the first
     * copy had arrived and its ACK was lost, so the echo is not a round trip.
     */
    @Test
    void theEchoOfAnAckForADuplicateIsNoRoundTrip() {
        flight(true);
        final long srtt = connection.estimator.srtt();
        trace.advance(5_000);
        trace.drain();
        assertThat(connection.timeouts).isGreaterThan(2);
        ack(10, "1-989");
        assertThat(connection.estimator.srtt()).isEqualTo(srtt);
    }

    /** Without a D-SACK the echo is a round trip of the first copy. */
    @Test
    void theEchoOfAnAckThatCameLateIsOne() {
        flight(true);
        trace.advance(5_000);
        trace.drain();
        ack(10, "");
        assertThat(connection.estimator.srtt()).isGreaterThan(500_000_000L);
    }

    /**
     * RFC 3522 3.2: after a fast retransmit the ACK echoes the timestamp of the first copy, which was late and not
     * lost. RFC 4015 3.2: the congestion state from before is restored.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fastRetransmitOfWhatWasLate(final boolean sack) {
        flight(sack);
        final int cwnd = connection.congestion.cwnd();
        for (int i = 1; i <= 3; i++) {
            ack(0, sack ? "989-" + (989 + i * 988) : "");
        }
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
        assertThat(connection.congestion.ssthresh()).isLessThan(cwnd);
        trace.drain();
        trace.advance(5);
        ack(4, "");
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
        assertThat(trace.stack.statistics().undoneRecoveries).isOne();
        trace.drain();
    }

    /** The echo of the retransmission undoes nothing. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fastRetransmitOfWhatWasLost(final boolean sack) {
        flight(sack);
        for (int i = 1; i <= 3; i++) {
            ack(0, sack ? "989-" + (989 + i * 988) : "");
        }
        trace.drain();
        echo = clock();
        trace.advance(100);
        ack(4, "");
        assertThat(trace.stack.statistics().undoneRecoveries).isZero();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
        trace.drain();
    }

    /** The same after a timeout. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void timeoutOfWhatWasLate(final boolean sack) {
        flight(sack);
        final int cwnd = connection.congestion.cwnd();
        while (connection.timeouts == 0) {
            trace.advance(1);
        }
        assertThat(connection.congestion.cwnd()).isEqualTo(988);
        trace.drain();
        ack(1, "");
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
        trace.drain();
    }

    /** RFC 5682 2.1: without SACK and timestamps, the second ACK that advances proves it. */
    @Test
    void forwardRtoWithoutSack() {
        final TcpTrace plain = new TcpTrace();
        final Connection tcb = plain.established(new TcpConfig().congestionControl("reno"));
        plain.write(tcb, 30_000);
        plain.link.takeSent();
        final int cwnd = tcb.congestion.cwnd();
        while (tcb.timeouts == 0) {
            plain.advance(1);
        }
        plain.out(". 1:1001(1000) ack 1").quiet();
        plain.in(". 1:1(0) ack 1001")
                .out(". 10001:11001(1000) ack 1")
                .out(". 11001:12001(1000) ack 1")
                .quiet();
        plain.in(". 1:1(0) ack 2001");
        assertThat(tcb.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(tcb.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
        plain.link.takeSent();
        plain.noLeaks();
    }

    /**
     * RFC 5682 2.1, 3a: a duplicate after the new data: the timeout was right, and slow start retransmits the flight.
     */
    @Test
    void forwardRtoFindsALoss() {
        final TcpTrace plain = new TcpTrace();
        final Connection tcb = plain.established(new TcpConfig().congestionControl("reno"));
        plain.write(tcb, 30_000);
        plain.link.takeSent();
        while (tcb.timeouts == 0) {
            plain.advance(1);
        }
        plain.out(". 1:1001(1000) ack 1");
        plain.in(". 1:1(0) ack 1001")
                .out(". 10001:11001(1000) ack 1")
                .out(". 11001:12001(1000) ack 1")
                .quiet();
        plain.in(". 1:1(0) ack 1001");
        plain.out(". 1001:2001(1000) ack 1");
        assertThat(tcb.recovery.phase()).isEqualTo(Phase.LOSS);
        plain.link.takeSent();
        plain.noLeaks();
    }

    /**
     * RFC 5682 2.1, 2b: after the new data only an ACK ends the wait, not a segment out of the window, and not a write.
     */
    @Test
    void forwardRtoWaitsForTheNextAck() {
        final TcpTrace plain = new TcpTrace();
        final Connection waiting = plain.established(new TcpConfig().congestionControl("reno"), 3_000);
        plain.write(waiting, 10_000);
        plain.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").out(". 2001:3001(1000) ack 1");
        plain.quiet();
        while (waiting.timeouts == 0) {
            plain.advance(1);
        }
        plain.out(". 1:1001(1000) ack 1").quiet();
        plain.in(". 1:1(0) ack 1001 win 3000").out(". 3001:4001(1000) ack 1").quiet();
        // Out of the window, so without effect.
        plain.in("R 9999999:9999999(0)").quiet();
        plain.write(waiting, 1_000);
        plain.quiet();
        plain.in(". 1:1(0) ack 2001 win 3000");
        assertThat(waiting.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(plain.stack.statistics().undoneRecoveries).isOne();
        plain.out(". 4001:5001(1000) ack 1").quiet();
        plain.noLeaks();
    }
}
