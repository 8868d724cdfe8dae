package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Both sides open actively, and their SYNs cross: RFC 9293 3.5, figure 7 (MUST-10). */
class SimultaneousOpenTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection synReceived() {
        final Connection connection =
                trace.connect(new TcpConfig().timestamps(false).sack(false).windowScaling(false));
        trace.out("S 0:0(0) <mss 1460>");
        trace.in("S 0:0(0) win 5000 <mss 1000>")
                .out("S. 0:0(0) ack 1 <mss 1460>")
                .quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_RECEIVED);
        return connection;
    }

    /** Figure 7, line 6: the peer's SYN-ACK establishes, though its SYN is a duplicate. */
    @Test
    void synAckEstablishes() {
        final Connection connection = synReceived();
        trace.in("S. 0:0(0) ack 1 win 5000 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(10_000).quiet();
    }

    /** An ACK without SYN for our SYN-ACK establishes too. */
    @Test
    void ackEstablishes() {
        final Connection connection = synReceived();
        trace.in(". 1:1(0) ack 1 win 5000").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** RFC 7323 2.2: the window of the SYN-ACK is not scaled, that of the next segment is. */
    @Test
    void windowOfTheSynAckIsNotScaled() {
        final Connection connection =
                trace.connect(new TcpConfig().timestamps(false).sack(false));
        trace.out("S 0:0(0)");
        trace.in("S 0:0(0) win 1000 <mss 1000,wscale 3>").out("S. 0:0(0) ack 1 <mss 1460,wscale 7>");
        trace.in("S. 0:0(0) ack 1 win 1000 <mss 1000,wscale 3>").out(". 1:1(0) ack 1");
        trace.write(connection, 5_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 250");
        trace.out(". 1001:2001(1000) ack 1").out(". 2001:3001(1000) ack 1").quiet();
    }

    /** Fifth, SYN-RECEIVED: a SYN-ACK with an unacceptable ACK gets a reset. */
    @Test
    void badAckIsReset() {
        final Connection connection = synReceived();
        trace.in("S. 0:0(0) ack 2 win 5000").out("R 2:2(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_RECEIVED);
        trace.dropped(DropReason.TCP_BAD_ACK, 1);
    }

    /** Both SYN-ACKs are lost: ours is repeated, and the peer's SYN is answered with it. */
    @Test
    void synAckIsSentAgain() {
        final Connection connection = synReceived();
        trace.advance(1_000).out("S. 0:0(0) ack 1 <mss 1460>").quiet();
        trace.in("S 0:0(0) win 5000 <mss 1000>")
                .out("S. 0:0(0) ack 1 <mss 1460>")
                .quiet();
        trace.in("S. 0:0(0) ack 1 win 5000 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** Second, SYN-RECEIVED: a reset after an active open refuses the connection. */
    @Test
    void resetRefuses() {
        final Connection connection = synReceived();
        trace.in("R. 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ECONNREFUSED);
    }

    /** 3.10.4: CLOSE in SYN-RECEIVED sends a FIN, once the connection is established. */
    @Test
    void closedHalfway() {
        final Connection connection = synReceived();
        connection.close(trace.now());
        trace.quiet();
        trace.in(". 1:1(0) ack 1 win 5000").out("F. 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_1);
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }

    /** 3.10.5: ABORT in SYN-RECEIVED sends a reset. */
    @Test
    void abortedHalfway() {
        final Connection connection = synReceived();
        connection.abort(trace.now());
        trace.out("R. 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }
}
