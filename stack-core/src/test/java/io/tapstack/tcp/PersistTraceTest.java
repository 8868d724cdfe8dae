package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The closed window: RFC 9293 3.8.6.1, RFC 1122 4.2.2.17; small windows: 3.8.6.2.1. */
class PersistTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private TcpConnection closedWindow() {
        final TcpConnection connection = trace.established(new TcpConfig(), 1_000);
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
        final TcpConnection connection = closedWindow();
        long wait = 200;
        for (int i = 0; i < 40; i++) {
            trace.advance(wait - 1).quiet();
            trace.advance(1).out(". 1001:1002(1) ack 1").quiet();
            trace.in(". 1:1(0) ack 1001 win 0").quiet();
            wait = Math.min(wait * 2, 120_000);
        }
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** A peer that does not answer at all is given up. */
    @Test
    void givesUpOnASilentPeer() {
        final TcpConnection connection = closedWindow();
        trace.advance(3_600_000);
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        trace.drain(); // Probes.
    }

    /** The window opens: all goes on, from the byte of the probe if it was not taken. */
    @Test
    void reopening() {
        closedWindow();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1001 win 5000")
                .out(". 1001:2001(1000) ack 1")
                .out("P. 2001:3001(1000) ack 1")
                .quiet();
    }

    /** ... and behind it if it was. */
    @Test
    void reopeningWithTheProbeTaken() {
        closedWindow();
        trace.advance(200).out(". 1001:1002(1) ack 1");
        trace.in(". 1:1(0) ack 1002 win 5000")
                .out(". 1002:2002(1000) ack 1")
                .out("P. 2002:3001(999) ack 1")
                .quiet();
    }

    /** A FIN behind a closed window is probed for too. */
    @Test
    void finBehindAClosedWindow() {
        final TcpConnection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        connection.close(trace.now());
        trace.quiet();
        trace.advance(200).out("F. 1001:1001(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1002 win 0").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }

    /** A peer that takes its window back (RFC 9293 3.8.6, MUST-34, MAY-7): data in flight is still sent again. */
    @Test
    void shrinkingWindow() {
        final TcpConnection connection = trace.established(new TcpConfig(), 5_000);
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
        final TcpConnection connection = trace.established(new TcpConfig(), 600);
        trace.write(connection, 3_000);
        trace.out(". 1:601(600) ack 1").quiet();
        trace.in(". 1:1(0) ack 601 win 200").quiet();
        trace.in(". 1:1(0) ack 601 win 300").out(". 601:901(300) ack 1").quiet();
    }

    /** 3.8.6.2.1 (4): a window too small to use is used after a while all the same. */
    @Test
    void overrideTimeout() {
        final TcpConnection connection = trace.established(new TcpConfig(), 5_000);
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
     * RFC 6429 4, RFC 5482: the user timeout ends it even though the peer answers every probe; tcp(7) says the same of
     * TCP_USER_TIMEOUT.
     */
    @Test
    void userTimeout() {
        final TcpConnection connection = closedWindow();
        connection.config().userTimeoutNanos(3_000_000_000L);
        trace.advance(200).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(400).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(800).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(1_600).out(". 1001:1002(1) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(199).quiet();
        trace.advance(1).out("R. 1001:1001(0) ack 1").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** ... and does not count what was before the window opened for a while. */
    @Test
    void userTimeoutCountsFromTheFirstProbe() {
        final TcpConnection connection = closedWindow();
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
}
