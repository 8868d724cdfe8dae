package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Closing: RFC 9293 3.6, 3.10.4 and 3.10.7.4, fifth and eighth. */
class CloseTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final Connection connection = trace.established(new TcpConfig());

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private void is(final TcpState state) {
        assertThat(connection.state()).isEqualTo(state);
    }

    /** Figure 12: we close first. */
    @Test
    void active() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1").quiet();
        is(TcpState.FIN_WAIT_1);
        trace.in(". 1:1(0) ack 2").quiet();
        is(TcpState.FIN_WAIT_2);
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        is(TcpState.TIME_WAIT);
        assertThat(connection.error()).isNull();
    }

    /** The peer's ACK and its FIN in one segment: FIN-WAIT-1 to TIME-WAIT. */
    @Test
    void activeInThreeSegments() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        is(TcpState.TIME_WAIT);
    }

    /** The peer closes first: CLOSE-WAIT, LAST-ACK, CLOSED; and CLOSED for good, without TIME-WAIT. */
    @Test
    void passive() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2").quiet();
        is(TcpState.CLOSE_WAIT);
        assertThat(connection.isInputEnded()).isTrue();
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 2").quiet();
        is(TcpState.LAST_ACK);
        trace.in(". 2:2(0) ack 1").quiet();
        is(TcpState.LAST_ACK);
        trace.in(". 2:2(0) ack 2").quiet();
        is(TcpState.CLOSED);
        assertThat(connection.error()).isNull();
    }

    /** Figure 13: both close at once: FIN-WAIT-1, CLOSING, TIME-WAIT. */
    @Test
    void simultaneous() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 1").out(". 2:2(0) ack 2").quiet();
        is(TcpState.CLOSING);
        trace.in(". 2:2(0) ack 2").quiet();
        is(TcpState.TIME_WAIT);
    }

    /** In CLOSING our FIN is lost: it is retransmitted, and only its ACK ends CLOSING. */
    @Test
    void simultaneousWithLoss() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 1").out(". 2:2(0) ack 2");
        trace.advance(200).out("F. 1:1(0) ack 2").quiet();
        trace.in("F. 1:1(0) ack 1").out(". 2:2(0) ack 2").quiet();
        is(TcpState.CLOSING);
        trace.in(". 2:2(0) ack 2").quiet();
        is(TcpState.TIME_WAIT);
    }

    /** 3.10.4: the FIN follows the data that was written, on the last segment if it fits. */
    @Test
    void finWithData() {
        trace.write(connection, 1_500);
        trace.out(". 1:1001(1000) ack 1").out("P. 1001:1501(500) ack 1");
        trace.write(connection, 300);
        trace.quiet(); // Nagle
        connection.close(trace.now());
        trace.out("FP. 1501:1801(300) ack 1").quiet();
        trace.in(". 1:1(0) ack 1501").quiet();
        is(TcpState.FIN_WAIT_1);
        trace.in(". 1:1(0) ack 1801").quiet();
        is(TcpState.FIN_WAIT_1);
        trace.in(". 1:1(0) ack 1802").quiet();
        is(TcpState.FIN_WAIT_2);
    }

    /** The FIN waits for the window like the data before it. */
    @Test
    void finRidesOnTheLastData() {
        trace.write(connection, 12_000);
        for (int at = 1; at < 10_000; at += 1_000) {
            trace.out(". " + at + ":" + (at + 1_000) + "(1000) ack 1");
        }
        connection.close(trace.now());
        trace.quiet();
        trace.in(". 1:1(0) ack 2001").out(". 10001:11001(1000) ack 1").out("FP. 11001:12001(1000) ack 1");
        trace.quiet().in(". 1:1(0) ack 12002").quiet();
        is(TcpState.FIN_WAIT_2);
    }

    /** Data and FIN are lost together and sent again together. */
    @Test
    void finWithDataIsRepeated() {
        trace.write(connection, 500);
        connection.close(trace.now());
        trace.out("P. 1:501(500) ack 1").out("F. 501:501(0) ack 1").quiet();
        trace.advance(200).out("F. 1:501(500) ack 1").quiet();
        trace.in(". 1:1(0) ack 502").quiet();
        is(TcpState.FIN_WAIT_2);
    }

    /** Eighth: a FIN with text: RCV.NXT advances over both, and one ACK is sent at once. */
    @Test
    void finOfThePeerWithData() {
        trace.in("FP. 1:101(100) ack 1").out(". 1:1(0) ack 102").quiet();
        is(TcpState.CLOSE_WAIT);
        assertThat(connection.isInputEnded()).isFalse();
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
        assertThat(connection.isInputEnded()).isTrue();
    }

    /** A FIN out of order is processed when the data before it has arrived. */
    @Test
    void finOutOfOrder() {
        trace.in("F. 101:101(0) ack 1").out(". 1:1(0) ack 1").quiet();
        is(TcpState.ESTABLISHED);
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 102").quiet();
        is(TcpState.CLOSE_WAIT);
    }

    /** The same with data in the FIN's segment. */
    @Test
    void finOutOfOrderWithData() {
        trace.in("FP. 101:201(100) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 202").quiet();
        is(TcpState.CLOSE_WAIT);
        assertThat(connection.readableBytes()).isEqualTo(200);
    }

    /** A repeated FIN is acknowledged again. */
    @Test
    void finTwice() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2").quiet();
        is(TcpState.CLOSE_WAIT);
    }

    /** Seventh: text behind the FIN "should not occur"; it is ignored. */
    @Test
    void dataBehindTheFin() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
        trace.in("P. 2:102(100) ack 1");
        assertThat(connection.readableBytes()).isZero();
        is(TcpState.CLOSE_WAIT);
        trace.in(". 2:2(0) ack 1");
    }

    /** 3.6, case 1: after our FIN the peer may go on sending, and is acknowledged. */
    @Test
    void halfCloseReceives() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("P. 1:101(100) ack 2").advance(40).out(". 2:2(0) ack 101").quiet();
        is(TcpState.FIN_WAIT_2);
        trace.in("P. 101:201(100) ack 2").advance(40).out(". 2:2(0) ack 201").quiet();
        assertThat(trace.read(connection, 1_000)).isEqualTo(200);
        trace.in("FP. 201:301(100) ack 2").out(". 2:2(0) ack 302").quiet();
        is(TcpState.TIME_WAIT);
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
    }

    /** 3.6, case 2: after the peer's FIN we may go on sending. */
    @Test
    void halfCloseSends() {
        trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
        trace.write(connection, 1_500);
        trace.out(". 1:1001(1000) ack 2").out("P. 1001:1501(500) ack 2").quiet();
        trace.in(". 2:2(0) ack 1501").quiet();
        connection.close(trace.now());
        trace.out("F. 1501:1501(0) ack 2").in(". 2:2(0) ack 1502").quiet();
        is(TcpState.CLOSED);
    }

    /** 3.10.4: nothing can be written after CLOSE. */
    @Test
    void writeAfterClose() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        assertThat(trace.write(connection, 100)).isZero();
        connection.shutdownOutput(trace.now());
        trace.quiet();
    }

    /** RFC 1122 4.2.2.13: a CLOSE with unread data sends a reset. */
    @Test
    void closeWithUnreadData() {
        trace.in("P. 1:101(100) ack 1");
        connection.close(trace.now());
        trace.out("R. 1:1(0) ack 101").quiet();
        is(TcpState.CLOSED);
    }

    /** The same for data that arrives after CLOSE: FIN-WAIT-1 and FIN-WAIT-2. */
    @Test
    void dataForAnOrphan() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in(". 1:1(0) ack 2").quiet();
        trace.in("P. 1:101(100) ack 2").out("R 2:2(0)").quiet();
        is(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ECONNRESET);
        trace.dropped(DropReason.TCP_AFTER_CLOSE, 1);
    }

    /**
     * ... at the RCV.NXT of the peer, which may not have our FIN: it would challenge another sequence number (RFC 5961
     * 3.2).
     */
    @Test
    void dataForAnOrphanWhoseFinIsLost() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("P. 1:101(100) ack 1").out("R 1:1(0)").quiet();
        is(TcpState.CLOSED);
    }

    /** Data that arrives after {@code shutdownInput} is acknowledged and discarded. */
    @Test
    void shutdownInput() {
        connection.shutdownInput(trace.now());
        trace.in("P. 1:101(100) ack 1").advance(40).out(". 1:1(0) ack 101").quiet();
        assertThat(connection.isInputEnded()).isTrue();
        assertThat(connection.readableBytes()).isZero();
    }

    /** An application that wants neither direction counts as closed, but only after its FIN. */
    @Test
    void dataAfterBothDirectionsWereShutDown() {
        connection.inputUnwanted();
        trace.in("P. 1:101(100) ack 1").advance(40).out(". 1:1(0) ack 101").quiet();
        assertThat(connection.readableBytes()).isEqualTo(100);
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 101");
        trace.in("P. 101:201(100) ack 2").out("R 2:2(0)").quiet();
        is(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ECONNRESET);
        trace.dropped(DropReason.TCP_AFTER_CLOSE, 1);
    }

    /** FIN-WAIT-2 of an orphan ends after 60 seconds, as the peer may never close. */
    @Test
    void orphanInFinWait2() {
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2");
        trace.advance(59_000).quiet();
        is(TcpState.FIN_WAIT_2);
        trace.advance(1_001).quiet();
        is(TcpState.CLOSED);
    }

    /** FIN-WAIT-2 of a half-closed connection lasts as long as its application keeps it. */
    @Test
    void ownedInFinWait2() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2").advance(1_000_000).quiet();
        is(TcpState.FIN_WAIT_2);
        connection.close(trace.now());
        trace.advance(60_001).quiet();
        is(TcpState.CLOSED);
    }
}
