package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.ip.SocketError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Resets and SYNs on a synchronized connection: RFC 9293 3.10.7.4 second and fourth, RFC 5961 3 and 4. */
class ResetTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpConnection connection = trace.established(new TcpConfig());

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** RFC 5961 3.2 (2): exactly at RCV.NXT, reset. */
    @Test
    void exactResetEnds() {
        trace.in("R 1:1(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ECONNRESET);
    }

    /** RFC 5961 3.2 (3): in the window but not at RCV.NXT, a challenge ACK. */
    @ParameterizedTest
    @ValueSource(ints = {2, 1_000, 65_535})
    void inexactResetIsChallenged(final int seq) {
        trace.in("R " + seq + ":" + seq + "(0)").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.dropped(DropReason.TCP_RST_NOT_EXACT, 1);
    }

    /** RFC 5961 3.2 (1): outside the window, silently dropped. */
    @ParameterizedTest
    @ValueSource(ints = {0, 65_536, 1_000_000})
    void resetOutsideTheWindowIsDropped(final int seq) {
        trace.in("R " + seq + ":" + seq + "(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** What was received before the reset can still be read, as on Linux. */
    @Test
    void receivedDataOutlivesTheReset() {
        trace.in("P. 1:11(10) ack 1").in("R 11:11(0)").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ECONNRESET);
        assertThat(trace.read(connection, 100)).isEqualTo(10);
    }

    /** RFC 5961 4.2: a SYN is challenged whatever its sequence number. */
    @ParameterizedTest
    @ValueSource(ints = {1, 500, 70_000})
    void synIsChallenged(final int seq) {
        trace.in("S " + seq + ":" + seq + "(0)").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** RFC 5961 7: challenge ACKs are limited, here to ten in five seconds for each connection. */
    @Test
    void challengesAreLimited() {
        for (int i = 0; i < 10; i++) {
            trace.in("R 100:100(0)").out(". 1:1(0) ack 1");
        }
        trace.in("R 100:100(0)").quiet();
        trace.advance(5_000).in("R 100:100(0)").out(". 1:1(0) ack 1").quiet();
    }

    /** Linux reports a reset in CLOSE-WAIT as a broken pipe. */
    @Test
    void resetInCloseWait() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
        trace.in("R 2:2(0)").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.EPIPE);
    }

    /** 3.10.5 ABORT: <SEQ=SND.NXT><CTL=RST>. */
    @Test
    void abort() {
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        connection.abort(trace.now());
        trace.out("R. 101:101(0) ack 1").quiet();
        // 3.5.2, group 1: what the peer still says is answered by a reset.
        trace.in(". 1:1(0) ack 101").out("R 101:101(0)").quiet();
    }

    /** RFC 1122 4.2.2.13: an application that leaves without having read all that came resets. */
    @Test
    void closeWithUnreadDataResets() {
        trace.in("P. 1:11(10) ack 1").quiet();
        connection.close(trace.now());
        trace.out("R. 1:1(0) ack 11").quiet();
    }

    /** RFC 1122 4.2.2.13: data for an application that is gone. */
    @Test
    void dataForAnOrphanResets() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in(". 1:1(0) ack 2").quiet();
        trace.in("P. 1:11(10) ack 2").out("R. 2:2(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_AFTER_CLOSE, 1);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }
}
