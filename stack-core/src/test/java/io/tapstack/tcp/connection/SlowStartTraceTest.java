package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.congestion.CongestionControl;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slow start and congestion avoidance: RFC 5681 3.1, RFC 6928, restart after idle: RFC 5681 4.1. */
class SlowStartTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private void flight(final int from, final int segments) {
        for (int i = 0; i < segments; i++) {
            final int seq = from + 1000 * i;
            trace.out(". " + seq + ":" + (seq + 1000) + "(1000) ack 1");
        }
        trace.quiet();
    }

    /** RFC 6928: ten segments. */
    @Test
    void initialWindow() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 30_000);
        flight(1, 10);
    }

    /** RFC 6928 2: min(10*MSS, max(2*MSS, 14600)): the limit in bytes is for segments larger than Ethernet's. */
    @ParameterizedTest
    @CsvSource({"536, 5360", "1460, 14600", "1461, 14600", "4000, 14600", "7300, 14600", "8960, 17920", "65495, 130990"
    })
    void initialWindowInBytes(final int mss, final int bytes) {
        final Connection connection = trace.established(new TcpConfig());
        connection.mss = mss;
        assertThat(connection.handshake.initialWindow()).isEqualTo(bytes);
    }

    /** The limit in bytes grows with the configured number of segments. */
    @ParameterizedTest
    @CsvSource({"1, 1460, 1460", "1, 8960, 8960", "3, 8960, 17920", "20, 1460, 29200", "20, 8960, 29200"})
    void configuredInitialWindow(final int segments, final int mss, final int bytes) {
        final Connection connection = trace.established(new TcpConfig().initialWindowSegments(segments));
        connection.mss = mss;
        assertThat(connection.handshake.initialWindow()).isEqualTo(bytes);
    }

    /** RFC 5681 3.1: one segment if the SYN-ACK was lost. */
    @Test
    void initialWindowAfterALostSynAck() {
        final TcpListener listener =
                trace.listen(new TcpConfig().timestamps(false).windowScaling(false));
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.advance(1_000).out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 30_000);
        flight(1, 1);
    }

    /** Equation 2: growth by the acknowledged bytes. */
    @Test
    void doublesEveryRoundTrip() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 60_000);
        flight(1, 10);
        trace.in(". 1:1(0) ack 2001");
        flight(10_001, 4);
        trace.in(". 1:1(0) ack 4001");
        flight(14_001, 4);
        assertThat(connection.congestion.cwnd()).isEqualTo(14_000);
    }

    /** Congestion avoidance: one segment a round trip. */
    @Test
    void growsByOneSegmentARoundTrip() {
        final Connection connection = trace.established(new TcpConfig().congestionControl("newreno"));
        trace.write(connection, 60_000);
        flight(1, 10);
        trace.advance(200).out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 10001");
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        int acked = 10_001;
        while (connection.congestion.cwnd() < 5_000) {
            acked = connection.sndNxt - trace.stackIss();
            trace.in(". 1:1(0) ack " + acked);
        }
        final int before = connection.congestion.cwnd();
        final int end = connection.sndNxt - trace.stackIss();
        for (int ack = acked + 1_000; ack <= end; ack += 1_000) {
            trace.in(". 1:1(0) ack " + ack);
        }
        assertThat(connection.congestion.cwnd()).isBetween(before, before + 1_000);
    }

    /** An unused window does not grow. */
    @Test
    void applicationLimited() {
        final Connection connection = trace.established(new TcpConfig());
        for (int i = 0; i < 20; i++) {
            trace.write(connection, 1_000);
            trace.in(". 1:1(0) ack " + (1001 + 1000 * i));
        }
        assertThat(connection.congestion.cwnd()).isEqualTo(10_000);
        trace.drain(); // Twenty segments that were not looked at.
    }

    /** RFC 7661 4.1: nine segments of a window of ten, acknowledged two by two, allow a window of 18, as on Linux. */
    @Test
    void nearlyUsed() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 9_000);
        flight(1, 9);
        for (int acked = 2; acked <= 8; acked += 2) {
            trace.in(". 1:1(0) ack " + (1 + 1000 * acked));
            assertThat(connection.congestion.cwnd()).isEqualTo(10_000 + 1000 * acked);
        }
        trace.in(". 1:1(0) ack 9001");
        assertThat(connection.congestion.cwnd()).isEqualTo(18_000);
    }

    /** The same: five of ten allow no growth. */
    @Test
    void halfUsed() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 5_000);
        flight(1, 5);
        trace.in(". 1:1(0) ack 2001").in(". 1:1(0) ack 4001").in(". 1:1(0) ack 5001");
        assertThat(connection.congestion.cwnd()).isEqualTo(10_000);
        // The next window of data is measured again.
        trace.write(connection, 6_000);
        flight(5_001, 6);
        trace.in(". 1:1(0) ack 7001").in(". 1:1(0) ack 9001");
        assertThat(connection.congestion.cwnd()).isEqualTo(12_000);
    }

    /**
     * Slow start continues up to twice the largest flight, as on Linux; with half of the window in flight it does not
     * grow.
     */
    @ParameterizedTest
    @CsvSource({"5, 10000", "6, 12000", "9, 18000", "10, 20000"})
    void growsToTwiceTheFlight(final int segments, final int cwnd) {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000 * segments);
        flight(1, segments);
        for (int ack = 1_001; ack <= 1_000 * segments + 1; ack += 1_000) {
            trace.in(". 1:1(0) ack " + ack);
        }
        assertThat(connection.congestion.cwnd()).isEqualTo(cwnd);
    }

    /** After an idle time of more than an RTO, cwnd returns to the initial window. */
    @Test
    void restartAfterIdle() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 20_000);
        flight(1, 10);
        trace.in(". 1:1(0) ack 10001");
        trace.drain(); // The second half.
        trace.in(". 1:1(0) ack 20001");
        assertThat(connection.congestion.cwnd()).isGreaterThan(10_000);
        trace.advance(1_000);
        trace.write(connection, 30_000);
        flight(20_001, 10);
    }

    /** The peer's window limits the flight, whatever cwnd is. */
    @Test
    void peersWindow() {
        final Connection connection = trace.established(new TcpConfig(), 3_000);
        trace.write(connection, 30_000);
        flight(1, 3);
        trace.in(". 1:1(0) ack 1001 win 3000");
        flight(3_001, 1);
        // RFC 9293 3.10.7.4, fifth: an older segment does not update the window (SND.WL1, SND.WL2).
        trace.in(". 1:1(0) ack 2001 win 1000").quiet();
        trace.in(". 1:1(0) ack 1001 win 9000").quiet();
        assertThat(connection.sndWnd).isEqualTo(1_000);
    }

    /**
     * RFC 5681 3.1: after a timeout one ACK for the whole old flight opens the window by one segment, not by half the
     * flight.
     */
    @Test
    void r7SlowStartAfterTimeout() {
        final Connection c = trace.established(new TcpConfig().initialWindowSegments(40));
        trace.write(c, 100_000);
        int n = 0;
        while (trace.link.take() != null) {
            n++;
        }
        assertThat(n).isEqualTo(40);
        trace.advance(200).out(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 40001");
        n = 0;
        while (trace.link.take() != null) {
            n++;
        }
        assertThat(n).isLessThanOrEqualTo(3);
    }

    /** A constant window. */
    private static final class FixedWindow implements CongestionControl {
        private final int window;
        int restarts;

        FixedWindow(final int window) {
            this.window = window;
        }

        @Override
        public String name() {
            return "fixed";
        }

        @Override
        public void established(final int mss, final int initialWindow) {}

        @Override
        public void takeOver(final CongestionControl previous) {}

        @Override
        public void mss(final int mss) {}

        @Override
        public int cwnd() {
            return window;
        }

        @Override
        public int ssthresh() {
            return window;
        }

        @Override
        public void acknowledged(final AckSample ack) {}

        @Override
        public void lossDetected(final int flight, final long nowNanos) {}

        @Override
        public void recovered(final int flight, final long nowNanos) {}

        @Override
        public void timedOut(final int flight, final boolean first, final long nowNanos) {}

        @Override
        public void undo(final long nowNanos) {}

        @Override
        public void restartAfterIdle(final long idleNanos, final long rtoNanos) {
            restarts++;
        }
    }

    /** RFC 5681 4.1: a retransmission counts as sending, so the window does not become stale without new data. */
    @Test
    void r27RepairIsNoSilence() {
        final TcpListener listener = trace.listen(new TcpConfig().windowScaling(false));
        trace.in("S 0:0(0) <mss 1012,sackOK,ts 1/0>").out("S. 0:0(0) ack 1").advance(100);
        trace.in(". 1:1(0) ack 1 <ts 1/0>");
        final Connection c = Objects.requireNonNull(TcpTrace.accept(listener));
        final FixedWindow window = new FixedWindow(60_000);
        c.congestion = window;
        trace.write(c, 50_000);
        while (trace.link.take() != null) {}
        trace.advance(100);
        trace.in(". 1:1(0) ack 1 <ts 1/0,nop,nop,sack 1001-50001>");
        trace.out(". 1:1001(1000) ack 1").quiet();
        // The retransmission is lost too, and the timer repeats it.
        while (c.timeouts == 0) {
            trace.advance(1);
        }
        trace.out(". 1:1001(1000) ack 1").quiet();
        final String echo = Integer.toUnsignedString(c.timestamps.value(trace.now()));
        trace.advance(100);
        trace.in(". 1:1(0) ack 50001 <ts 1/" + echo + ">");
        trace.write(c, 1_000);
        trace.out("P. 50001:51001(1000) ack 1");
        assertThat(window.restarts).isZero();
        trace.in(". 1:1(0) ack 51001 <ts 1/" + echo + ">");
        c.close(trace.now());
        trace.noLeaks();
    }
}
