package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.recovery.LossRecovery.Phase;
import io.tapstack.wire.SequenceNumber;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9293 3.4: our own sequence numbers wrap at zero, or at the sign, during a flight. The test waits for the clock of
 * the ISN (RFC 6528), so that the next connection of a 4-tuple starts just before the wrap.
 */
class OwnSequenceWrapTraceTest {

    private static final int BEFORE = 4_500;
    /** Ticks of the ISN's clock in a millisecond, the precision of the trace. */
    private static final int TICKS_PER_MILLI = 250;

    private final TcpTrace trace = new TcpTrace();
    private Connection connection;

    @AfterEach
    void noLeaks() {
        trace.noLeaks();
    }

    private void openBefore(final int place, final String options) {
        final TcpListener listener = trace.listen(
                new TcpConfig().congestionControl("reno").timestamps(false).windowScaling(false));
        trace.in("S 0:0(0) win 65535 <mss 1000>").out("S. 0:0(0) ack 1").in("R 1:1(0)");
        final long ticks = Integer.toUnsignedLong(place - BEFORE - trace.stackIss());
        trace.advance(ticks / TICKS_PER_MILLI + 1).forgetIss();
        trace.in("S 0:0(0) win 65535 <mss 1000" + options + ">").out("S. 0:0(0) ack 1");
        final int iss = trace.stackIss();
        assertThat(place - iss).isBetween(BEFORE - TICKS_PER_MILLI, BEFORE);
        trace.advance(100).in(". 1:1(0) ack 1 win 65535");
        connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
    }

    private static String segment(final int seq) {
        return ". " + seq + ":" + (seq + 1_000) + "(1000) ack 1";
    }

    private void flight(final int segments) {
        trace.write(connection, segments * 1_000);
        for (int i = 0; i < segments; i++) {
            trace.out((i == segments - 1 ? "P" : "") + segment(1 + i * 1_000));
        }
        trace.quiet().advance(100);
    }

    /** One ACK moves all variables past the wrap: window, timer and the next data are right. */
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MIN_VALUE})
    void cumulativeAck(final int place) {
        openBefore(place, "");
        flight(8);
        trace.in(". 1:1(0) ack 4001").in(". 1:1(0) ack 8001").quiet();
        assertThat(connection.sndUna).isEqualTo(connection.sndNxt);
        assertThat(SequenceNumber.greaterThan(connection.sndUna, place)).isTrue();
        trace.advance(10_000).quiet();
        trace.write(connection, 1_000);
        trace.out("P. 8001:9001(1000) ack 1").in(". 1:1(0) ack 9001");
        close(9_001);
    }

    /** The hole is on one side, SACKed data on both, and the FIN beyond. */
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MIN_VALUE})
    void selectiveAcks(final int place) {
        openBefore(place, ",sackOK");
        flight(8);
        trace.in(". 1:1(0) ack 1 <sack 1001-3001>").in(". 1:1(0) ack 1 <sack 1001-7001>");
        trace.out(segment(1));
        assertThat(connection.recovery.phase()).isEqualTo(Phase.RECOVERY);
        trace.advance(100).in(". 1:1(0) ack 8001").quiet();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        close(8_001);
    }

    /** The hole contains the wrap. */
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MIN_VALUE})
    void holeAtThePlace(final int place) {
        openBefore(place, ",sackOK");
        flight(8);
        trace.in(". 1:1(0) ack 4001 <sack 5001-7001>").in(". 1:1(0) ack 4001 <sack 5001-8001>");
        trace.out(segment(4_001)).quiet();
        trace.advance(100).in(". 1:1(0) ack 8001").quiet();
        assertThat(connection.recovery.phase()).isEqualTo(Phase.OPEN);
        close(8_001);
    }

    /** Without SACK, three duplicates at the last number before the wrap. */
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MIN_VALUE})
    void fastRetransmit(final int place) {
        openBefore(place, "");
        flight(8);
        trace.in(". 1:1(0) ack 4001")
                .in(". 1:1(0) ack 4001")
                .in(". 1:1(0) ack 4001")
                .quiet();
        trace.in(". 1:1(0) ack 4001").out(segment(4_001)).quiet();
        trace.advance(100).in(". 1:1(0) ack 8001").quiet();
        close(8_001);
    }

    /** The timer expires with all of it in flight. */
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MIN_VALUE})
    void timeout(final int place) {
        openBefore(place, "");
        flight(8);
        trace.advance(300).out(segment(1)).in(". 1:1(0) ack 8001").quiet();
        close(8_001);
    }

    /** A window that closes on one side and opens on the other; the byte of the probe is at the wrap. */
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MIN_VALUE})
    void closedWindow(final int place) {
        openBefore(place, "");
        final int before = place - trace.stackIss() - 1;
        trace.write(connection, before);
        trace.drain();
        trace.advance(100).in(". 1:1(0) ack " + (before + 1) + " win 0").quiet();
        trace.write(connection, 8_000 - before);
        trace.quiet().advance(400).out(". " + (before + 1) + ":" + (before + 2) + "(1) ack 1");
        trace.in(". 1:1(0) ack " + (before + 2) + " win 65535");
        trace.drain();
        trace.advance(100).in(". 1:1(0) ack 8001").quiet();
        close(8_001);
    }

    /** RFC 5961 5: old and future ACKs are distinguished on both sides. */
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MIN_VALUE})
    void ackOfTheFuture(final int place) {
        openBefore(place, "");
        flight(8);
        trace.in(". 1:1(0) ack 8002").out(". 8001:8001(0) ack 1").quiet();
        assertThat(connection.sndUna - trace.stackIss()).isEqualTo(1);
        trace.in(". 1:1(0) ack 8001").in(". 1:1(0) ack 4001").quiet();
        assertThat(connection.sndUna - trace.stackIss()).isEqualTo(8_001);
        close(8_001);
    }

    private void close(final int sequence) {
        connection.close(trace.now());
        trace.out("F. " + sequence + ":" + sequence + "(0) ack 1");
        trace.in("F. 1:1(0) ack " + (sequence + 1)).out(". " + (sequence + 1) + ":" + (sequence + 1) + "(0) ack 2");
        assertThat(connection.state()).isIn(TcpState.TIME_WAIT, TcpState.CLOSED);
    }

    /** After 4 GiB the sequence numbers reach the ISN again, which is not the SYN then. */
    @Test
    void r3SequenceComesRoundToTheIss() {
        final Connection c = trace.established(new TcpConfig());
        // 4 GiB later.
        c.sndUna = c.iss - 1000;
        c.sndNxt = c.sndUna;
        c.sndWl2 = c.sndUna;
        c.recovery.established(c.sndUna, c.mss);
        trace.write(c, 1_000);
        trace.link.take();
        trace.in(". 1:1(0) ack 0").quiet();
        assertThat(c.sndUna).isEqualTo(c.iss);
        trace.write(c, 10);
        trace.out(". 0:10(10) ack 1").quiet();
    }

    /** The same during a flight: a retransmission across the ISN is complete. */
    @Test
    void r23RetransmissionAcrossTheIss() {
        final Connection c = trace.established(new TcpConfig());
        c.sndUna = c.iss - 1000;
        c.sndNxt = c.sndUna;
        c.sndWl2 = c.sndUna;
        c.recovery.established(c.sndUna, c.mss);
        trace.write(c, 3_000);
        trace.link.takeSent();
        trace.in(". 1:1(0) ack 0").quiet();
        trace.advance(200).out(". 0:1000(1000) ack 1");
    }
}
