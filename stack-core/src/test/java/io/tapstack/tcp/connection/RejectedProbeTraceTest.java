package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A zero-window probe carries a byte that the peer has no room for. Other segments sent meanwhile must not have a
 * sequence number behind that byte: with its window closed the peer accepts SEG.SEQ = RCV.NXT alone (RFC 9293 3.10.7.4,
 * table 6), and drops other segments together with their ACK.
 */
class RejectedProbeTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection probing() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 1_500);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0");
        trace.advance(300);
        trace.out(". 1001:1002(1) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0");
        return connection;
    }

    @Test
    void acksOfThePeersDataAreAcceptable() {
        final Connection connection = probing();
        trace.in("P. 1:1001(1000) ack 1001 win 0");
        trace.in("P. 1001:2001(1000) ack 1001 win 0");
        trace.out(". 1001:1001(0) ack 2001").quiet();
        trace.read(connection, 2_000);
    }

    @Test
    void theResetOfAnAbortIsAcceptable() {
        final Connection connection = probing();
        connection.abort(trace.now());
        trace.out("R. 1001:1001(0) ack 1").quiet();
    }

    @Test
    void theStreamGoesOnWithTheProbesByte() {
        probing();
        trace.in(". 1:1(0) ack 1001 win 2000");
        trace.out("P. 1001:1501(500) ack 1").quiet();
    }

    @Test
    void theProbeMayBeTakenAfterAll() {
        final Connection connection = probing();
        // The window opens before the probe arrives, but by too little for a segment.
        trace.in(". 1:1(0) ack 1001 win 7").quiet();
        trace.in(". 1:1(0) ack 1002 win 6").quiet();
        assertThat(connection.unacknowledgedBytes()).isEqualTo(499);
        trace.in(". 1:1(0) ack 1002 win 1000").out("P. 1002:1501(499) ack 1").quiet();
    }

    @Test
    void theSameForAFin() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 1_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0").quiet();
        connection.shutdownOutput(trace.now());
        trace.advance(300);
        trace.out("F. 1001:1001(0) ack 1").quiet();
        trace.link.room(0);
        trace.in(". 1:1(0) ack 1001 win 7").in(". 1:1(0) ack 1002 win 7");
        trace.link.room(100);
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
    }
}
