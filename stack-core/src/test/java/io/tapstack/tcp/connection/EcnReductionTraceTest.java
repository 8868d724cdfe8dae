package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.recovery.LossRecovery.Phase;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 3168 6.1.2: an echo reduces the window as a loss does, and Proportional Rate Reduction (RFC 9937) reduces the
 * flight, as in Linux's state CWR. Ten segments of 1000 bytes are in flight; the round trip is 100 ms.
 */
class EcnReductionTraceTest {

    private static final TcpConfig CONFIG =
            new TcpConfig().timestamps(false).windowScaling(false).congestionControl("reno");

    private final TcpTrace trace = new TcpTrace();
    private Connection connection;

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private void flight(final boolean sack) {
        flight(sack, CONFIG.copy());
    }

    private void flight(final boolean sack, final TcpConfig config) {
        final TcpListener listener = trace.listen(config);
        trace.in("SEW 0:0(0) win 65535 <mss 1000" + (sack ? ",sackOK>" : ">")).out("SE. 0:0(0) ack 1");
        trace.advance(100).in(". 1:1(0) ack 1");
        connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 40_000);
        assertThat(trace.drain()).isEqualTo(10);
        trace.advance(100);
    }

    /** @return segments sent */
    private int inFlight() {
        return connection.recovery.pipe(connection.sndUna, connection.sndNxt);
    }

    /**
     * RFC 9937: one segment for each two delivered, from the first echo on; at the end the flight is ssthresh, and
     * grows again.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comesDownOverARoundTrip(final boolean sack) {
        flight(sack);
        int sent = 0;
        for (int acked = 1_001; acked <= 10_001; acked += 1_000) {
            trace.in("E. 1:1(0) ack " + acked);
            final int now = trace.drain();
            assertThat(now).isLessThanOrEqualTo(1);
            sent += now;
            assertThat(connection.reduction.isCwr()).isTrue();
            assertThat(inFlight()).isLessThanOrEqualTo(Math.max(5_000, 11_001 - acked + 500 * (acked / 1_000) + 500));
        }
        assertThat(sent).isEqualTo(5);
        assertThat(inFlight()).isEqualTo(5_000);
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        // 6.1.2: the next window of data.
        trace.in(". 1:1(0) ack 11001");
        assertThat(connection.reduction.isCwr()).isFalse();
        assertThat(connection.reduction.window()).isEqualTo(connection.congestion.cwnd());
        assertThat(trace.drain()).isOne();
    }

    /** RFC 8511 with RFC 9937: the flight is reduced to eight tenths, about four segments for each five delivered. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void comesDownLessWithAlternativeBackoff(final boolean sack) {
        flight(sack, CONFIG.copy().alternativeBackoff(true));
        int sent = 0;
        for (int acked = 1_001; acked <= 10_001; acked += 1_000) {
            trace.in("E. 1:1(0) ack " + acked);
            final int now = trace.drain();
            assertThat(now).isLessThanOrEqualTo(1);
            sent += now;
        }
        assertThat(sent).isEqualTo(8);
        assertThat(inFlight()).isEqualTo(8_000);
        assertThat(connection.congestion.cwnd()).isEqualTo(8_000);
        assertThat(connection.reduction.isCwr()).isTrue();
        trace.in(". 1:1(0) ack 11001");
        assertThat(connection.reduction.isCwr()).isFalse();
    }

    /** RFC 8511 4.2: no response to a loss within the same round trip; the next one has the whole of RFC 5681's. */
    @Test
    void alternativeBackoffAndLoss() {
        flight(true, CONFIG.copy().alternativeBackoff(true));
        trace.in("E. 1:1(0) ack 2001");
        trace.drain();
        assertThat(connection.congestion.ssthresh()).isEqualTo(8_000);
        trace.in("E. 1:1(0) ack 2001 <sack 3001-6001>").out("not-ect . 2001:3001(1000) ack 1");
        trace.drain();
        assertThat(connection.congestion.ssthresh()).isEqualTo(8_000);
        trace.advance(100).in(". 1:1(0) ack " + (connection.sndNxt - trace.stackIss()));
        trace.drain();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        final int flight = inFlight();
        final int una = connection.sndUna - trace.stackIss();
        trace.in(". 1:1(0) ack %d <sack %d-%d>".formatted(una, una + 1_000, una + 5_000));
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
        assertThat(connection.congestion.ssthresh()).isBetween(flight / 2, connection.congestion.cwnd());
        assertThat(connection.congestion.ssthresh()).isLessThanOrEqualTo((flight + 1_000) / 2);
        trace.drain();
    }

    /** SACKed data counts as delivered; a loss does not reduce the window again, and recovery continues from there. */
    @Test
    void lossInTheSameWindow() {
        flight(true);
        trace.in("E. 1:1(0) ack 2001");
        assertThat(trace.drain()).isOne();
        trace.in("E. 1:1(0) ack 2001 <sack 3001-6001>").out("not-ect . 2001:3001(1000) ack 1");
        trace.drain();
        assertThat(connection.reduction.isCwr()).isFalse();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        trace.in("E. 1:1(0) ack 11001");
        trace.drain();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        assertThat(inFlight()).isEqualTo(5_000);
    }

    /** RFC 4015 undoes spurious losses only: the echo remains valid, and so does its reduction. */
    @Test
    void aSpuriousRecoveryDoesNotBringTheWindowBack() {
        flight(true);
        trace.in("E. 1:1(0) ack 2001");
        trace.drain();
        trace.in("E. 1:1(0) ack 2001 <sack 3001-6001>").out("not-ect . 2001:3001(1000) ack 1");
        trace.drain();
        // RFC 3708: both copies have arrived.
        trace.in("E. 1:1(0) ack 6001 <sack 2001-3001>");
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        assertThat(trace.stack.statistics().undoneRecoveries).isOne();
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
    }

    /**
     * A timeout ends the reduction: cwnd is one segment, ssthresh was reduced for this flight already, and an undo
     * keeps the reduction for the echo.
     */
    @Test
    void timeout() {
        flight(true);
        trace.in("E. 1:1(0) ack 2001");
        trace.drain();
        // The tail loss probe goes first.
        trace.advance(210);
        assertThat(trace.drain()).isOne();
        trace.advance(310).out("not-ect . 2001:3001(1000) ack 1");
        trace.drain();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.LOSS);
        assertThat(connection.reduction.isCwr()).isFalse();
        assertThat(connection.congestion.cwnd()).isEqualTo(1_000);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        // RFC 5682 3.1, 2a: an original segment arrives, so the timeout was spurious.
        trace.in("E. 1:1(0) ack 2001 <sack 4001-5001>");
        assertThat(trace.stack.statistics().undoneRecoveries).isOne();
        assertThat(connection.congestion.cwnd()).isLessThanOrEqualTo(5_000);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
    }

    /** After an idle time RFC 5681 4.1 sets the window. */
    @Test
    void idle() {
        final TcpListener listener = trace.listen(CONFIG.copy().initialWindowSegments(2));
        trace.in("SEW 0:0(0) win 65535 <mss 1000>").out("SE. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 30_000);
        for (int i = 0; i < 3; i++) {
            trace.drain();
            trace.advance(100).in(". 1:1(0) ack " + (connection.sndNxt - trace.stackIss()));
        }
        trace.drain();
        assertThat(connection.congestion.cwnd()).isGreaterThan(8_000);
        trace.advance(100).in("E. 1:1(0) ack " + (connection.sndNxt - trace.stackIss()));
        trace.drain();
        while (connection.sndUna != connection.sndNxt) {
            trace.advance(100).in("E. 1:1(0) ack " + (connection.sndNxt - trace.stackIss()));
            trace.drain();
        }
        assertThat(connection.reduction.isCwr()).isTrue();
        trace.advance(10_000);
        trace.write(connection, 30_000);
        assertThat(trace.drain()).isEqualTo(2);
    }

    /** The reduction does not limit a congestion control that sets the window itself. */
    @Test
    void notForBbr() {
        flight(true, CONFIG.copy().congestionControl("bbr"));
        trace.in("E. 1:1(0) ack 2001");
        assertThat(connection.reduction.isCwr()).isFalse();
        assertThat(connection.reduction.window()).isEqualTo(connection.congestion.cwnd());
    }

    /** An ACK that delivers nothing does not change the reduction. */
    @Test
    void echoOnADuplicateAck() {
        flight(false);
        trace.in("E. 1:1(0) ack 1").quiet();
        trace.in("E. 1:1(0) ack 1").quiet();
        assertThat(connection.reduction.isCwr()).isTrue();
        trace.in("E. 1:1(0) ack 2001").out("ect0 W. 10001:11001(1000) ack 1").quiet();
    }
}
