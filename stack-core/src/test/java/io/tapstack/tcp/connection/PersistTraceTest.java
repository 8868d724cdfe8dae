package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The closed window: RFC 9293 3.8.6.1, RFC 1122 4.2.2.17; small windows: 3.8.6.2.1. */
class PersistTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection closedWindow() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 3_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        return connection;
    }

    /**
     * MUST-36: at least one octet; SHLD-29: after an RTO; SHLD-30: at growing intervals; MUST-37: as long as the peer
     * answers.
     */
    @Test
    void probesForAsLongAsTheyAreAnswered() {
        final Connection connection = closedWindow();
        long wait = 200;
        for (int i = 0; i < 40; i++) {
            trace.advance(wait - 1).quiet();
            trace.advance(1).out(". 1001:1002(1) ack 1").quiet();
            trace.in(". 1:1(0) ack 1001 win 0").quiet();
            wait = Math.min(wait * 2, 120_000);
        }
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** The connection fails if the peer never answers. */
    @Test
    void givesUpOnASilentPeer() {
        final Connection connection = closedWindow();
        trace.advance(3_600_000);
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        trace.drain(); // Probes.
    }

    /** The window opens: sending continues, from the byte of the probe if it was not acknowledged. */
    @Test
    void reopening() {
        closedWindow();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1001 win 5000")
                .out(". 1001:2001(1000) ack 1")
                .out("P. 2001:3001(1000) ack 1")
                .quiet();
    }

    /** ... and behind it if it was acknowledged. */
    @Test
    void reopeningWithTheProbeTaken() {
        closedWindow();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1002 win 5000")
                .out(". 1002:2002(1000) ack 1")
                .out("P. 2002:3001(999) ack 1")
                .quiet();
    }

    /** A FIN behind a closed window is sent as a probe too. */
    @Test
    void finBehindAClosedWindow() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        connection.close(trace.now());
        trace.quiet();
        trace.advance(200).out("F. 1001:1001(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1002 win 0").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }

    /** A peer that shrinks its window (RFC 9293 3.8.6, MUST-34, MAY-7): data in flight is still retransmitted. */
    @Test
    void shrinkingWindow() {
        final Connection connection = trace.established(new TcpConfig(), 5_000);
        trace.write(connection, 3_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").out("P. 2001:3001(1000) ack 1");
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.advance(200).out(". 1001:2001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 3001 win 5000").quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    /** 3.8.6.2.1 (3): less than a segment, but at least half of the largest window ever, is sent. */
    @Test
    void halfOfASmallBuffer() {
        final Connection connection = trace.established(new TcpConfig(), 600);
        trace.write(connection, 3_000);
        trace.out(". 1:601(600) ack 1").quiet();
        trace.in(". 1:1(0) ack 601 win 200").quiet();
        trace.in(". 1:1(0) ack 601 win 300").out(". 601:901(300) ack 1").quiet();
    }

    /** 3.8.6.2.1 (4): after the override timeout a small window is used. */
    @Test
    void overrideTimeout() {
        final Connection connection = trace.established(new TcpConfig(), 5_000);
        trace.write(connection, 5_000);
        for (int i = 0; i < 5; i++) {
            trace.out((i == 4 ? "P" : "") + ". " + (1 + 1000 * i) + ":" + (1001 + 1000 * i) + "(1000) ack 1");
        }
        trace.in(". 1:1(0) ack 5001 win 100");
        trace.write(connection, 1_000);
        trace.quiet();
        trace.advance(200).out(". 5001:5101(100) ack 1").quiet();
    }

    /**
     * RFC 6429 4, RFC 5482: the user timeout ends the connection although the peer answers every probe; so does tcp(7),
     * TCP_USER_TIMEOUT.
     */
    @Test
    void userTimeout() {
        final Connection connection = closedWindow();
        connection.config().userTimeoutNanos(3_000_000_000L);
        trace.advance(200).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(400).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(800).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(1_600).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(199).quiet();
        trace.advance(1).out("R. 1001:1001(0) ack 1").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** ... and counts from the last time the window was closed. */
    @Test
    void userTimeoutCountsFromTheFirstProbe() {
        final Connection connection = closedWindow();
        connection.config().userTimeoutNanos(3_000_000_000L);
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.advance(400).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 1000");
        trace.out(". 1001:2001(1000) ack 1")
                .in(". 1:1(0) ack 2001 win 0")
                .advance(150)
                .quiet();
        for (int i = 0; i < 3; i++) {
            trace.advance(1_000);
            while (trace.link.take() != null) {
                trace.in(". 1:1(0) ack 2001 win 0");
            }
        }
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(1_000);
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        trace.drain(); // The last probes and the reset.
    }

    /** The ACK of a probe with the last byte stops the persist timer: no FIN is sent without a CLOSE. */
    @Test
    void r1ProbeOfTheLastByteMustNotBecomeAFin() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 1_001);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1002 win 0").quiet();
        trace.advance(60_000).quiet();
        assertThat(c.finSent).isFalse();
    }

    /** A FIN that is sent as a probe and acknowledged, while the window stays closed, stops the persist timer. */
    @Test
    void r2aFinProbeAcknowledged() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 1_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        c.shutdownOutput(trace.now());
        trace.advance(200).out("F. 1001:1001(0) ack 1");
        trace.in(". 1:1(0) ack 1002 win 0").quiet();
        assertThat(c.state()).isEqualTo(TcpState.FIN_WAIT_2);
        trace.advance(60_000).quiet();
    }

    /** The same when the window opens: a half-closed connection sends no second FIN and does not time out. */
    @Test
    void r2bFinProbeAcknowledgedWindowOpen() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 1_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        c.shutdownOutput(trace.now());
        trace.advance(200).out("F. 1001:1001(0) ack 1");
        trace.in(". 1:1(0) ack 1002 win 5000").quiet();
        final StringBuilder sent = new StringBuilder();
        trace.advance(3_600_000);
        int n = 0;
        while (trace.link.take() != null) {
            n++;
        }
        assertThat(c.state() + " sent " + n + " error " + c.error()).isEqualTo("FIN_WAIT_2 sent 0 error null");
    }

    /** RFC 9293 3.8.6.2.1: frequent segments of a peer with a small window do not delay the override timeout. */
    @Test
    void r4OverrideTimeoutIsPostponedForEver() {
        final Connection c = trace.established(new TcpConfig());
        trace.in(". 1:1(0) ack 1 win 100").quiet();
        trace.write(c, 1_000);
        trace.quiet();
        int sentBytes = 0;
        for (int i = 0; i < 100; i++) { // 10 s
            trace.in("P. " + (1 + i) + ":" + (2 + i) + "(1) ack 1 win 100");
            trace.advance(100);
            byte[] p;
            while ((p = trace.link.take()) != null) {
                sentBytes += p.length - 40;
            }
        }
        assertThat(sentBytes).isPositive();
    }

    /**
     * RFC 9293 3.8.6.1: the window shrinks to zero with data in flight, and the peer answers each retransmission: the
     * connection stays open.
     */
    @Test
    void r6ShrunkToZeroAndAnswered() {
        final Connection c = trace.established(new TcpConfig());
        trace.write(c, 1_000);
        trace.link.take();
        trace.in(". 1:1(0) ack 1 win 0").quiet();
        for (int i = 0; i < 40; i++) {
            trace.advance(121_000);
            while (trace.link.take() != null) {
                trace.in(". 1:1(0) ack 1 win 0");
            }
        }
        assertThat(c.error()).isNull();
    }

    /** A window update that crosses a probe takes the probe back; the ACK of its byte counts nevertheless. */
    @Test
    void r10ProbeRetractedThenAcknowledged() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 3_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1001 win 10").quiet(); // crossed the probe
        trace.in(". 1:1(0) ack 1002 win 9").quiet(); // acknowledges the probe's byte
        assertThat(c.sndUna - c.iss).isEqualTo(1002);
    }
}
