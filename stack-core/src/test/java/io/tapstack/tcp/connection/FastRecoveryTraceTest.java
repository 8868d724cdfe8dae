package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tahoe and Reno after a fast retransmit, without SACK; NewReno is in {@link FastRetransmitTraceTest}. Segments 1 and 4
 * are lost.
 */
class FastRecoveryTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection lossOf(final String name) {
        final Connection connection =
                trace.established(new TcpConfig().sack(false).congestionControl(name));
        trace.write(connection, 20_000);
        for (int i = 0; i < 10; i++) {
            trace.out(segment(1 + 1000 * i));
        }
        // RFC 3042: limited transmit.
        trace.in(". 1:1(0) ack 1").out(segment(10_001)).quiet();
        trace.in(". 1:1(0) ack 1").out(segment(11_001)).quiet();
        trace.in(". 1:1(0) ack 1").out(segment(1)).quiet();
        return connection;
    }

    private static String segment(final int seq) {
        return ". " + seq + ":" + (seq + 1000) + "(1000) ack 1";
    }

    /** Jacobson 1988: one segment, and slow start from there, through all that was in flight. */
    @Test
    void tahoe() {
        final Connection connection = lossOf("tahoe");
        assertThat(connection.congestion.cwnd()).isEqualTo(1_000);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        for (int i = 0; i < 8; i++) {
            trace.in(". 1:1(0) ack 1").quiet();
        }
        trace.in(". 1:1(0) ack 3001").out(segment(3_001)).out(segment(4_001)).quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(2_000);
        trace.in(". 1:1(0) ack 12001").out(segment(12_001)).out(segment(13_001)).out(segment(14_001));
        assertThat(connection.congestion.cwnd()).isEqualTo(3_000);
    }

    /** RFC 5681 3.2 step 6: the first ACK for new data ends it, and the next hole takes three duplicates again. */
    @Test
    void reno() {
        final Connection connection = lossOf("reno");
        trace.in(". 1:1(0) ack 3001");
        assertThat(connection.recovery.inRecovery()).isFalse();
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        trace.quiet();
        trace.in(". 1:1(0) ack 3001").quiet();
        trace.in(". 1:1(0) ack 3001").quiet();
        trace.in(". 1:1(0) ack 3001").out(segment(3_001)).quiet();
        assertThat(connection.congestion.ssthresh()).isEqualTo(2_500);
        trace.in(". 1:1(0) ack 12001").out(segment(12_001)).out(segment(13_001)).quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(2_500);
    }
}
