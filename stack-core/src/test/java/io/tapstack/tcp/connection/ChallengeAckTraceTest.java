package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpLimits;
import io.tapstack.tcp.TcpListener;
import org.junit.jupiter.api.Test;

/** The limits of challenge ACKs (RFC 5961 7): one for each connection, and one for all. */
class ChallengeAckTraceTest {

    /** All connections share one limit; each connection has its own besides, which is checked first. */
    @Test
    void allConnections() {
        final TcpTrace trace = new TcpTrace(TcpLimits.DEFAULT.withChallengeAcksPerSecond(20));
        final TcpListener listener = trace.listen(new TcpConfig());
        int answers = 0;
        for (int port = 1; port <= 10; port++) {
            trace.peerPort = port;
            trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
            TcpTrace.accept(listener);
            int own = 0;
            for (int i = 0; i < 12; i++) {
                trace.in("R 7:7(0)");
                own += trace.link.take() == null ? 0 : 1;
            }
            assertThat(own).isLessThanOrEqualTo(10);
            answers += own;
        }
        assertThat(answers).isBetween(10, 30);
        // A second later the limit is full again.
        trace.advance(1_000);
        trace.peerPort = 11;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        trace.in("R 7:7(0)").out(". 1:1(0) ack 1");
        trace.noLeaks();
    }
}
