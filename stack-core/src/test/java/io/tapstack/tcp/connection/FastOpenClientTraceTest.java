package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.fastopen.FastOpenCache;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fast Open, the client's side: RFC 7413 4.1.3 and 4.2.1. */
class FastOpenClientTraceTest {

    private static final String COOKIE = "raw 22 a 1 2 3 4 5 6 7 8";

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection connect(final int bytes) {
        trace.forgetIss();
        try {
            final TcpProtocol tcp = trace.stack.tcp();
            final TcpBinding binding = tcp.bind(new Endpoint(TcpTrace.STACK, TcpTrace.STACK_PORT), true);
            final TcpConfig config = new TcpConfig()
                    .fastOpen(true)
                    .timestamps(false)
                    .windowScaling(false)
                    .sack(false);
            final ByteBuffer data = ByteBuffer.allocate(bytes);
            final Connection connection = (Connection) tcp.connect(
                    binding,
                    new Endpoint(TcpTrace.PEER, trace.peerPort),
                    config,
                    ConnectionObserver.NONE,
                    data,
                    trace.now());
            connection.sendQueue.copyIn(data, data.remaining()); // follows the handshake
            assertThat(data.hasRemaining()).isFalse();
            return connection;
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 4.1.3: without a cookie the SYN asks for one, and the data follows the handshake. */
    private void learnCookie() {
        final Connection connection = connect(300);
        trace.out("S 0:0(0) <mss 1460,kind 34>").quiet();
        trace.in("S. 0:0(0) ack 1 win 5000 <mss 1000," + COOKIE + ">");
        trace.out("P. 1:301(300) ack 1").quiet();
        trace.in(". 1:1(0) ack 301 win 5000");
        connection.abort(trace.now());
        trace.out("R. 301:301(0) ack 1").quiet();
        trace.peerPort++;
    }

    /** 4.2.1: the SYN carries the cookie and data; the SYN-ACK acknowledges both. */
    @Test
    void dataInTheSyn() {
        learnCookie();
        final Connection connection = connect(300);
        trace.out("S 0:300(300) <mss 1460,kind 34>").quiet();
        trace.in("S. 0:0(0) ack 301 win 5000 <mss 1000>")
                .out(". 301:301(0) ack 1")
                .quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(connection.unacknowledgedBytes()).isZero();
        trace.write(connection, 100);
        trace.out("P. 301:401(100) ack 1");
        trace.in(". 1:1(0) ack 401 win 5000");
    }

    /** 4.2.1: no more than the server's MSS less the options; the rest follows. */
    @Test
    void noMoreThanTheMss() {
        learnCookie();
        connect(2_500);
        // As on Linux there is room for all the options that a header can have, also for those that middleboxes add.
        trace.out("S 0:960(960)").quiet();
        trace.in("S. 0:0(0) ack 961 win 5000 <mss 1000>");
        trace.out(". 961:1961(1000) ack 1").out("P. 1961:2501(540) ack 1").quiet();
        trace.in(". 1:1(0) ack 2501 win 5000").quiet();
    }

    /**
     * 4.2.1: the server acknowledges the SYN alone: the data is sent again at once; its new cookie is used next time.
     */
    @Test
    void dataIsNotTaken() {
        learnCookie();
        final Connection connection = connect(300);
        trace.out("S 0:300(300)");
        trace.in("S. 0:0(0) ack 1 win 5000 <mss 1000,raw 22 6 9 9 9 9>");
        trace.out("P. 1:301(300) ack 1").quiet();
        trace.in(". 1:1(0) ack 301 win 5000");
        assertThat(connection.unacknowledgedBytes()).isZero();
        assertThat(connection.host.fastOpenCache.cookie(TcpTrace.PEER, trace.now()))
                .isEqualTo(new FastOpenCookie(0x0909_0909_0000_0000L, 0, 4, false));
    }

    /** The server acknowledges a part of the data. */
    @Test
    void partIsTaken() {
        learnCookie();
        connect(300);
        trace.out("S 0:300(300)");
        trace.in("S. 0:0(0) ack 101 win 5000 <mss 1000>")
                .out("P. 101:301(200) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 301 win 5000");
    }

    /**
     * 4.2.1: "SHOULD retransmit the SYN segment without data and without any TCP Fast Open options", and do without for
     * a while.
     */
    @Test
    void synIsLost() {
        learnCookie();
        final Connection connection = connect(300);
        trace.out("S 0:300(300)").quiet();
        trace.advance(1_000).out("S 0:0(0) <mss 1460>").quiet();
        trace.in("S. 0:0(0) ack 1 win 5000 <mss 1000>")
                .out("P. 1:301(300) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 301 win 5000");
        connection.abort(trace.now());
        trace.out("R. 301:301(0) ack 1");
        trace.peerPort++;
        connect(300).abort(trace.now());
        trace.out("S 0:0(0) <mss 1460>").quiet();
        trace.advance(61_000);
        trace.peerPort++;
        connect(300);
        trace.out("S 0:300(300)").quiet();
    }

    /** The first SYN had arrived: the SYN-ACK of its data counts, although the repeated SYN has none. */
    @Test
    void lateSynAckOfTheData() {
        learnCookie();
        final Connection connection = connect(300);
        trace.out("S 0:300(300)").advance(1_000).out("S 0:0(0)");
        trace.in("S. 0:0(0) ack 301 win 5000 <mss 1000>")
                .out(". 301:301(0) ack 1")
                .quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    /** 4.2.1 and RFC 9293 3.10.7.3: an ACK beyond SND.NXT is not acceptable. */
    @Test
    void ackBeyondTheData() {
        learnCookie();
        connect(300);
        trace.out("S 0:300(300)");
        trace.in("S. 0:0(0) ack 302 win 5000").out("R 302:302(0)").quiet();
    }

    /** Nothing is offered unless it was asked for. */
    @Test
    void offByDefault() {
        trace.connect(new TcpConfig().timestamps(false).windowScaling(false).sack(false));
        trace.out("S 0:0(0) <mss 1460>").quiet();
    }

    /** The number of cached cookies is limited. */
    @Test
    void cacheIsBounded() {
        final FastOpenCache cache = new FastOpenCache();
        for (int i = 0; i < 5_000; i++) {
            cache.learn(IpAddress.ipv4(i), new FastOpenCookie(i, 0, 8, false), 1_000);
        }
        assertThat(cache.size()).isEqualTo(1_024);
        assertThat(cache.cookie(IpAddress.ipv4(4_999), 0)).isNotNull();
        assertThat(cache.cookie(IpAddress.ipv4(1), 0)).isNull();
    }
}
