package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** RFC 5961 7, and what CVE-2016-5696 made of it. */
class ChallengeAckLimitTest {

    private static final long SECOND = 1_000_000_000L;

    /** Each second another number, between half of the limit and one and a half: what is left tells nothing. */
    @Test
    void sizeChanges() {
        final ChallengeAckLimit limit = new ChallengeAckLimit(new SplittableRandom(5), 1_000);
        final Set<Integer> sizes = new HashSet<>();
        for (int second = 0; second < 100; second++) {
            int taken = 0;
            while (limit.tryTake(second * SECOND + taken)) {
                taken++;
            }
            assertThat(taken).isBetween(500, 1_500);
            sizes.add(taken);
        }
        assertThat(sizes).hasSizeGreaterThan(80);
    }

    /** All connections share it, and each has its own besides, which is asked first. */
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
        // A second later there are new ones.
        trace.advance(1_000);
        trace.peerPort = 11;
        trace.forgetIss().in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        trace.in("R 7:7(0)").out(". 1:1(0) ack 1");
        trace.noLeaks();
    }
}
