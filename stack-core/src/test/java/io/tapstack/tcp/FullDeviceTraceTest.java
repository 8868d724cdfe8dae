package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Nothing that is owed is forgotten because the device had no room for it. */
class FullDeviceTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @Test
    void ackOfTheFinIsSentInTimeWait() {
        final TcpConnection connection = trace.established(new TcpConfig());
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

    /** A SYN that the device had no room for goes out when there is some, not an RTO later. */
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

    /** RFC 8985 7.2, RFC 6298 5.1: the probe and the timeout are due together, and the probe cannot go out; that was not the last try. */
    @Test
    void aTailLossProbeThatTheDeviceRefusesIsFollowedByATimeout() {
        final TcpListener listener = trace.listen(new TcpConfig().timestamps(false));
        trace.in("S 0:0(0) win 65535 <mss 1000,sackOK>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final TcpConnection connection = Objects.requireNonNull(listener.accept());
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

    /** The ACK of a FIN with data could not go out, and then the next incarnation begins: what was owed is forgotten, timer and all. */
    @Test
    void whatIsOwedInTimeWaitEndsWithIt() {
        final TcpConnection connection = trace.established(new TcpConfig());
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
}
