package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

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

    /** Likewise a SYN-ACK. */
    @Test
    void synAck() {
        trace.listen(new TcpConfig().timestamps(false));
        trace.link.room(0);
        trace.in("S 0:0(0) <mss 1000>");
        trace.link.room(10);
        trace.poll();
        trace.out("S. 0:0(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1").advance(10_000).quiet();
        trace.noLeaks();
    }
}
