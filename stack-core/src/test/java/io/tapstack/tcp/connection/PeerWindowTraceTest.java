package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Window updates from segments out of order (RFC 9293 3.10.7.4, fifth). */
class PeerWindowTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void noLeaks() {
        trace.noLeaks();
    }

    private Connection withWindow(final int peerWindow) {
        return trace.established(new TcpConfig().noDelay(true).receiveBufferBytes(1_000), peerWindow);
    }

    @Test
    void windowOfAnAckThatIsOlderThanSndUnaIsNotTaken() {
        final Connection connection = withWindow(2_000);
        trace.write(connection, 1_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 2000");
        trace.in(". 101:201(100) ack 1 win 3000").out(". 1001:1001(0) ack 1");
        trace.write(connection, 4_000);
        trace.out(". 1001:2001(1000) ack 1").out(". 2001:3001(1000) ack 1").quiet();
    }

    @Test
    void windowOfARepeatedSegmentIsTakenIfItAcknowledgesMore() {
        final Connection connection = withWindow(2_000);
        trace.write(connection, 1_000);
        trace.out(". 1:1001(1000) ack 1");
        trace.in(". 101:201(100) ack 1 win 2000").out(". 1001:1001(0) ack 1");
        trace.in(". 1:101(100) ack 1001 win 1000").out(". 1001:1001(0) ack 201");
        assertThat(trace.read(connection, 200)).isEqualTo(200);
        trace.write(connection, 4_000);
        trace.out(". 1001:2001(1000) ack 201").quiet();
    }

    @Test
    void ackFromTheRightEdgeOfOurWindowCounts() {
        final Connection connection = withWindow(2_000);
        trace.write(connection, 100);
        trace.out(". 1:101(100) ack 1");
        trace.in(". 1001:1001(0) ack 101").quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    @Test
    void ackFromBeyondItDoesNot() {
        final Connection connection = withWindow(2_000);
        trace.write(connection, 100);
        trace.out(". 1:101(100) ack 1");
        trace.in(". 1002:1002(0) ack 101").out(". 101:101(0) ack 1");
        assertThat(connection.unacknowledgedBytes()).isEqualTo(100);
    }
}
