package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Segments spread over time: draft-ietf-ccwg-bbr 5.6.2 and 5.6.3, SO_MAX_PACING_RATE of socket(7). */
class PacingTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private static String segment(final int seq) {
        return ". " + seq + ":" + (seq + 1000) + "(1000) ack 1";
    }

    /** 100 segments per second, in quanta of two; the first two quanta at once. */
    @Test
    void rate() {
        final Connection connection = trace.established(new TcpConfig().maxPacingRate(100_000));
        trace.write(connection, 20_000);
        for (int i = 0; i < 4; i++) {
            trace.out(segment(1 + 1000 * i));
        }
        trace.quiet();
        trace.advance(19).quiet();
        trace.advance(1).out(segment(4_001)).out(segment(5_001)).quiet();
        trace.advance(20).out(segment(6_001)).out(segment(7_001)).quiet();
        assertThat(connection.pacer.isWaiting()).isTrue();
    }

    /** Unused time allows at most one more quantum. */
    @Test
    void noBurstAfterSilence() {
        final Connection connection = trace.established(new TcpConfig().maxPacingRate(100_000));
        trace.write(connection, 1_000);
        assertThat(trace.drain()).isEqualTo(1);
        trace.advance(150).in(". 1:1(0) ack 1001");
        trace.write(connection, 10_000);
        assertThat(trace.drain()).isBetween(3, 5);
    }

    /** Over a second the rate is the configured one, however many ACKs arrive. */
    @Test
    void averageRate() {
        final Connection connection = trace.established(new TcpConfig().maxPacingRate(100_000));
        trace.write(connection, 400_000);
        int sent = trace.drain();
        for (int i = 0; i < 100; i++) {
            trace.advance(10).in(". 1:1(0) ack " + (connection.sndNxt - trace.stackIss()));
            sent += trace.drain();
        }
        assertThat(sent).isBetween(98, 106);
    }

    /** Retransmissions are paced too. */
    @Test
    void retransmissionsArePaced() {
        final Connection connection =
                trace.established(new TcpConfig().maxPacingRate(100_000).congestionControl("newreno"));
        trace.write(connection, 4_000);
        assertThat(trace.drain()).isEqualTo(4);
        trace.advance(10_000);
        assertThat(connection.timeouts).isGreaterThan(2);
        trace.drain();
        trace.in(". 1:1(0) ack 1001");
        final int first = trace.drain();
        trace.in(". 1:1(0) ack 2001");
        assertThat(first + trace.drain()).isLessThanOrEqualTo(4);
        trace.advance(100);
    }

    /** RFC 6298 5.4: when the timer expires, the earliest segment is sent, regardless of the rate. */
    @Test
    void aTimeoutDoesNotWait() {
        final Connection connection = trace.established(new TcpConfig().maxPacingRate(100));
        trace.write(connection, 6_000);
        assertThat(trace.drain()).isEqualTo(4);
        trace.advance(1_000);
        assertThat(connection.timeouts).isPositive();
        trace.out(segment(1));
        trace.drain();
    }

    /** No limit, no waiting. */
    @Test
    void off() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 30_000);
        assertThat(trace.drain()).isEqualTo(10);
        assertThat(connection.pacer.isWaiting()).isFalse();
    }

    /** A closed window, not the pacing, starts the persist timer. */
    @Test
    void notTheClosedWindow() {
        final Connection connection = trace.established(new TcpConfig().maxPacingRate(2_000));
        trace.write(connection, 4_000);
        assertThat(trace.drain()).isEqualTo(4);
        trace.in(". 1:1(0) ack 4001");
        trace.write(connection, 4_000);
        assertThat(connection.pacer.isWaiting()).isTrue();
        assertThat(connection.persistTimer.isRunning()).isFalse();
        trace.advance(3_000);
        assertThat(trace.drain()).isGreaterThanOrEqualTo(2);
    }

    /** BBR paces from the first segment on, at 2.77 initial windows a millisecond while no round trip is known. */
    @Test
    void bbr() {
        final Connection connection = trace.established(new TcpConfig().congestionControl("bbr"));
        trace.write(connection, 30_000);
        assertThat(trace.drain()).isEqualTo(10);
        trace.advance(100).in(". 1:1(0) ack 6001");
        // The window has room for twelve.
        assertThat(trace.drain()).isLessThanOrEqualTo(4);
        trace.advance(40);
        assertThat(trace.drain()).isGreaterThanOrEqualTo(8);
    }
}
