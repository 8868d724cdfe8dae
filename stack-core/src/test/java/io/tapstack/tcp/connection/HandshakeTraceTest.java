package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Opening: RFC 9293 3.5, 3.10.7.2 to 3.10.7.4. */
class HandshakeTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    @Test
    void passiveOpen() {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) win 65535 <mss 1460>");
        trace.out("S. 0:0(0) ack 1 win 65535 <mss 1460>").quiet();
        assertThat(TcpTrace.accept(listener)).isNull();
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(TcpTrace.accept(listener)).isNotNull();
    }

    @Test
    void activeOpen() {
        final Connection connection =
                trace.connect(new TcpConfig().timestamps(false).sack(false).windowScaling(false));
        trace.out("S 0:0(0) <mss 1460>").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.in("S. 0:0(0) ack 1 <mss 1000>");
        trace.out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    @Test
    void refused() {
        final Connection connection = trace.connect(new TcpConfig());
        trace.out("S 0:0(0)");
        trace.in("R. 0:0(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ECONNREFUSED);
    }

    @Test
    void dataBothWaysAndOrderlyClose() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 2_500);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").out("P. 2001:2501(500) ack 1");
        trace.in(". 1:1(0) ack 2501").quiet();
        trace.in("P. 1:101(100) ack 2501").quiet();
        trace.advance(40).out(". 2501:2501(0) ack 101");
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
        connection.close(trace.now());
        trace.out("F. 2501:2501(0) ack 101");
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_1);
        trace.in(". 101:101(0) ack 2502");
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
        trace.in("F. 101:101(0) ack 2502");
        trace.out(". 2502:2502(0) ack 102").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.advance(60_000);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    @Test
    void fastRetransmit() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 5_000);
        for (int i = 0; i < 5; i++) {
            trace.out(". " + (1 + 1000 * i) + ":" + (1001 + 1000 * i) + "(1000) ack 1");
        }
        trace.in(". 1:1(0) ack 1").in(". 1:1(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1").out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 5001").quiet();
    }

    @Test
    void timeout() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 3_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").out(". 2001:3001(1000) ack 1");
        trace.advance(199).quiet();
        trace.advance(1).out(". 1:1001(1000) ack 1").quiet();
        trace.advance(400).out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001")
                .out(". 1001:2001(1000) ack 1")
                .out(". 2001:3001(1000) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 3001").quiet();
    }

    @Test
    void zeroWindowProbe() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 3_000);
        trace.out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.advance(200).out(". 1001:1002(1) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.advance(400).out(". 1001:1002(1) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 2000")
                .out(". 1001:2001(1000) ack 1")
                .out(". 2001:3001(1000) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 3001");
    }
}
