package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Closing: RFC 9293 3.6, 3.10.4, 3.10.7.4 fifth and eighth. */
class CloseTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpConnection connection = trace.established(new TcpConfig());

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** 3.6, case 1 and figure 12: we close first. */
    @Test
    void activeClose() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_1);
        trace.in(". 1:1(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** The peer's FIN carries the ACK of ours: from FIN-WAIT-1 to TIME-WAIT at once. */
    @Test
    void finAndAckTogether() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** 3.6, case 3 and figure 13: both close at once. */
    @Test
    void simultaneousClose() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 1").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSING);
        trace.in(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** 3.6, case 2: the peer closes first. */
    @Test
    void passiveClose() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(connection.isInputEnded()).isTrue();
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.LAST_ACK);
        trace.in(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** Half-close: we have said all, the peer goes on (RFC 1122 4.2.2.13). */
    @Test
    void weStopSendingAndStillReceive() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2").quiet();
        trace.in("P. 1:1001(1000) ack 2")
                .in("P. 1001:2001(1000) ack 2")
                .out(". 2:2(0) ack 2001")
                .quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(2_000);
        trace.in("F. 2001:2001(0) ack 2").out(". 2:2(0) ack 2002").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** Half-close the other way round: CLOSE-WAIT can send. */
    @Test
    void thePeerStopsSendingAndWeGoOn() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
        trace.write(connection, 1_500);
        trace.out(". 1:1001(1000) ack 2").out("P. 1001:1501(500) ack 2").quiet();
        trace.in(". 2:2(0) ack 1501").quiet();
        connection.shutdownOutput(trace.now());
        trace.out("F. 1501:1501(0) ack 2").in(". 2:2(0) ack 1502").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** 3.10.4: CLOSE waits until all that was sent before is segmentized; the FIN rides on the last segment. */
    @Test
    void finRidesOnTheLastData() {
        trace.write(connection, 12_000);
        for (int i = 0; i < 10; i++) {
            trace.out(". " + (1 + 1000 * i) + ":" + (1001 + 1000 * i) + "(1000) ack 1");
        }
        connection.close(trace.now());
        trace.quiet();
        trace.in(". 1:1(0) ack 2001");
        trace.out(". 10001:11001(1000) ack 1")
                .out("FP. 11001:12001(1000) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 12002");
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }

    /** A FIN that is lost is sent again, alone or with the data before it. */
    @Test
    void finIsRetransmitted() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.advance(200).out("F. 1:1(0) ack 1").quiet();
        trace.advance(400).out("F. 1:1(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }

    /** Eighth: a FIN counts when everything before it is there, whatever came first. */
    @Test
    void finOutOfOrder() {
        trace.in("FP. 1001:2001(1000) ack 1").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 2002").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 5_000)).isEqualTo(2_000);
        assertThat(connection.isInputEnded()).isTrue();
    }

    /** A bare FIN behind a gap. */
    @Test
    void bareFinOutOfOrder() {
        trace.in("F. 501:501(0) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.in("P. 1:501(500) ack 1").out(". 1:1(0) ack 502").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 5_000)).isEqualTo(500);
    }

    /** A FIN that comes again gets its ACK again. */
    @Test
    void repeatedFin() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2").quiet();
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
    }

    /** An orphan does not wait in FIN-WAIT-2 for ever. */
    @Test
    void finWait2EndsForAnOrphan() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2");
        trace.advance(59_999);
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
        trace.advance(1).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** ... but a half-closed connection whose application reads on does. */
    @Test
    void finWait2LastsForAReader() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2");
        trace.advance(3_600_000).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }
}
