package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** TCP_CONGESTION of tcp(7) on a connection: the new algorithm keeps the window. */
class CongestionControlChangeTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection grown() {
        final Connection connection = trace.established(new TcpConfig().congestionControl("newreno"));
        trace.write(connection, 60_000);
        trace.advance(50);
        for (int ack = 2_001; ack <= 10_001; ack += 2_000) {
            trace.in(". 1:1(0) ack " + ack);
        }
        assertThat(connection.congestion.cwnd()).isEqualTo(20_000);
        trace.drain();
        return connection;
    }

    private static void change(final Connection connection, final String name, final long now) {
        connection.config().congestionControl(name);
        connection.configChanged(now);
    }

    @Test
    void takesTheWindowOver() {
        final Connection connection = grown();
        for (final String name : new String[] {"cubic", "bbr", "tahoe", "reno"}) {
            change(connection, name, trace.now());
            assertThat(connection.congestion.name()).isEqualTo(name);
            assertThat(connection.congestion.cwnd()).isEqualTo(20_000);
            trace.quiet();
        }
    }

    /** Other options keep the algorithm and its state. */
    @Test
    void otherChangesDoNot() {
        final Connection connection = grown();
        final Object before = connection.congestion;
        connection.config().noDelay(true);
        connection.configChanged(trace.now());
        assertThat(connection.congestion).isSameAs(before);
    }

    /** During recovery too: the new algorithm ends it. */
    @Test
    void duringRecovery() {
        final Connection connection = grown();
        trace.in(". 1:1(0) ack 10001").in(". 1:1(0) ack 10001").in(". 1:1(0) ack 10001");
        assertThat(connection.recovery.inRecovery()).isTrue();
        change(connection, "cubic", trace.now());
        trace.drain();
        trace.advance(50).in(". 1:1(0) ack " + (connection.sndNxt - trace.stackIss()));
        assertThat(connection.recovery.inRecovery()).isFalse();
        assertThat(connection.congestion.cwnd()).isBetween(1_000, 10_000);
        trace.drain();
    }
}
