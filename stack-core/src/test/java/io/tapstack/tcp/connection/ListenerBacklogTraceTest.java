package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.SynCookieMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many connections before one accept: listen(2), RFC 9293 3.10.1, RFC 4987 3. */
class ListenerBacklogTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private int syn(final int port) {
        trace.peerPort = port;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        return trace.stackIss();
    }

    /** Connections are accepted in the order in which they were established, not in that of their SYNs. */
    @Test
    void order() {
        final TcpListener listener = trace.listen(new TcpConfig());
        final int first = syn(1_001);
        final int second = syn(1_002);
        trace.in(". 1:1(0) ack 1");
        trace.peerPort = 1_001;
        trace.stackIss(first);
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(second).isNotEqualTo(first);
        assertThat(listener.pending()).isEqualTo(2);
        assertThat(TcpTrace.accept(listener).remote().port()).isEqualTo(1_002);
        assertThat(TcpTrace.accept(listener).remote().port()).isEqualTo(1_001);
        assertThat(TcpTrace.accept(listener)).isNull();
    }

    /** Data may arrive before accept, and is queued. */
    @Test
    void dataBeforeAccept() {
        final TcpListener listener = trace.listen(new TcpConfig());
        syn(1_001);
        trace.in(". 1:1(0) ack 1")
                .in("FP. 1:101(100) ack 1")
                .out(". 1:1(0) ack 102")
                .quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
    }

    /** A reset before accept: as on Linux the connection is accepted, and reports the error. */
    @Test
    void resetBeforeAccept() {
        final TcpListener listener = trace.listen(new TcpConfig());
        syn(1_001);
        trace.in(". 1:1(0) ack 1").in("R 1:1(0)").quiet();
        assertThat(listener.pending()).isEqualTo(1);
        assertThat(TcpTrace.accept(listener).error()).isEqualTo(SocketError.ECONNRESET);
        assertThat(listener.halfOpen()).isZero();
    }

    /**
     * Half-open connections do not count against the backlog, but have a limit of their own, beyond which SYNs are
     * dropped silently.
     */
    @Test
    void synFlood() {
        final TcpListener listener = trace.listen(new TcpConfig().synCookies(SynCookieMode.NEVER), 1);
        final int most = TcpLimits.DEFAULT.halfOpen();
        for (int port = 1; port <= most; port++) {
            syn(port);
        }
        assertThat(listener.halfOpen()).isEqualTo(most);
        assertThat(trace.stack.timers().armedTimers()).isEqualTo(1);
        trace.peerPort = 60_000;
        trace.in("S 0:0(0) <mss 1000>").quiet();
        trace.dropped(DropReason.TCP_SYN_QUEUE_FULL, 1);
        // They time out, and there is room again.
        trace.advance(200_000);
        assertThat(listener.halfOpen()).isZero();
        trace.drain(); // SYN-ACKs.
        syn(60_000);
        assertThat(listener.halfOpen()).isEqualTo(1);
        assertThat(trace.stack.tcp().connections()).isEmpty();
    }

    /**
     * The final ACK is dropped while the queue is full; the data behind it completes the handshake once there is room.
     */
    @Test
    void dataCompletesTheHandshake() {
        final TcpListener listener = trace.listen(new TcpConfig(), 0);
        final int first = syn(1_001);
        syn(1_002);
        trace.in(". 1:1(0) ack 1");
        final int second = trace.stackIss();
        trace.peerPort = 1_001;
        trace.stackIss(first);
        trace.in(". 1:1(0) ack 1").in("P. 1:101(100) ack 1").quiet();
        trace.dropped(DropReason.TCP_LISTEN_OVERFLOW, 2);
        assertThat(TcpTrace.accept(listener).remote().port()).isEqualTo(1_002);
        trace.in("P. 1:101(100) ack 1").advance(40).out(". 1:1(0) ack 101").quiet();
        assertThat(TcpTrace.accept(listener).readableBytes()).isEqualTo(100);
        assertThat(second).isNotEqualTo(first);
    }

    /** A backlog can be changed at any time. */
    @Test
    void changed() {
        final TcpListener listener = trace.listen(new TcpConfig(), 0);
        syn(1_001);
        trace.in(". 1:1(0) ack 1");
        trace.peerPort = 1_002;
        trace.in("S 0:0(0) <mss 1000>").quiet();
        listener.backlog(1);
        syn(1_002);
        trace.in(". 1:1(0) ack 1");
        assertThat(listener.pending()).isEqualTo(2);
    }

    /** As on Linux, the queue holds one more than the backlog; a negative backlog is the largest. */
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "3, 4", "-1, 4097", "2147483647, 4097"})
    void size(final int backlog, final int connections) {
        final TcpListener listener = trace.listen(new TcpConfig(), backlog);
        for (int port = 1; port <= connections; port++) {
            syn(port);
            trace.in(". 1:1(0) ack 1").quiet();
        }
        assertThat(listener.pending()).isEqualTo(connections);
        trace.peerPort = 60_000;
        trace.in("S 0:0(0) <mss 1000>").quiet();
        trace.dropped(DropReason.TCP_LISTEN_OVERFLOW, 1);
    }

    /** tcp_abort_on_overflow: the peer gets a reset at once. */
    @Test
    void abortOnOverflow() {
        final TcpListener listener = trace.listen(new TcpConfig().abortOnOverflow(true), 0);
        final int first = syn(1_001);
        syn(1_002);
        trace.in(". 1:1(0) ack 1");
        trace.peerPort = 1_001;
        trace.stackIss(first);
        trace.in(". 1:1(0) ack 1").out("R. 1:1(0) ack 1").quiet();
        assertThat(listener.halfOpen()).isZero();
        assertThat(listener.pending()).isEqualTo(1);
    }

    /** A change of the listener's options does not affect a handshake that has begun. */
    @Test
    void agreedOptionsHold() {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) win 1000 <mss 1000,wscale 3,ts 5/0>").out("S. 0:0(0) ack 1 <mss 1460,ts *,wscale 7>");
        listener.config().timestamps(false).windowScaling(false).receiveBufferBytes(10_000);
        trace.in(". 1:1(0) ack 1 win 100 <ts 6/0>").quiet();
        final Connection connection = TcpTrace.accept(listener);
        trace.write(connection, 800);
        trace.out("P. 1:801(800) ack 1 <ts *>").quiet();
        assertThat(connection.sndWnd).isEqualTo(800);
        assertThat(connection.windowScale.receiveShift()).isEqualTo(7);
    }

    /** Options of the listener apply from the next SYN on, and each connection has a copy. */
    @Test
    void configuration() {
        final TcpListener listener = trace.listen(new TcpConfig());
        listener.config().maxSegment(700);
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1 <mss 700>");
        listener.config().maxSegment(800);
        trace.peerPort++;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1 <mss 800>");
    }
}
