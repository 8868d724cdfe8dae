package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Connections without an application: RFC 1122 4.2.2.13 and 4.2.3.5, Linux's tcp_max_orphans and tcp_orphan_retries.
 */
class OrphanTraceTest {

    private final TcpTrace trace = new TcpTrace(TcpLimits.DEFAULT.withOrphans(1));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
        assertThat(trace.stack.tcp().orphanCount()).isZero();
    }

    private Connection accepted(final TcpListener listener, final int port) {
        trace.peerPort = port;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        return TcpTrace.accept(listener);
    }

    /** RFC 1122 4.2.2.13: a host at its limit of orphans sends a reset. */
    @Test
    void tooManyAreReset() {
        final TcpListener listener = trace.listen(new TcpConfig());
        final Connection first = accepted(listener, 1_001);
        first.close(trace.now());
        trace.out("F. 1:1(0) ack 1").quiet();
        assertThat(trace.stack.tcp().orphanCount()).isEqualTo(1);
        final Connection second = accepted(listener, 1_002);
        second.close(trace.now());
        trace.out("R. 1:1(0) ack 1").quiet();
        assertThat(second.state()).isEqualTo(TcpState.CLOSED);
        assertThat(trace.stack.statistics().orphansReset).isEqualTo(1);
    }

    /** TIME-WAIT has a limit of its own: a connection there is no orphan. */
    @Test
    void timeWaitDoesNotCount() {
        final TcpListener listener = trace.listen(new TcpConfig());
        accepted(listener, 1_001).close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2");
        assertThat(trace.stack.tcp().orphanCount()).isZero();
        accepted(listener, 1_002).close(trace.now());
        trace.out("F. 1:1(0) ack 1").quiet();
    }

    /** A connection that is closed twice counts once; a half-closed one with an application does not count. */
    @Test
    void counting() {
        final TcpListener listener = trace.listen(new TcpConfig());
        final Connection owned = accepted(listener, 1_001);
        owned.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        assertThat(trace.stack.tcp().orphanCount()).isZero();
        owned.close(trace.now());
        owned.close(trace.now());
        assertThat(trace.stack.tcp().orphanCount()).isEqualTo(1);
        trace.in("R. 1:1(0) ack 2");
        assertThat(trace.stack.tcp().orphanCount()).isZero();
    }

    /** An orphan fails earlier than other connections: after eight retransmissions, not fifteen. */
    @Test
    void retries() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        connection.close(trace.now());
        trace.out("F. 101:101(0) ack 1");
        int repeated = 0;
        for (int second = 0; second < 400 && connection.state() != TcpState.CLOSED; second++) {
            trace.advance(1_000);
            while (trace.link.take() != null) {
                repeated++;
            }
        }
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        assertThat(repeated).isEqualTo(8);
    }

    /** RFC 6429 4: a peer that keeps its window closed does not hold an orphan for ever. */
    @Test
    void closedWindow() {
        final Connection connection = trace.established(new TcpConfig().orphanRetries(3), 0);
        trace.write(connection, 100);
        connection.close(trace.now());
        trace.quiet();
        for (int probe = 0; probe < 3; probe++) {
            trace.advance(200L << probe).out(". 1:2(1) ack 1").quiet();
            trace.in(". 1:1(0) ack 1 win 0").quiet();
        }
        trace.advance(1_600).out("R. 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /**
     * RFC 6429 4: a peer that has shrunk its window below data in flight, and always answers, does not hold an orphan
     * for ever.
     */
    @Test
    void windowTakenBack() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1 win 0");
        connection.close(trace.now());
        for (int i = 0; i < 600; i++) {
            trace.advance(1_000).in(". 1:1(0) ack 1 win 0");
            trace.drain(); // And again.
        }
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** RFC 6429: a peer that keeps its window closed for a day does not hold the memory of an orphan. */
    @Test
    void r17OrphanBehindAClosedWindow() {
        final Connection c = trace.established(new TcpConfig(), 1_000);
        trace.write(c, 500_000);
        trace.link.take();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        c.close(trace.now());
        for (int i = 0; i < 24 * 60; i++) { // a day
            trace.advance(60_000);
            while (trace.link.take() != null) {
                trace.in(". 1:1(0) ack 1001 win 0");
            }
        }
        assertThat(c.state() + " holds " + c.sendQueue.chargedBytes()).isEqualTo("CLOSED holds 0");
    }
}
