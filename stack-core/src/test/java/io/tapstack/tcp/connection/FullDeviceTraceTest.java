package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A full device delays segments, and none is forgotten. */
class FullDeviceTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @Test
    void ackOfTheFinIsSentInTimeWait() {
        final Connection connection = trace.established(new TcpConfig());
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.link.room(0);
        trace.in("F. 1:1(0) ack 1").in(". 2:2(0) ack 2");
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.link.room(10);
        trace.poll();
        trace.out(". 2:2(0) ack 2").quiet();
        trace.noLeaks();
    }

    /** A SYN that the device refused is sent when there is room, not an RTO later. */
    @Test
    void syn() {
        trace.link.room(0);
        trace.connect(new TcpConfig().timestamps(false));
        trace.quiet();
        trace.link.room(10);
        trace.poll();
        trace.out("S 0:0(0)").quiet();
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        trace.noLeaks();
    }

    /**
     * RFC 8985 7.2, RFC 6298 5.1: the probe and the timeout are due together and the device refuses the probe; the
     * timeout follows.
     */
    @Test
    void aTailLossProbeThatTheDeviceRefusesIsFollowedByATimeout() {
        final TcpListener listener = trace.listen(new TcpConfig().timestamps(false));
        trace.in("S 0:0(0) win 65535 <mss 1000,sackOK>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = Objects.requireNonNull(TcpTrace.accept(listener));
        trace.write(connection, 100);
        trace.out(". 1:101(100) ack 1");
        trace.link.room(0);
        trace.advance(5_000);
        trace.quiet();
        trace.link.room(10);
        trace.poll();
        trace.advance(5_000);
        trace.out(". 1:101(100) ack 1");
        trace.in(". 1:1(0) ack 101");
        connection.close(trace.now());
        trace.noLeaks();
    }

    /**
     * The device refuses the ACK of a FIN with data, and then the next incarnation begins: the delayed ACK and its
     * timer are dropped.
     */
    @Test
    void whatIsOwedInTimeWaitEndsWithIt() {
        final Connection connection = trace.established(new TcpConfig());
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
        trace.in(". 1:1(0) ack 2");
        trace.link.room(0);
        trace.in("F. 1:101(100) ack 2");
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.in("S 5000:5000(0) win 65535");
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        trace.noLeaks();
    }

    /** RFC 3168 6.1.1: a SYN that the device refused was never sent, so the next one still asks for ECN. */
    @Test
    void synThatAsksForEcn() {
        trace.link.room(0);
        trace.connect(new TcpConfig().timestamps(false).ecn(EcnMode.ON));
        trace.quiet();
        trace.link.room(10);
        trace.poll();
        trace.out("SEW 0:0(0)").quiet();
        trace.noLeaks();
    }

    /** The SYN-ACK of a passive open is sent when there is room, not a second later. */
    @Test
    void synAck() {
        final TcpListener listener = trace.listen(new TcpConfig().timestamps(false));
        trace.link.room(0);
        trace.in("S 0:0(0) <mss 1000>").quiet();
        trace.link.room(10);
        trace.poll();
        trace.out("S. 0:0(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(listener.pending()).isEqualTo(1);
        trace.noLeaks();
    }

    /** The peer resets a half-open connection: its delayed SYN-ACK is not sent. */
    @Test
    void synAckOfWhatIsOver() {
        trace.listen(new TcpConfig().timestamps(false));
        trace.link.room(0);
        trace.in("S 0:0(0) <mss 1000>").in("R 1:1(0)");
        trace.link.room(10);
        trace.poll();
        trace.quiet();
        trace.noLeaks();
    }

    /** The same in a simultaneous open. */
    @Test
    void synAckOfASimultaneousOpen() {
        final Connection connection = trace.connect(new TcpConfig().timestamps(false));
        trace.out("S 0:0(0)");
        trace.link.room(0);
        trace.in("S 0:0(0) <mss 1000>").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_RECEIVED);
        trace.link.room(10);
        trace.poll();
        trace.out("S. 0:0(0) ack 1").quiet();
        trace.noLeaks();
    }

    /** The SYN-ACK of a Fast Open is sent before data, as the peer drops data until it has the SYN-ACK. */
    @Test
    void synAckOfFastOpen() {
        final TcpListener listener = trace.listen(
                new TcpConfig().timestamps(false).windowScaling(false).fastOpenQueue(2));
        trace.in("S 0:0(0) <mss 1000,raw 22 2>");
        final String cookie = trace.takeCookie();
        trace.in("R 1:1(0)").quiet();
        trace.link.room(0);
        trace.forgetIss().in("SP 0:100(100) <mss 1000,raw 22 a " + cookie + ">");
        final Connection connection = Objects.requireNonNull(TcpTrace.accept(listener));
        trace.write(connection, 500);
        trace.quiet();
        trace.link.room(10);
        trace.poll();
        trace.out("S. 0:0(0) ack 101").out("P. 1:501(500) ack 101").quiet();
        trace.in(". 101:101(0) ack 501");
        connection.close(trace.now());
        trace.noLeaks();
    }

    /**
     * ABORT (RFC 9293 3.10.5): the reset is sent when there is room, as a peer that only waits would not learn of the
     * end otherwise.
     */
    @Test
    void reset() {
        final Connection connection = trace.established(new TcpConfig());
        trace.link.room(0);
        connection.abort(trace.now());
        trace.quiet();
        trace.poll();
        trace.quiet();
        trace.link.room(10);
        trace.poll();
        trace.out("R. 1:1(0) ack 1").quiet();
        trace.poll();
        trace.quiet();
        trace.noLeaks();
    }

    /** RFC 8985 7.3: a probe of new data that the device refused was not sent, and the timeout does not wait for it. */
    @Test
    void tailLossProbeOfNewData() {
        final TcpListener listener = trace.listen(new TcpConfig().timestamps(false));
        trace.in("S 0:0(0) win 5000 <mss 1000,sackOK>").out("S. 0:0(0) ack 1");
        trace.advance(100).in(". 1:1(0) ack 1 win 5000");
        final Connection connection = Objects.requireNonNull(TcpTrace.accept(listener));
        connection.config().cork(true);
        trace.write(connection, 2_300);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
        assertThat(connection.lossTimer.isProbeDue()).isTrue();
        final long timeout = connection.retransmissionTimer.deadlineNanos();
        trace.link.room(0);
        while (connection.lossTimer.isProbeDue()) {
            trace.advance(1);
        }
        assertThat(connection.retransmissionTimer.deadlineNanos()).isEqualTo(timeout);
        trace.link.room(10);
        connection.abort(trace.now());
        trace.noLeaks();
    }

    /** RFC 9293 3.8.6.3: a delayed ACK whose timer fires while the device is full is sent later. */
    @Test
    void r5DelayedAckAndFullDevice() {
        trace.established(new TcpConfig());
        trace.in("P. 1:101(100) ack 1").quiet();
        trace.link.room(0);
        trace.advance(50);
        trace.link.room(100);
        trace.advance(1_000);
        trace.out(". 1:1(0) ack 101");
    }
}
