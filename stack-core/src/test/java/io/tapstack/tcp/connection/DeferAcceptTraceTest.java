package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A listener that waits for data: tcp(7) TCP_DEFER_ACCEPT. */
class DeferAcceptTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpListener listener =
            trace.listen(new TcpConfig().timestamps(false).windowScaling(false).deferAcceptTimeouts(3));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private void shakeHands() {
        trace.in("S 0:0(0) win 5000 <mss 1000>").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1 win 5000").quiet();
    }

    /** A bare ACK does not create the connection; data does, and is received. */
    @Test
    void dataMakesTheConnection() {
        shakeHands();
        assertThat(listener.pending()).isZero();
        assertThat(listener.halfOpen()).isEqualTo(1);
        trace.dropped(DropReason.TCP_DEFERRED, 1);
        trace.advance(500).in("P. 1:101(100) ack 1 win 5000").advance(40).out(". 1:1(0) ack 101");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.readableBytes()).isEqualTo(100);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        // The time until the data is not a round trip, and no SYN-ACK was lost.
        assertThat(connection.estimator.srtt()).isZero();
        assertThat(connection.congestion.cwnd()).isEqualTo(10 * 1000);
    }

    /** Data instead of the bare ACK opens the connection at once. */
    @Test
    void dataAtOnce() {
        trace.in("S 0:0(0) win 5000 <mss 1000>").out("S. 0:0(0) ack 1");
        trace.in("P. 1:101(100) ack 1 win 5000");
        assertThat(listener.pending()).isEqualTo(1);
    }

    /** A FIN without data opens the connection too. */
    @Test
    void finCounts() {
        shakeHands();
        trace.in("F. 1:1(0) ack 1 win 5000").out(". 1:1(0) ack 2");
        assertThat(TcpTrace.accept(listener).state()).isEqualTo(TcpState.CLOSE_WAIT);
    }

    /**
     * Nothing is sent while the listener waits for data, except a last SYN-ACK; its ACK opens the connection without
     * data.
     */
    @Test
    void lastChance() {
        shakeHands();
        trace.advance(6_900).quiet(); // timeouts after 1 and 3 s
        trace.advance(200).out("S. 0:0(0) ack 1").quiet(); // 7 s
        trace.in(". 1:1(0) ack 1 win 5000").quiet();
        assertThat(TcpTrace.accept(listener)).isNotNull();
        assertThat(listener.halfOpen()).isZero();
    }

    /** If the peer does not answer that either, the half-open connection ends after all SYN-ACKs. */
    @Test
    void givenUp() {
        listener.config().synAckRetries(4);
        shakeHands();
        trace.advance(7_100).out("S. 0:0(0) ack 1").quiet();
        trace.advance(8_000).out("S. 0:0(0) ack 1").quiet();
        trace.advance(16_000).quiet();
        assertThat(listener.halfOpen()).isZero();
        assertThat(listener.pending()).isZero();
    }

    /** The time for data may last longer than the SYN-ACKs. */
    @Test
    void longerThanTheRetries() {
        listener.config().synAckRetries(1);
        shakeHands();
        trace.advance(6_900).quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
        trace.in("P. 1:101(100) ack 1 win 5000");
        assertThat(listener.pending()).isEqualTo(1);
    }

    /** Without an ACK the SYN-ACK is repeated as always. */
    @Test
    void silence() {
        trace.in("S 0:0(0) win 5000 <mss 1000>").out("S. 0:0(0) ack 1");
        trace.advance(1_000)
                .out("S. 0:0(0) ack 1")
                .advance(2_000)
                .out("S. 0:0(0) ack 1")
                .quiet();
    }

    /** The peer may reset the half-open connection. */
    @Test
    void reset() {
        shakeHands();
        trace.in("R 1:1(0)").quiet();
        assertThat(listener.halfOpen()).isZero();
    }
}
