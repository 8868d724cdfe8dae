package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Receiving: acceptability (RFC 9293 3.4, 3.10.7.4 first), order, and when to acknowledge (RFC 5681 4.2, RFC 1122
 * 4.2.3.2).
 */
class ReceiveTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(10_000));

    @AfterEach
    void nothingIsLeft() {
        connection.abort(trace.now());
        trace.noLeaks();
    }

    /** 3.4, table 6: a segment outside the window is answered by an ACK and dropped. */
    @ParameterizedTest
    @CsvSource({"10001, 10", "20000, 100", "2000000, 1"})
    void beyondTheWindow(final int seq, final int length) {
        trace.in(". " + seq + ":" + (seq + length) + "(" + length + ") ack 1")
                .out(". 1:1(0) ack 1")
                .quiet();
        trace.dropped(DropReason.TCP_OUTSIDE_WINDOW, 1);
        assertThat(connection.readableBytes()).isZero();
    }

    /** 3.10.7.4, first: "trimmed to the window": the part behind the window is cut. */
    @Test
    void tailBeyondTheWindowIsCut() {
        trace.in(". 1:9001(9000) ack 1").out(". 1:1(0) ack 9001");
        trace.in(". 9001:11001(2000) ack 1").out(". 1:1(0) ack 10001 win 0").quiet();
        assertThat(trace.read(connection, 20_000)).isEqualTo(10_000);
        trace.out(". 1:1(0) ack 10001 win 10000").quiet();
    }

    /** ... and the part below RCV.NXT. */
    @Test
    void headReceivedBeforeIsCut() {
        trace.in(". 1:601(600) ack 1").quiet();
        trace.in(". 301:901(600) ack 1").out(". 1:1(0) ack 901").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(900);
    }

    /** A complete duplicate gets an ACK at once, as the last ACK may be lost. */
    @Test
    void duplicateIsAcknowledged() {
        trace.in(". 1:601(600) ack 1").quiet();
        trace.in(". 1:601(600) ack 1").out(". 1:1(0) ack 601").quiet();
        trace.dropped(DropReason.TCP_DUPLICATE, 1);
        assertThat(trace.read(connection, 5_000)).isEqualTo(600);
    }

    /** RFC 5681 4.2: an ACK for at least every second full-sized segment. */
    @Test
    void everySecondFullSegment() {
        trace.in(". 1:1001(1000) ack 1").quiet();
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 2001").quiet();
        trace.in(". 2001:3001(1000) ack 1").quiet();
        trace.in(". 3001:4001(1000) ack 1").out(". 1:1(0) ack 4001").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(4_000);
    }

    /** RFC 1122 4.2.3.2: otherwise within 500 ms; here 40. */
    @Test
    void delayed() {
        trace.in("P. 1:101(100) ack 1").quiet();
        trace.advance(39).quiet();
        trace.advance(1).out(". 1:1(0) ack 101").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(100);
    }

    /** Sent data carries the ACK. */
    @Test
    void piggybacked() {
        trace.in("P. 1:101(100) ack 1").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(100);
        trace.write(connection, 50);
        trace.out("P. 1:51(50) ack 101").quiet();
        trace.advance(40).quiet();
    }

    /** TCP_QUICKACK. */
    @Test
    void quickAck() {
        connection.config().quickAck(true);
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 101").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(100);
    }

    /** RFC 5681 4.2: an immediate ACK for a segment out of order, and for one that fills all or part of a gap. */
    @Test
    void gaps() {
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.in(". 3001:4001(1000) ack 1").out(". 1:1(0) ack 1").quiet();
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 2001").quiet();
        trace.in(". 2001:3001(1000) ack 1").out(". 1:1(0) ack 4001").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(4_000);
    }

    /** Overlaps of all kinds; every byte is delivered once. */
    @Test
    void overlaps() {
        trace.in(". 501:1001(500) ack 1").out(". 1:1(0) ack 1");
        trace.in(". 401:601(200) ack 1").out(". 1:1(0) ack 1");
        trace.in(". 901:1401(500) ack 1").out(". 1:1(0) ack 1");
        trace.in(". 301:1501(1200) ack 1").out(". 1:1(0) ack 1");
        trace.in(". 1:351(350) ack 1").out(". 1:1(0) ack 1501").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(1_500);
    }

    /**
     * RFC 9293 3.8.6, SHLD-14: the right edge of the window never moves back, and advances by a segment or half the
     * buffer (3.8.6.2.2).
     */
    @Test
    void windowAnnounced() {
        trace.in(". 1:1001(1000) ack 1").in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 2001 win 8000");
        // Less than a segment was read, so the edge stays.
        assertThat(trace.read(connection, 500)).isEqualTo(500);
        trace.in(". 2001:3001(1000) ack 1").in(". 3001:4001(1000) ack 1").out(". 1:1(0) ack 4001 win 6000");
        assertThat(trace.read(connection, 3_500)).isEqualTo(3_500);
        trace.quiet();
        trace.in(". 4001:5001(1000) ack 1").in(". 5001:6001(1000) ack 1").out(". 1:1(0) ack 6001 win 8000");
        assertThat(trace.read(connection, 5_000)).isEqualTo(2_000);
    }

    /** A closed window is opened again by an ACK of its own, and probes of it are answered (3.8.6.1). */
    @Test
    void closedWindow() {
        for (int at = 1; at < 10_000; at += 2_000) {
            trace.in(". " + at + ":" + (at + 1_000) + "(1000) ack 1").quiet();
            trace.in(". " + (at + 1_000) + ":" + (at + 2_000) + "(1000) ack 1").out(". 1:1(0) ack " + (at + 2_000));
        }
        trace.in(". 10001:10002(1) ack 1").out(". 1:1(0) ack 10001 win 0").quiet();
        assertThat(trace.read(connection, 400)).isEqualTo(400);
        trace.quiet();
        assertThat(trace.read(connection, 20_000)).isEqualTo(9_600);
        trace.out(". 1:1(0) ack 10001 win 10000").quiet();
    }

    /** With a closed window ACKs and resets are still processed (3.10.7.4, first). */
    @Test
    void closedWindowTakesAcks() {
        trace.in(". 1:10001(10000) ack 1").out(". 1:1(0) ack 10001 win 0");
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 10001");
        trace.in(". 10001:10001(0) ack 101").quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    /** Urgent data is delivered in line (RFC 6093 3.1). */
    @Test
    void urgentDataIsInLine() {
        trace.in("UP. 1:11(10) ack 1").quiet();
        assertThat(trace.read(connection, 100)).isEqualTo(10);
    }
}
