package io.tapstack.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.echo.EchoLimit.Verdict;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoLimitTest {

    private static final int OWN_PORT = 7_007;
    private static final long SECOND = 1_000_000_000L;

    private final EchoLimit limit = new EchoLimit(OWN_PORT);

    private static InetSocketAddress source(final String address, final int port) throws UnknownHostException {
        return new InetSocketAddress(InetAddress.getByName(address), port);
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 1024, ANSWERED",
        "10.0.0.1, 40000, ANSWERED",
        "240.0.0.1, 65535, ANSWERED",
        "10.0.0.1, 0, SERVICE_PORT",
        "10.0.0.1, 7, SERVICE_PORT",
        "10.0.0.1, 13, SERVICE_PORT",
        "10.0.0.1, 17, SERVICE_PORT",
        "10.0.0.1, 19, SERVICE_PORT",
        "10.0.0.1, 37, SERVICE_PORT",
        "10.0.0.1, 53, SERVICE_PORT",
        "10.0.0.1, 69, SERVICE_PORT",
        "10.0.0.1, 123, SERVICE_PORT",
        "10.0.0.1, 1023, SERVICE_PORT",
        "10.0.0.1, 7007, SERVICE_PORT",
        "224.0.0.1, 5353, NO_HOST",
        "239.1.2.3, 40000, NO_HOST",
        "255.255.255.255, 40000, NO_HOST",
    })
    void judgesBySource(final String address, final int port, final Verdict verdict) throws UnknownHostException {
        assertThat(limit.judge(source(address, port), 0)).isEqualTo(verdict);
        assertThat(limit.count(verdict)).isEqualTo(1);
    }

    /**
     * A loop with a round trip of {@code roundTripMillis}: the circling datagram is not answered once, which ends the
     * loop.
     */
    @ParameterizedTest
    @CsvSource({"0", "1", "20", "250", "900"})
    void everyLoopEnds(final int roundTripMillis) throws UnknownHostException {
        final InetSocketAddress echo = source("10.0.0.1", 9_999);
        long now = 0;
        int rounds = 0;
        while (limit.judge(echo, now) == Verdict.ANSWERED) {
            now += roundTripMillis * 1_000_000L;
            assertThat(++rounds).isLessThan(20 * EchoLimit.BURST);
        }
        assertThat(rounds).isGreaterThanOrEqualTo(EchoLimit.BURST);
        assertThat(limit.count(Verdict.TOO_MANY)).isEqualTo(1);
    }

    /** From any of its ports. */
    @Test
    void aPeerIsOneAddress() throws UnknownHostException {
        for (int i = 0; i < EchoLimit.BURST; i++) {
            assertThat(limit.judge(source("10.0.0.1", 1_024 + i), 0)).isEqualTo(Verdict.ANSWERED);
        }
        assertThat(limit.judge(source("10.0.0.1", 40_000), 0)).isEqualTo(Verdict.TOO_MANY);
        assertThat(limit.judge(source("10.0.0.2", 40_000), 0)).isEqualTo(Verdict.ANSWERED);
    }

    @Test
    void onceASecondAlwaysGoes() throws UnknownHostException {
        final InetSocketAddress monitor = source("10.0.0.1", 40_000);
        for (int i = 0; i < EchoLimit.BURST; i++) {
            limit.judge(monitor, 0);
        }
        for (int second = 1; second < 1_000; second++) {
            assertThat(limit.judge(monitor, second * SECOND)).isEqualTo(Verdict.ANSWERED);
            assertThat(limit.judge(monitor, second * SECOND + 1)).isEqualTo(Verdict.TOO_MANY);
        }
    }

    @Test
    void silenceEndsIt() throws UnknownHostException {
        final InetSocketAddress client = source("10.0.0.1", 40_000);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < EchoLimit.BURST; i++) {
                assertThat(limit.judge(client, round * EchoLimit.SILENCE_NANOS)).isEqualTo(Verdict.ANSWERED);
            }
        }
    }

    @Test
    void isBoundedAndKeepsThoseWhoAreLoud() throws UnknownHostException {
        final InetSocketAddress loud = source("10.0.0.1", 40_000);
        for (int i = 0; i < EchoLimit.BURST; i++) {
            assertThat(limit.judge(loud, 0)).isEqualTo(Verdict.ANSWERED);
            limit.judge(source("11." + (i >> 16) + '.' + (i >> 8 & 0xFF) + '.' + (i & 0xFF), 40_000), 0);
        }
        assertThat(limit.peers()).isEqualTo(EchoLimit.MAX_PEERS);
        assertThat(limit.judge(loud, 0)).isEqualTo(Verdict.TOO_MANY);
    }
}
