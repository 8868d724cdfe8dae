package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.layer.TcpLayer;
import io.tapstack.wire.Endpoint;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** TIME-WAIT is a record, not a connection: RFC 9293 3.6.1. The application can still read from its connection. */
class TimeWaitRecordTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection timeWait(final TcpListener listener, final int port) {
        trace.peerPort = port;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
        return connection;
    }

    /** No connection is left, and one timer for all of them. */
    @Test
    void recordTakesThePlace() {
        final TcpListener listener = trace.listen(new TcpConfig());
        for (int port = 1_001; port <= 1_020; port++) {
            timeWait(listener, port);
            trace.advance(100);
        }
        assertThat(trace.stack.tcp().connections()).isEmpty();
        assertThat(trace.stack.tcp().timeWaitCount()).isEqualTo(20);
        assertThat(trace.stack.timers().armedTimers()).isEqualTo(1);
        trace.advance(57_990);
        assertThat(trace.stack.tcp().timeWaitCount()).isEqualTo(20);
        trace.advance(1_000);
        assertThat(trace.stack.tcp().timeWaitCount()).isEqualTo(10);
        trace.advance(1_000);
        assertThat(trace.stack.tcp().timeWaitCount()).isZero();
        assertThat(trace.stack.timers().armedTimers()).isZero();
    }

    /**
     * 3.6: after CLOSE of one direction the application reads the received data and the end of the stream, in TIME-WAIT
     * and after.
     */
    @Test
    void whatCameIsStillRead() {
        final Connection connection = trace.established(new TcpConfig());
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1").in(". 1:1(0) ack 2");
        trace.in("FP. 1:501(500) ack 2").out(". 2:2(0) ack 502").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        assertThat(connection.isInputEnded()).isFalse();
        assertThat(trace.read(connection, 200)).isEqualTo(200);
        assertThat(connection.local()).isEqualTo(new Endpoint(TcpTrace.STACK, 80));
        assertThat(connection.remote()).isEqualTo(new Endpoint(TcpTrace.PEER, 40_000));
        trace.advance(60_001).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isNull();
        assertThat(connection.readableBytes()).isEqualTo(300);
        assertThat(trace.read(connection, 500)).isEqualTo(300);
        assertThat(connection.isInputEnded()).isTrue();
        connection.close(trace.now());
        trace.quiet();
    }

    /** 3.10.4: CLOSE in TIME-WAIT sends nothing, even with unread data, as both FINs are acknowledged. */
    @Test
    void closeWithUnreadData() {
        final Connection connection = trace.established(new TcpConfig());
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("FP. 1:501(500) ack 2").out(". 2:2(0) ack 502");
        connection.close(trace.now());
        trace.quiet();
        assertThat(trace.stack.tcp().timeWaitCount()).isEqualTo(1);
        assertThat(trace.stack.pool().regionsInUse()).isZero();
    }

    /**
     * RFC 7323 5: the record's ACKs have timestamps, and PAWS applies: an old segment is answered and does not restart
     * the timer.
     */
    @Test
    void timestampsAndPaws() {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) <mss 1000,ts 1000/0>").out("S. 0:0(0) ack 1 <mss 1460,ts *>");
        trace.in(". 1:1(0) ack 1 <ts 1000/0>");
        final Connection connection = TcpTrace.accept(listener);
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in("F. 1:1(0) ack 2 <ts 1001/0>").out(". 2:2(0) ack 2").quiet();
        final int clock = connection.timestamps.value(trace.now());
        trace.in("F. 1:1(0) ack 2 <ts 1001/0>")
                .out(". 2:2(0) ack 2 <ts " + Integer.toUnsignedString(clock) + "/1001>")
                .quiet();
        trace.advance(50_000).in("F. 1:1(0) ack 2 <ts 999/0>").out(". 2:2(0) ack 2");
        trace.dropped(DropReason.TCP_PAWS, 1);
        // A middlebox has removed the option: the repeated FIN is still answered.
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2");
        trace.advance(60_001);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /**
     * RFC 5961 7: challenge ACKs are limited for a record as for a connection; a repeated FIN is always acknowledged.
     */
    @Test
    void challengesAreLimited() {
        timeWait(trace.listen(new TcpConfig()), 1_001);
        for (int i = 0; i < 10; i++) {
            trace.in("R 7:7(0)").out(". 2:2(0) ack 2").quiet();
        }
        trace.in("R 7:7(0)").quiet();
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
    }

    /** The number of records is limited: the oldest ends early. */
    @Test
    void oldestGoFirst() {
        final TcpTrace small = new TcpTrace(TcpLimits.DEFAULT.withTimeWaits(3));
        final TcpListener listener = small.listen(new TcpConfig());
        final Connection[] all = new Connection[5];
        for (int i = 0; i < all.length; i++) {
            small.peerPort = 1_001 + i;
            small.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
            small.in(". 1:1(0) ack 1");
            all[i] = TcpTrace.accept(listener);
            all[i].close(small.now());
            small.out("F. 1:1(0) ack 1");
            small.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
            small.advance(10);
        }
        assertThat(all).extracting(Connection::state).startsWith(TcpState.CLOSED, TcpState.CLOSED);
        assertThat(all[2].state()).isEqualTo(TcpState.TIME_WAIT);
        assertThat(small.stack.tcp().timeWaitCount()).isEqualTo(3);
        assertThat(small.stack.statistics().timeWaitsEvicted).isEqualTo(2);
        small.noLeaks();
    }

    /** The ACK of a repeated FIN that the device refused is sent later. */
    @Test
    void ackIsSentWhenTheDeviceHasRoom() {
        timeWait(trace.listen(new TcpConfig()), 1_001);
        trace.link.room(0);
        trace.in("F. 1:1(0) ack 2").quiet();
        assertThat(((TcpLayer) trace.stack.tcp()).isBlocked()).isTrue();
        trace.link.room(10);
        trace.poll();
        trace.out(". 2:2(0) ack 2").quiet();
        assertThat(((TcpLayer) trace.stack.tcp()).isBlocked()).isFalse();
    }

    /** The ACK of the FIN that the device refused is sent without an application. */
    @Test
    void closedSocketsAckIsSent() {
        final Connection connection = trace.established(new TcpConfig());
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.link.room(0);
        trace.in("F. 1:1(0) ack 2").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.link.room(10);
        trace.poll();
        trace.out(". 2:2(0) ack 2").quiet();
        // The record continues from there.
        trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2").quiet();
    }

    /** A connection sends nothing after its next incarnation has begun. */
    @Test
    void successorSilencesThePredecessor() {
        final Connection connection = trace.established(new TcpConfig());
        connection.close(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.link.room(0);
        trace.inTogether("F. 1:1(0) ack 2", "S 100:100(0) <mss 1000>");
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        trace.link.room(10);
        trace.forgetIss().poll();
        trace.out("S. 0:0(0) ack 101").quiet();
    }

    /** 3.6.1: an active open replaces a connection in TIME-WAIT that used timestamps, with higher sequence numbers. */
    @Test
    void activeOpenTakesThePlace() {
        final Connection first = trace.connect(new TcpConfig());
        trace.out("S 0:0(0)").in("S. 0:0(0) ack 1 <mss 1000,ts 5/0>").out(". 1:1(0) ack 1");
        first.close(trace.now());
        trace.out("F. 1:1(0) ack 1").in("F. 1:1(0) ack 2 <ts 6/0>").out(". 2:2(0) ack 2");
        trace.forgetIss();
        final Connection second = trace.connect(new TcpConfig());
        trace.out("S 0:0(0)").quiet();
        assertThat(first.state()).isEqualTo(TcpState.CLOSED);
        assertThat(second.iss - first.sndNxt).isPositive();
        assertThat(trace.stack.tcp().timeWaitCount()).isZero();
    }
}
