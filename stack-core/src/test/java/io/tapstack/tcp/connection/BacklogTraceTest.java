package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The two queues of a listener, as listen(2) has them. */
class BacklogTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /**
     * The SYN queue and the accept queue: when the accept queue is full, SYNs and last ACKs are dropped (listen(2)).
     */
    @Test
    void backlog() {
        final TcpListener listener = trace.listen(new TcpConfig(), 0);
        handshake(40_001);
        assertThat(listener.pending()).isEqualTo(1);
        trace.peerPort = 40_002;
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1000>").quiet();
        trace.dropped(DropReason.TCP_LISTEN_OVERFLOW, 1);
        assertThat(TcpTrace.accept(listener)).isNotNull();
        handshake(40_002);
        assertThat(listener.pending()).isEqualTo(1);
    }

    /**
     * A handshake that completes while the queue is full: the SYN-ACK is repeated, and the connection is accepted when
     * there is room.
     */
    @Test
    void lastAckIsDroppedWhileTheQueueIsFull() {
        final TcpListener listener = trace.listen(new TcpConfig().timestamps(false), 0);
        trace.peerPort = 40_002;
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        final int second = trace.stackIss();
        handshake(40_001);
        trace.peerPort = 40_002;
        trace.stackIss(second);
        trace.in(". 1:1(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_LISTEN_OVERFLOW, 1);
        assertThat(TcpTrace.accept(listener)).isNotNull();
        trace.advance(1_000).out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(listener.pending()).isEqualTo(1);
        assertThat(listener.halfOpen()).isZero();
    }

    /** Closing a listener resets the connections that were not accepted. */
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
