package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.recovery.AckArrival;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Loss recovery together with windows, timeouts, FINs and a second loss. RFC 5681 3.2, RFC 6582 3.2 and 4, RFC 6298 5.
 */
class RecoveryEdgesTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection flight(final int segments, final int window) {
        final Connection connection = trace.established(new TcpConfig().congestionControl("newreno"), window);
        trace.write(connection, segments * 1_000);
        for (int i = 0; i < Math.min(segments, Math.min(window / 1_000, 10)); i++) {
            trace.out(segment(i));
        }
        trace.quiet();
        return connection;
    }

    /** The n-th segment of 1000 bytes. */
    private static String segment(final int n) {
        return ". " + (1 + 1_000 * n) + ":" + (1_001 + 1_000 * n) + "(1000) ack 1";
    }

    private void duplicates(final int count, final int segmentsAcked, final int window) {
        for (int i = 0; i < count; i++) {
            trace.in(". 1:1(0) ack " + (1 + 1_000 * segmentsAcked) + " win " + window);
        }
    }

    /** RFC 3042 2: limited transmit only if "the receiver's advertised window allows". */
    @Test
    void limitedTransmitKeepsToThePeersWindow() {
        flight(20, 5_000);
        duplicates(2, 0, 5_000);
        trace.quiet();
        duplicates(1, 0, 5_000);
        trace.out(segment(0)).quiet();
        duplicates(5, 0, 5_000);
        trace.quiet();
    }

    /** With fewer than four segments in flight there are no three duplicates: the timer retransmits. */
    @Test
    void tooFewForFastRetransmit() {
        flight(3, 65_535);
        duplicates(2, 0, 65_535);
        trace.quiet();
        trace.advance(200).out(segment(0)).quiet();
    }

    /**
     * RFC 6582 3.2, step 3: of three holes in one window, one is filled each round trip, without a timeout and with one
     * reduction.
     */
    @Test
    void threeHoles() {
        final Connection connection = flight(10, 65_535);
        duplicates(3, 0, 65_535);
        trace.out(segment(0)).quiet();
        final int ssthresh = connection.congestion.ssthresh();
        assertThat(ssthresh).isEqualTo(5_000);
        trace.in(". 1:1(0) ack 3001").out(segment(3)).quiet();
        trace.in(". 1:1(0) ack 6001").out(segment(6)).quiet();
        assertThat(connection.congestion.ssthresh()).isEqualTo(ssthresh);
        trace.in(". 1:1(0) ack 10001").quiet();
        assertThat(connection.recovery.inRecovery()).isFalse();
        assertThat(connection.congestion.cwnd()).isLessThanOrEqualTo(ssthresh);
    }

    /** RFC 6582 3.2, step 3: after a partial ACK the restarted timer retransmits a lost retransmission. */
    @Test
    void retransmissionIsLostToo() {
        final Connection connection = flight(10, 65_535);
        duplicates(3, 0, 65_535);
        trace.out(segment(0)).advance(100);
        trace.in(". 1:1(0) ack 3001").out(segment(3)).quiet();
        final long rto = connection.estimator.rto() / 1_000_000;
        trace.advance(rto - 1).quiet();
        trace.advance(2).out(segment(3)).quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(1_000);
    }

    /**
     * RFC 6582 3.2, step 4: a timeout ends recovery, and no other starts until the flight at the timeout is
     * acknowledged.
     */
    @Test
    void timeoutInRecovery() {
        final Connection connection = flight(10, 65_535);
        duplicates(3, 0, 65_535);
        trace.out(segment(0)).quiet();
        trace.advance(200).out(segment(0)).quiet();
        final int ssthresh = connection.congestion.ssthresh();
        duplicates(6, 0, 65_535);
        trace.quiet();
        assertThat(connection.congestion.ssthresh()).isEqualTo(ssthresh);
        trace.in(". 1:1(0) ack 10001").quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    /** RFC 5681 3.1, equation 4: a second timeout of the same segment leaves ssthresh as it is. */
    @Test
    void secondTimeout() {
        final Connection connection = flight(10, 65_535);
        trace.advance(200).out(segment(0));
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        trace.advance(400).out(segment(0)).quiet();
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        assertThat(connection.congestion.cwnd()).isEqualTo(1_000);
    }

    /** A loss after everything up to "recover" is acknowledged is a new one, and halves again. */
    @Test
    void secondLoss() {
        final Connection connection = flight(40, 65_535);
        duplicates(1, 0, 65_535);
        trace.out(segment(10));
        duplicates(1, 0, 65_535);
        trace.out(segment(11));
        duplicates(1, 0, 65_535);
        trace.out(segment(0)).quiet();
        trace.in(". 1:1(0) ack 12001").out(segment(12)).out(segment(13)).quiet();
        // Slow start up to the threshold of 6, then one segment per round trip.
        trace.in(". 1:1(0) ack 14001");
        final int sent = (connection.sndNxt - trace.stackIss()) / 1_000;
        for (int n = 14; n < sent; n++) {
            trace.out(segment(n));
        }
        final int inFlight = connection.sndNxt - connection.sndUna;
        duplicates(3, 14, 65_535);
        assertThat(inFlight).isGreaterThanOrEqualTo(4_000);
        assertThat(connection.congestion.ssthresh()).isLessThan(6_000);
        assertThat(connection.recovery.inRecovery()).isTrue();
        trace.drain(); // Limited transmit and the retransmission.
    }

    /** Nothing follows a FIN, so no duplicate ACK reports its loss: the timer retransmits it. */
    @Test
    void lostTailWithFin() {
        final Connection connection = flight(4, 65_535);
        connection.close(trace.now());
        trace.out("F. 4001:4001(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 3001").quiet();
        trace.advance(200).out(segment(3)).quiet();
        trace.in(". 1:1(0) ack 4001").out("F. 4001:4001(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 4002").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }

    /** A FIN behind a lost segment: its duplicates count (RFC 5681 2 asks for outstanding data, and there is). */
    @Test
    void finBehindALoss() {
        final Connection connection = flight(4, 65_535);
        connection.close(trace.now());
        trace.out("F. 4001:4001(0) ack 1");
        duplicates(3, 1, 65_535);
        trace.quiet(); // the first of them acknowledged new data
        duplicates(1, 1, 65_535);
        trace.out(segment(1)).quiet();
        trace.in(". 1:1(0) ack 4002").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }

    /** RFC 5681 2: (d) the greatest ACK so far: duplicates of an older one do not count. */
    @Test
    void duplicatesOfAnOldAck() {
        flight(10, 65_535);
        trace.in(". 1:1(0) ack 2001").quiet();
        for (int i = 0; i < 5; i++) {
            trace.in(". 1:1(0) ack 1001");
        }
        trace.quiet();
    }

    /** RFC 6298 5.7: the SYN-ACK timed out: data starts with an RTO of three seconds. */
    @Test
    void rtoAfterALostSyn() {
        final TcpListener listener =
                trace.listen(new TcpConfig().timestamps(false).windowScaling(false));
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.advance(1_000).out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        trace.write(TcpTrace.accept(listener), 1_000);
        trace.out(segment(0)).advance(2_999).quiet();
        trace.advance(1).out(segment(0)).quiet();
    }

    /** RFC 7323 4: with timestamps a retransmitted segment gives a sample, and the RTO decreases. */
    @Test
    void timestampsMeasureARetransmission() {
        final TcpListener listener = trace.listen(new TcpConfig().windowScaling(false));
        trace.in("S 0:0(0) <mss 1012,ts 1/0>").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1 <ts 1/0>");
        final Connection connection = TcpTrace.accept(listener);
        trace.write(connection, 1_000);
        trace.out(segment(0)).advance(200).out(segment(0)).advance(400).out(segment(0));
        final long backedOff = connection.estimator.rto();
        final int echo = connection.timestamps.value(trace.now());
        trace.advance(20).in(". 1:1(0) ack 1001 <ts 2/" + Integer.toUnsignedString(echo) + ">");
        assertThat(connection.estimator.rto()).isLessThan(backedOff);
        assertThat(connection.estimator.minimum()).isLessThanOrEqualTo(20_000_000L);
    }

    /** RFC 5681 3.2: segments of limited transmit do not count in FlightSize when ssthresh is set. */
    @Test
    void r8LimitedTransmitNotInFlightSize() {
        final Connection c = trace.established(new TcpConfig().congestionControl("newreno"));
        trace.write(c, 50_000);
        trace.link.takeSent();
        for (int i = 0; i < 3; i++) {
            trace.in(". 1:1(0) ack 1");
        }
        assertThat(c.congestion.ssthresh()).isEqualTo(5_000);
    }

    /** RFC 5681 3.2: duplicate ACKs inflate the window by no more than the data in flight. */
    @Test
    void r19InflationIsBounded() {
        final Connection c = trace.established(new TcpConfig());
        trace.write(c, 60_000);
        trace.link.takeSent();
        final AckArrival duplicate = new AckArrival();
        for (int i = 0; i < 2_200_000; i++) {
            duplicate.begin(trace.now(), c.sndUna, c.sndNxt);
            duplicate.duplicate = true;
            c.recovery.ackArrives(duplicate);
        }
        assertThat(c.recovery.window(0)).isBetween(0, c.sndNxt - c.sndUna);
    }
}
