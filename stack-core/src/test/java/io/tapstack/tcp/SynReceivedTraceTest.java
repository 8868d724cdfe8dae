package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SEGMENT ARRIVES in SYN-RECEIVED: RFC 9293 3.10.7.4. */
class SynReceivedTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpListener listener =
            trace.listen(new TcpConfig().timestamps(false).windowScaling(false));

    SynReceivedTraceTest() {
        trace.in("S 0:0(0) win 5000 <mss 1000>").out("S. 0:0(0) ack 1").quiet();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(listener.halfOpen()).isNotNegative();
        trace.noLeaks();
    }

    /** A repeated SYN says that our SYN-ACK was lost. */
    @Test
    void repeatedSynGetsSynAck() {
        trace.in("S 0:0(0) win 5000 <mss 1000>").out("S. 0:0(0) ack 1").quiet();
    }

    /** RFC 6298: the SYN-ACK is repeated as a SYN is, and then forgotten. */
    @Test
    void synAckIsRepeatedAndGivenUp() {
        long wait = 1_000;
        for (int i = 0; i < 6; i++) {
            trace.advance(wait - 1).quiet();
            trace.advance(1).out("S. 0:0(0) ack 1").quiet();
            wait *= 2;
        }
        trace.advance(wait).quiet();
        assertThat(listener.halfOpen()).isZero();
    }

    /** Fifth: an ACK that is not acceptable gets <SEQ=SEG.ACK><CTL=RST>. */
    @Test
    void badAckIsReset() {
        trace.in(". 1:1(0) ack 2").out("R 2:2(0)").quiet();
        trace.in(". 1:1(0) ack 0").out("R 0:0(0)").quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(listener.pending()).isEqualTo(1);
    }

    /** Second: a RST returns a passive open to LISTEN, silently. */
    @Test
    void resetReturnsToListen() {
        trace.in("R 1:1(0)").quiet();
        assertThat(listener.halfOpen()).isZero();
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
    }

    /** RFC 5961 3.2: a RST that is in the window but not at RCV.NXT is challenged. */
    @Test
    void inexactResetIsChallenged() {
        trace.in("R 2:2(0)").out(". 1:1(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_RST_NOT_EXACT, 1);
    }

    /** Fourth: a SYN in the window returns a passive open to LISTEN. */
    @Test
    void synInWindowReturnsToListen() {
        trace.in("S 100:100(0)").quiet();
        assertThat(listener.halfOpen()).isZero();
    }

    /** Data and FIN on the ACK that completes the handshake. */
    @Test
    void ackMayCarryDataAndFin() {
        trace.in("FP. 1:101(100) ack 1 win 5000").out(". 1:1(0) ack 102").quiet();
        final TcpConnection connection = listener.accept();
        assertThat(connection).isNotNull();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
        assertThat(connection.isInputEnded()).isTrue();
    }

    /** First: outside the window, <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. */
    @Test
    void outsideTheWindowIsAcknowledged() {
        trace.in(". 90000:90000(0) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_OUTSIDE_WINDOW, 1);
    }
}
