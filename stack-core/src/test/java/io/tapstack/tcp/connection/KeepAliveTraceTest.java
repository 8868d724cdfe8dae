package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keep-alives: RFC 9293 3.8.4, RFC 1122 4.2.3.6. The first after 10 s, then every 2 s, three times. */
class KeepAliveTraceTest {

    private static final long SECOND = 1_000_000_000L;

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private static TcpConfig eager() {
        return new TcpConfig()
                .keepAlive(true)
                .keepAliveIdleNanos(10 * SECOND)
                .keepAliveIntervalNanos(2 * SECOND)
                .keepAliveCount(3);
    }

    /** MUST-28: the interval has to default to no less than two hours. */
    @Test
    void twoHours() {
        trace.established(new TcpConfig().keepAlive(true));
        trace.advance(7_199_000).quiet();
        trace.advance(1_001).out(". 0:0(0) ack 1").quiet();
    }

    /** SHLD-12: the probe has no data; the peer's answer restarts the idle time. */
    @Test
    void answered() {
        final Connection connection = trace.established(eager());
        for (int i = 0; i < 5; i++) {
            trace.advance(10_000).out(". 0:0(0) ack 1").quiet();
            trace.in(". 1:1(0) ack 1").quiet();
        }
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** Any segment of the peer restarts the idle time. */
    @Test
    void trafficPutsItOff() {
        final Connection connection = trace.established(eager());
        for (int at = 1; at < 60; at += 10) {
            trace.advance(9_000).in("P. " + at + ":" + (at + 10) + "(10) ack 1").advance(40);
            trace.out(". 1:1(0) ack " + (at + 10)).quiet();
        }
        assertThat(trace.read(connection, 100)).isEqualTo(60);
    }

    /** MUST-29: a single unanswered probe does not end the connection; all of them together do. */
    @Test
    void silence() {
        final Connection connection = trace.established(eager());
        trace.advance(10_000).out(". 0:0(0) ack 1").quiet();
        trace.advance(2_000).out(". 0:0(0) ack 1").quiet();
        trace.advance(2_000).out(". 0:0(0) ack 1").quiet();
        trace.advance(2_000).out("R. 1:1(0) ack 1").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** A restarted peer answers with a reset (RFC 1122 4.2.3.6). */
    @Test
    void peerHasForgotten() {
        final Connection connection = trace.established(eager());
        trace.advance(10_000).out(". 0:0(0) ack 1");
        trace.in("R 1:1(0)").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ECONNRESET);
    }

    /** MUST-26: "MUST only be sent when no sent data is outstanding": then the retransmission timer asks. */
    @Test
    void notWhileDataIsOutstanding() {
        final Connection connection = trace.established(eager());
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        long rto = 200;
        for (int i = 0; i < 6; i++) {
            trace.advance(rto).out("P. 1:101(100) ack 1").quiet();
            rto *= 2;
        }
        trace.in(". 1:1(0) ack 101").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** The option may be turned on and off at any time. */
    @Test
    void switched() {
        final Connection connection = trace.established(new TcpConfig());
        trace.advance(100_000).quiet();
        connection.config().keepAlive(true).keepAliveIdleNanos(10 * SECOND);
        connection.configChanged(trace.now());
        trace.advance(9_999).quiet().advance(1).out(". 0:0(0) ack 1").in(". 1:1(0) ack 1");
        connection.config().keepAlive(false);
        connection.configChanged(trace.now());
        trace.advance(100_000_000).quiet();
    }

    /** Keep-alives of the peer: one before RCV.NXT, with or without a byte, is answered at once. */
    @Test
    void peersProbes() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in(". 0:0(0) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.in(". 0:1(1) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.in(". 4294967295:4294967295(0) ack 1").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.readableBytes()).isZero();
    }

    /** A keep-alive every second is not limited as a challenge: each gets an answer. */
    @Test
    void manyOfThePeersProbes() {
        trace.established(new TcpConfig());
        for (int i = 0; i < 30; i++) {
            trace.in(". 0:0(0) ack 1").out(". 1:1(0) ack 1").quiet().advance(1_000);
        }
    }

    /** CLOSE-WAIT: keep-alives check whether the peer still waits. */
    @Test
    void inCloseWait() {
        final Connection connection = trace.established(eager());
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
        trace.advance(10_000).out(". 0:0(0) ack 2").in(". 2:2(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
    }

    /** TIME-WAIT has nothing to keep alive. */
    @Test
    void notInTimeWait() {
        final Connection connection = trace.established(eager());
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1")
                .in("F. 1:1(0) ack 2")
                .out(". 2:2(0) ack 2")
                .advance(59_000)
                .quiet();
    }

    /** tcp(7): with TCP_USER_TIMEOUT that time counts, not the number of probes; RFC 5482 4. */
    @Test
    void userTimeout() {
        final Connection connection = trace.established(eager().userTimeoutNanos(21 * SECOND));
        trace.advance(10_000).out(". 0:0(0) ack 1");
        for (int i = 0; i < 5; i++) {
            trace.advance(2_000).out(". 0:0(0) ack 1").quiet();
        }
        trace.advance(2_000).out("R. 1:1(0) ack 1").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** A forged segment with no valid sequence number does not restart the idle time. */
    @Test
    void forgedSegments() {
        final Connection connection = trace.established(eager());
        for (int i = 0; i < 8; i++) {
            trace.in("R 1000000:1000000(0)").in(". 2000000:2000000(0) ack 1").advance(2_000);
        }
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        trace.drain(); // Probes, challenges and the reset.
    }

    /**
     * RFC 1122 4.2.3.6: the retransmission timer handles unacknowledged data; keep-alives do not end the connection.
     */
    @Test
    void r24KeepAliveWithDataInFlight() {
        final TcpConfig config = new TcpConfig()
                .keepAlive(true)
                .keepAliveIdleNanos(1_000_000_000L)
                .keepAliveIntervalNanos(100_000_000L)
                .keepAliveCount(3);
        final Connection c = trace.established(config);
        trace.write(c, 100);
        trace.advance(5_000);
        assertThat(c.error()).isNull();
    }
}
