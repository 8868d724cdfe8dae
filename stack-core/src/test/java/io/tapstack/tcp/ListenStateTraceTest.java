package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SEGMENT ARRIVES in LISTEN and in CLOSED: RFC 9293 3.10.7.1, 3.10.7.2; resets: 3.5.2. */
class ListenStateTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** 3.10.7.2, first: a RST is ignored. */
    @Test
    void resetIsIgnored() {
        trace.listen(new TcpConfig());
        trace.in("R 0:0(0)").in("R. 0:0(0) ack 5").quiet();
        trace.dropped(DropReason.TCP_RST_IGNORED, 2);
    }

    /** 3.10.7.2, second: any ACK is answered by <SEQ=SEG.ACK><CTL=RST>. */
    @ParameterizedTest
    @ValueSource(strings = {". 7:7(0) ack 99", "S. 7:7(0) ack 99", "F. 7:7(0) ack 99", "P. 7:17(10) ack 99"})
    void ackIsReset(final String segment) {
        trace.listen(new TcpConfig());
        trace.in(segment).out("R 99:99(0)").quiet();
    }

    /** 3.10.7.2, fourth: what is neither SYN nor ACK nor RST is dropped. */
    @ParameterizedTest
    @ValueSource(strings = {"F 0:0(0)", "P 0:5(5)", "U 0:0(0)", "FPU 0:0(0)"})
    void anythingElseIsDropped(final String segment) {
        trace.listen(new TcpConfig());
        trace.in(segment).quiet();
        trace.dropped(DropReason.TCP_FLAGS, 1);
    }

    /** 3.10.7.1: without ACK, <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>; SYN and FIN count. */
    @Test
    void closedPortAnswersSyn() {
        trace.in("S 0:0(0)").out("R. 0:0(0) ack 1").quiet();
        trace.in("F 10:10(0)").out("R. 0:0(0) ack 11").quiet();
        trace.in("SF 10:15(5)").out("R. 0:0(0) ack 17").quiet();
        trace.dropped(DropReason.TCP_NO_SOCKET, 3);
    }

    /** 3.10.7.1: with ACK, <SEQ=SEG.ACK><CTL=RST>. */
    @Test
    void closedPortAnswersAck() {
        trace.in(". 0:0(0) ack 4000").out("R 4000:4000(0)").quiet();
        trace.in("F. 0:100(100) ack 77").out("R 77:77(0)").quiet();
    }

    /** 3.10.7.1: never a reset for a reset. */
    @Test
    void closedPortIgnoresReset() {
        trace.in("R 0:0(0)").in("R. 0:0(0) ack 5").quiet();
    }

    /** The SYN queue and the accept queue: when the accept queue is full, SYNs and last ACKs are dropped (listen(2)). */
    @Test
    void backlog() {
        final TcpListener listener = trace.listen(new TcpConfig(), 1);
        handshake(40_001);
        assertThat(listener.pending()).isEqualTo(1);
        trace.peerPort = 40_002;
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1000>").quiet();
        trace.dropped(DropReason.TCP_LISTEN_OVERFLOW, 1);
        assertThat(listener.accept()).isNotNull();
        handshake(40_002);
        assertThat(listener.pending()).isEqualTo(1);
    }

    /** A handshake that completes while the queue is full is repeated by our SYN-ACK, and completes when there is room. */
    @Test
    void lastAckIsDroppedWhileTheQueueIsFull() {
        final TcpListener listener = trace.listen(new TcpConfig().timestamps(false), 1);
        trace.peerPort = 40_002;
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        final int second = trace.stackIss();
        handshake(40_001);
        trace.peerPort = 40_002;
        trace.stackIss(second);
        trace.in(". 1:1(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_LISTEN_OVERFLOW, 1);
        assertThat(listener.accept()).isNotNull();
        trace.advance(1_000).out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(listener.pending()).isEqualTo(1);
        assertThat(listener.halfOpen()).isZero();
    }

    /** Closing a listener resets what was not accepted. */
    @Test
    void closingResetsWhatWaits() {
        final TcpListener listener = trace.listen(new TcpConfig());
        handshake(40_001);
        listener.close(trace.now());
        trace.out("R. 1:1(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1").out("R 1:1(0)").quiet();
    }

    private void handshake(final int peerPort) {
        trace.peerPort = peerPort;
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1000>")
                .out("S. 0:0(0) ack 1")
                .in(". 1:1(0) ack 1")
                .quiet();
    }
}
