package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.ip.SocketError;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SEGMENT ARRIVES in SYN-SENT: RFC 9293 3.10.7.3. */
class SynSentTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpConnection connection =
            trace.connect(new TcpConfig().timestamps(false).windowScaling(false));

    SynSentTraceTest() {
        trace.out("S 0:0(0) <mss 1460>");
    }

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** First: SEG.ACK =< ISS or SEG.ACK > SND.NXT gets a reset, and nothing changes. */
    @Test
    void unacceptableAckIsReset() {
        trace.in("S. 0:0(0) ack 0").out("R 0:0(0)").quiet();
        trace.in("S. 0:0(0) ack 2").out("R 2:2(0)").quiet();
        trace.in(". 0:0(0) ack 5").out("R 5:5(0)").quiet();
        trace.dropped(DropReason.TCP_BAD_ACK, 3);
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
    }

    /** First: ... unless the segment is a reset itself. */
    @Test
    void resetWithUnacceptableAckIsDropped() {
        trace.in("R. 0:0(0) ack 7").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
    }

    /** Second: a reset with an acceptable ACK ends the attempt. */
    @Test
    void resetRefuses() {
        trace.in("R. 0:0(0) ack 1").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ECONNREFUSED);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** Second: a reset without ACK proves nothing. */
    @Test
    void blindResetIsDropped() {
        trace.in("R 0:0(0)").quiet();
        trace.dropped(DropReason.TCP_RST_IGNORED, 1);
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
    }

    /** Fifth: neither SYN nor RST, drop. */
    @Test
    void ackAloneIsDropped() {
        trace.in(". 0:0(0) ack 1").quiet();
        trace.in("F. 0:0(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
    }

    /** Fourth: SYN with ACK establishes. */
    @Test
    void synAckEstablishes() {
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** Fourth: "if there are other controls or text in the segment then continue processing at the sixth step". */
    @Test
    void synAckMayCarryDataAndFin() {
        trace.in("SF. 0:10(10) ack 1 <mss 1000>").out(". 1:1(0) ack 12").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 100)).isEqualTo(10);
    }

    /** Fourth: SYN without ACK is a simultaneous open (3.5, figure 7). */
    @Test
    void simultaneousOpen() {
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_RECEIVED);
        // The peer's SYN-ACK repeats its SYN, which lies before the window: it gets an ACK.
        trace.in("S. 0:0(0) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** RFC 6298 5.5 and RFC 1122 4.2.3.5: the SYN is repeated, ever more slowly, and then given up. */
    @Test
    void synIsRepeatedAndGivenUp() {
        long wait = 1_000;
        for (int i = 0; i < 6; i++) {
            trace.advance(wait - 1).quiet();
            trace.advance(1).out("S 0:0(0) <mss 1460>").quiet();
            wait *= 2;
        }
        trace.advance(wait).quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /** CLOSE in SYN-SENT (3.10.4): the connection is forgotten. */
    @Test
    void close() {
        connection.close(trace.now());
        trace.quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }
}
