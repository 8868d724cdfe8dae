package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The retransmission timer: RFC 6298; its limits: RFC 1122 4.2.3.5, RFC 9293 3.8.3. */
class RetransmissionTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** 2.2, 2.3: RTO = SRTT + 4 RTTVAR; a first sample R makes that 3R. */
    @Test
    void rtoFollowsTheRoundTrip() {
        final Connection connection = slowHandshake(400);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1");
        trace.advance(1_199).quiet();
        trace.advance(1).out("P. 1:1001(1000) ack 1").quiet();
    }

    /** 5.5: the RTO doubles with each timeout; 5.7 and Karn: a retransmission gives no sample. */
    @Test
    void backOffLastsUntilANewSample() {
        final Connection connection = slowHandshake(100);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1");
        trace.advance(300).out("P. 1:1001(1000) ack 1");
        trace.advance(600).out("P. 1:1001(1000) ack 1");
        // Without timestamps the ACK may be for either copy: the RTO stays 1200 ms.
        trace.in(". 1:1(0) ack 1001");
        assertThat(connection.statistics.retransmissionTimeouts).isEqualTo(2);
        assertThat(connection.statistics.fastRecoveries).isZero();
        trace.write(connection, 1_000);
        trace.out("P. 1001:2001(1000) ack 1");
        trace.advance(1_199).quiet();
        trace.advance(1).out("P. 1001:2001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 2001").quiet();
    }

    /** 5.3: an ACK for new data starts the timer again. */
    @Test
    void ackRestartsTheTimer() {
        final Connection connection = slowHandshake(100);
        trace.write(connection, 2_000);
        trace.out(". 1:1001(1000) ack 1").out("P. 1001:2001(1000) ack 1");
        trace.advance(290).in(". 1:1(0) ack 1001");
        final long rto = connection.estimator.rto() / 1_000_000;
        trace.advance(rto - 1).quiet();
        trace.advance(2).out("P. 1001:2001(1000) ack 1").quiet();
    }

    /** 5.2: when all is acknowledged the timer stops. */
    @Test
    void timerStops() {
        final Connection connection = slowHandshake(100);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001");
        trace.advance(600_000).quiet();
        assertThat(connection.retransmissionTimer.isRunning()).isFalse();
    }

    /** 5.4: the earliest segment that is not acknowledged, and only that. */
    @Test
    void onlyTheFirstSegmentIsSentAgain() {
        final Connection connection = slowHandshake(100);
        trace.write(connection, 5_000);
        for (int i = 0; i < 5; i++) {
            trace.out((i == 4 ? "P" : "") + ". " + (1 + 1000 * i) + ":" + (1001 + 1000 * i) + "(1000) ack 1");
        }
        trace.advance(300).out(". 1:1001(1000) ack 1").quiet();
        // The peer had the other segments: one ACK for all ends the recovery.
        trace.in(". 1:1(0) ack 5001").quiet();
    }

    /** RFC 5681 3.1: after a timeout slow start retransmits the flight. */
    @Test
    void slowStartAfterATimeout() {
        final Connection connection = slowHandshake(100);
        trace.write(connection, 5_000);
        for (int i = 0; i < 5; i++) {
            trace.out((i == 4 ? "P" : "") + ". " + (1 + 1000 * i) + ":" + (1001 + 1000 * i) + "(1000) ack 1");
        }
        trace.advance(300).out(". 1:1001(1000) ack 1").quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(1_000);
        assertThat(connection.congestion.ssthresh()).isEqualTo(2_500);
        trace.in(". 1:1(0) ack 1001")
                .out(". 1001:2001(1000) ack 1")
                .out(". 2001:3001(1000) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 2001")
                .out(". 3001:4001(1000) ack 1")
                .out("P. 4001:5001(1000) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 5001").quiet();
    }

    /** R2: the connection fails after the last retransmission. */
    @Test
    void givesUp() {
        final Connection connection = trace.established(new TcpConfig().dataRetries(3));
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1");
        trace.advance(200).out("P. 1:1001(1000) ack 1");
        trace.advance(400).out("P. 1:1001(1000) ack 1");
        trace.advance(800).out("P. 1:1001(1000) ack 1");
        trace.advance(1_600).quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** TCP_USER_TIMEOUT (RFC 9293 3.9.1, RFC 5482), to the millisecond: the timer does not wait for longer. */
    @Test
    void userTimeout() {
        final Connection connection = trace.established(new TcpConfig().userTimeoutNanos(1_000_000_000L));
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1");
        trace.advance(200).out("P. 1:1001(1000) ack 1");
        trace.advance(400).out("P. 1:1001(1000) ack 1");
        trace.advance(599).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(1).quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** An ACK restarts the user timeout: the next data has all of the time. */
    @Test
    void userTimeoutOfTheNextData() {
        final Connection connection = trace.established(new TcpConfig().userTimeoutNanos(1_000_000_000L));
        trace.write(connection, 2_000);
        trace.out(". 1:1001(1000) ack 1").out("P. 1001:2001(1000) ack 1");
        trace.advance(200).out(". 1:1001(1000) ack 1");
        trace.advance(400).out(". 1:1001(1000) ack 1");
        trace.in(". 1:1(0) ack 2001").quiet();
        trace.write(connection, 1_000);
        trace.out("P. 2001:3001(1000) ack 1");
        trace.advance(799).quiet(); // backed off twice (RFC 6298 5.5)
        trace.advance(1).out("P. 2001:3001(1000) ack 1");
        trace.advance(999).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(1).quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** RFC 1122 4.2.2.15: the RTO has an upper limit, of at least 60 seconds. */
    @Test
    void backOffHasALimit() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1");
        long wait = 200;
        for (int i = 0; i < 15; i++) {
            trace.advance(wait - 1).quiet();
            trace.advance(1).out("P. 1:1001(1000) ack 1").quiet();
            wait = Math.min(wait * 2, 120_000);
        }
        trace.advance(wait);
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    private Connection slowHandshake(final long roundTripMillis) {
        final TcpListener listener = trace.listen(
                new TcpConfig().congestionControl("newreno").timestamps(false).windowScaling(false));
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.advance(roundTripMillis).in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** RFC 9293 3.9.1: the user timeout ends the connection on time, not at the next expiry of the backed-off timer. */
    @Test
    void userTimeoutIsExact() {
        final Connection connection = trace.established(new TcpConfig().userTimeoutNanos(2_000_000_000L));
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1");
        trace.advance(200).out("P. 1:1001(1000) ack 1"); // from here on it counts
        trace.advance(400).out("P. 1:1001(1000) ack 1");
        trace.advance(800).out("P. 1:1001(1000) ack 1");
        trace.advance(799).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(1).quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** An ACK of the peer clears it. */
    @Test
    void userTimeoutEndsWithAnAck() {
        final Connection connection = trace.established(new TcpConfig().userTimeoutNanos(2_000_000_000L));
        trace.write(connection, 2_000);
        trace.out(". 1:1001(1000) ack 1").out("P. 1001:2001(1000) ack 1");
        trace.advance(200).out(". 1:1001(1000) ack 1").advance(1_500);
        trace.drain(); // And again.
        trace.in(". 1:1(0) ack 1001");
        trace.drain(); // The second one.
        trace.advance(500);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.in(". 1:1(0) ack 2001");
    }

    /** Karn (RFC 6298 3): a SYN-ACK that was sent twice gives no sample of the round trip. */
    @Test
    void r12RepeatedSynAck() {
        final TcpListener l = trace.listen(new TcpConfig().timestamps(false).windowScaling(false));
        trace.in("S 0:0(0) win 65535 <mss 1000>");
        trace.out("S. 0:0(0) ack 1");
        trace.advance(900);
        trace.in("S 0:0(0) win 65535 <mss 1000>");
        trace.out("S. 0:0(0) ack 1");
        trace.advance(10);
        trace.in(". 1:1(0) ack 1");
        assertThat(TcpTrace.accept(l).estimator.srtt()).isZero();
    }
}
