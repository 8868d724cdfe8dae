package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Quick ACKs as on Linux (tcp(7), TCP_QUICKACK): at the start, after an idle time and after a loss, but not on
 * interactive connections.
 */
class QuickAckTraceTest {

    private static final int MSS = 1_000;

    private final TcpTrace trace = new TcpTrace();
    private int at = 1;

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection established() {
        return trace.established(new TcpConfig().quickAck(true));
    }

    private void segment() {
        trace.in(". " + at + ":" + (at + MSS) + "(" + MSS + ") ack 1");
        at += MSS;
    }

    private void acknowledged() {
        trace.out(". 1:1(0) ack " + at).quiet();
    }

    /** Sixteen segments have an ACK each; then every second one (RFC 5681 4.2). */
    @Test
    void atTheStart() {
        final Connection connection = established();
        for (int i = 0; i < 16; i++) {
            segment();
            acknowledged();
            trace.read(connection, MSS);
        }
        for (int i = 0; i < 5; i++) {
            segment();
            trace.quiet();
            segment();
            acknowledged();
            trace.read(connection, 2 * MSS);
        }
    }

    /** Quick ACKs cover at most half of the window: two for a window of four segments. */
    @Test
    void smallWindow() {
        trace.established(new TcpConfig().quickAck(true).receiveBufferBytes(4 * MSS));
        segment();
        acknowledged();
        segment();
        acknowledged();
        segment();
        trace.quiet().advance(40);
        acknowledged();
    }

    /** A peer that was silent for longer than an RTO is in slow start again (RFC 5681 4.1). */
    @Test
    void afterASilence() {
        final Connection connection = established();
        for (int i = 0; i < 16; i++) {
            segment();
            acknowledged();
            trace.read(connection, MSS);
        }
        trace.advance(2_000);
        segment();
        acknowledged();
    }

    /** An answer of the application carries the ACK: from then on ACKs wait for the answer. */
    @Test
    void interactive() {
        final Connection connection = established();
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 101");
        trace.advance(5);
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 101").in("P. 101:201(100) ack 11").quiet();
        trace.advance(5);
        trace.write(connection, 10);
        trace.out("P. 11:21(10) ack 201").quiet();
        assertThat(connection.isQuickAck()).isFalse();
    }

    /** Data sent without a request does not make the connection interactive. */
    @Test
    void lateAnswer() {
        final Connection connection = established();
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 101");
        trace.advance(100);
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 101")
                .in("P. 101:201(100) ack 11")
                .out(". 11:11(0) ack 201")
                .quiet();
    }

    /** A duplicate or a segment out of order ends interactive delays: the peer repairs a loss. */
    @Test
    void aroundALoss() {
        final Connection connection = established();
        connection.quickAck(false, trace.now());
        segment();
        trace.quiet().advance(40);
        acknowledged();
        trace.in(". " + (at + MSS) + ":" + (at + 2 * MSS) + "(" + MSS + ") ack 1");
        acknowledged();
        segment();
        at += MSS;
        acknowledged();
        segment();
        acknowledged();
    }

    /** TCP_QUICKACK on: a delayed ACK is sent now; off: quick ACKs end. */
    @Test
    void option() {
        final Connection connection = established();
        connection.quickAck(false, trace.now());
        assertThat(connection.isQuickAck()).isFalse();
        segment();
        trace.quiet();
        connection.quickAck(true, trace.now());
        acknowledged();
        segment();
        acknowledged();
        trace.advance(1_000).quiet();
    }

    /** Off by configuration: the first segment's ACK is delayed as any other. */
    @Test
    void switchedOff() {
        trace.established(new TcpConfig().quickAck(false));
        segment();
        trace.quiet().advance(40);
        acknowledged();
    }

    /** ... but TCP_QUICKACK turns quick ACKs on. */
    @Test
    void optionWhereSwitchedOff() {
        final Connection connection = trace.established(new TcpConfig().quickAck(false));
        connection.quickAck(true, trace.now());
        for (int i = 0; i < 5; i++) {
            trace.advance(100);
            segment();
            acknowledged();
        }
    }
}
