package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.FastOpenKeys;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fast Open, the server's side: RFC 7413 4.1.2, 4.2.2 and 5.1. */
class FastOpenServerTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpListener listener =
            trace.listen(new TcpConfig().timestamps(false).windowScaling(false).fastOpenQueue(2));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** 4.1.2: the server answers a cookie request; the connection is an ordinary one. */
    private String cookie() {
        trace.in("S 0:0(0) <mss 1000,raw 22 2>");
        final String cookie = trace.takeCookie();
        assertThat(cookie.split(" ")).hasSize(8);
        trace.in("R 1:1(0)").quiet();
        assertThat(listener.halfOpen()).isZero();
        return "raw 22 a " + cookie;
    }

    private Connection opened(final String cookie) {
        trace.forgetIss().in("SP 0:100(100) win 5000 <mss 1000," + cookie + ">");
        trace.out("S. 0:0(0) ack 101 <mss 1460>").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** 4.2.2: "create a connection and deliver the data to the application" before the handshake is complete. */
    @Test
    void dataWithTheSyn() {
        final Connection connection = opened(cookie());
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
        // 4.2.2: the server may answer before the handshake is complete.
        trace.write(connection, 2_500);
        trace.out(". 1:1001(1000) ack 101").out(". 1001:2001(1000) ack 101").out("P. 2001:2501(500) ack 101");
        trace.in(". 101:101(0) ack 2501 win 5000").quiet();
        trace.in("P. 101:201(100) ack 2501 win 5000").advance(40).out(". 2501:2501(0) ack 201");
        assertThat(trace.stack.statistics().fastOpens).isEqualTo(1);
    }

    /** 4.1.2: without the option the server sends no cookie, and ignores the data of the SYN. */
    @Test
    void noOption() {
        trace.in("SP 0:100(100) <mss 1000>").out("S. 0:0(0) ack 1 <mss 1460>").quiet();
        assertThat(listener.pending()).isZero();
    }

    /** 4.2.2: a wrong cookie: SYN-ACK of the SYN alone, with a right one; the client sends the data again. */
    @ParameterizedTest
    @ValueSource(
            strings = {"raw 22 a 1 2 3 4 5 6 7 8", "raw 22 6 1 2 3 4", "raw 22 12 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0"})
    void wrongCookie(final String wrong) {
        trace.in("SP 0:100(100) <mss 1000," + wrong + ">");
        final String right = trace.takeCookie();
        assertThat(right.split(" ")).hasSize(8);
        assertThat(listener.pending()).isZero();
        trace.in("P. 1:101(100) ack 1").advance(40).out(". 1:1(0) ack 101").quiet();
        assertThat(TcpTrace.accept(listener).readableBytes()).isEqualTo(100);
    }

    /** 4.1.1: an odd length, or one outside of 4 to 16, is neither a cookie nor a request. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "raw 22 5 1 2 3",
                "raw 22 7 1 2 3 4 5",
                "raw 22 4 1 2",
                "raw 22 14 1 2 3 4 5 6 7 8 9 a b c d e f 0 1 2"
            })
    void malformedOption(final String option) {
        trace.in("SP 0:100(100) <mss 1000," + option + ">")
                .out("S. 0:0(0) ack 1 <mss 1460>")
                .quiet();
    }

    /**
     * The SYN-ACK is lost: it is repeated by the timer, and for the client's SYN, which has no data any more (4.2.1).
     */
    @Test
    void synAckIsRepeated() {
        final Connection connection = opened(cookie());
        trace.advance(1_000).out("S. 0:0(0) ack 101").quiet();
        trace.in("S 0:0(0) win 5000 <mss 1000>").out("S. 0:0(0) ack 101").quiet();
        trace.in(". 101:101(0) ack 1 win 5000").quiet();
        trace.advance(10_000).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /**
     * RFC 9293 3.8.6, SHLD-14: an ACK has announced more than a SYN-ACK can; a repeated SYN-ACK does not shrink that
     * window.
     */
    @Test
    void aRepeatedSynAckDoesNotShrinkTheWindow() {
        final TcpTrace scaled = new TcpTrace();
        final TcpListener large = scaled.listen(
                new TcpConfig().timestamps(false).receiveBufferBytes(1 << 20).fastOpenQueue(2));
        scaled.in("S 0:0(0) <mss 1000,raw 22 2>");
        final String cookie = scaled.takeCookie();
        scaled.in("R 1:1(0)");
        scaled.forgetIss().in("SP 0:100(100) win 5000 <mss 1000,wscale 3,raw 22 a " + cookie + ">");
        final Connection connection = TcpTrace.accept(large);
        scaled.read(connection, 100);
        final int edge = connection.rcvAdv;
        assertThat(connection.rcvWnd()).isGreaterThan(0xFFFF);
        scaled.drain();
        scaled.advance(1_000);
        assertThat(scaled.drain()).as("the SYN-ACK again").isEqualTo(1);
        assertThat(connection.rcvAdv).isEqualTo(edge);
        scaled.noLeaks();
    }

    /** Without an answer the connection fails as in SYN-RECEIVED. */
    @Test
    void givenUp() {
        final Connection connection = opened(cookie());
        for (int i = 0; i < 6; i++) {
            trace.advance(1_000L << i).out("S. 0:0(0) ack 101").quiet();
        }
        trace.advance(64_000).quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        connection.close(trace.now());
    }

    /** 5.1: PendingFastOpenRequests: beyond the limit SYNs are ordinary ones, until a handshake completes. */
    @Test
    void limit() {
        final String cookie = cookie();
        trace.peerPort = 1_001;
        opened(cookie);
        final int first = trace.stackIss();
        trace.peerPort = 1_002;
        opened(cookie);
        trace.peerPort = 1_003;
        trace.forgetIss()
                .in("SP 0:100(100) <mss 1000," + cookie + ">")
                .out("S. 0:0(0) ack 1 <mss 1460>")
                .quiet();
        trace.peerPort = 1_001;
        trace.stackIss(first);
        trace.in(". 101:101(0) ack 1").quiet();
        trace.peerPort = 1_004;
        opened(cookie);
    }

    /** 5.1: a connection reset before its handshake was complete still counts for some time. */
    @Test
    void resetCountsOn() {
        final String cookie = cookie();
        for (int port = 1_001; port <= 1_002; port++) {
            trace.peerPort = port;
            final Connection connection = opened(cookie);
            trace.in("R 101:101(0)").quiet();
            assertThat(connection.error()).isEqualTo(SocketError.ECONNRESET);
            connection.close(trace.now());
        }
        trace.peerPort = 1_003;
        trace.forgetIss().in("SP 0:100(100) <mss 1000," + cookie + ">").out("S. 0:0(0) ack 1");
        trace.advance(60_001);
        trace.drain(); // The SYN-ACK of the one before.
        trace.peerPort = 1_004;
        opened(cookie);
    }

    /** 4.1.2: a cookie is valid for one client address only. */
    @Test
    void anotherClient() {
        final FastOpenKeys keys = keys(7);
        assertThat(keys.cookie(TcpTrace.STACK, TcpTrace.PEER))
                .isEqualTo(keys.cookie(TcpTrace.STACK, TcpTrace.PEER))
                .isNotEqualTo(keys.cookie(TcpTrace.STACK, TcpTrace.STACK));
    }

    private static FastOpenKeys keys(final int... fillers) {
        final byte[] bytes = new byte[FastOpenKeys.KEY_BYTES * fillers.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) fillers[i / FastOpenKeys.KEY_BYTES];
        }
        return FastOpenKeys.of(bytes);
    }

    /** 4.1.2, 5.1: the key is replaced: a cookie of the old one is good, and the SYN-ACK brings one of the new one. */
    @Test
    void keyIsReplaced() {
        listener.config().fastOpenKeys(keys(1)).fastOpenQueue(3);
        final String old = cookie().substring("raw 22 a ".length());
        listener.config().fastOpenKeys(keys(2, 1));
        trace.forgetIss().in("SP 0:100(100) win 5000 <mss 1000,raw 22 a " + old + ">");
        final String fresh = trace.takeCookie(101);
        assertThat(fresh).isNotEqualTo(old);
        assertThat(TcpTrace.accept(listener)).isNotNull();
        // A new cookie needs no replacement; without the old key its cookies are invalid.
        listener.config().fastOpenKeys(keys(2));
        trace.peerPort = 1_001;
        opened("raw 22 a " + fresh);
        trace.peerPort = 1_002;
        trace.forgetIss().in("SP 0:100(100) win 5000 <mss 1000,raw 22 a " + old + ">");
        assertThat(trace.takeCookie()).isEqualTo(fresh);
        assertThat(listener.pending()).isZero();
    }

    /**
     * A SYN with data and a FIN: the connection is in CLOSE-WAIT as soon as it is accepted; the SYN-ACK acknowledges
     * all three.
     */
    @Test
    void finWithTheSyn() {
        final String cookie = cookie();
        trace.forgetIss().in("SFP 0:100(100) win 5000 <mss 1000," + cookie + ">");
        trace.out("S. 0:0(0) ack 102 <mss 1460>").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
        assertThat(connection.isInputEnded()).isTrue();
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 102").in(". 102:102(0) ack 11 win 5000").quiet();
        connection.close(trace.now());
        trace.out("F. 11:11(0) ack 102").in(". 102:102(0) ack 12").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** The same without room for all of the data: neither the rest nor the FIN behind it is received. */
    @Test
    void finBeyondTheWindow() {
        listener.config().receiveBufferBytes(50);
        final String cookie = cookie();
        trace.forgetIss().in("SFP 0:100(100) win 5000 <mss 1000," + cookie + ">");
        trace.out("S. 0:0(0) ack 51 <mss 1460>").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** The application closes at once: the FIN follows its data, and the handshake completes meanwhile. */
    @Test
    void closedAtOnce() {
        final Connection connection = opened(cookie());
        trace.read(connection, 1_000);
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 101");
        connection.close(trace.now());
        trace.out("F. 11:11(0) ack 101").quiet();
        trace.in("F. 101:101(0) ack 12 win 5000").out(". 12:12(0) ack 102").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
    }
}
