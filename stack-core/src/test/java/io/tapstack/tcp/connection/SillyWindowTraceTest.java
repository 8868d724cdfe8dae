package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Silly-window avoidance on both sides: RFC 9293 3.8.6.2.1 (MUST-38) and 3.8.6.2.2 (MUST-39), also with Nagle's
 * algorithm.
 */
class SillyWindowTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** Sender (1): a full segment is always sent; a rest of the window below half of its largest is not. */
    @Test
    void restOfTheWindow() {
        trace.write(trace.established(new TcpConfig(), 2_900), 10_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 2900").out(". 2001:3001(1000) ack 1").quiet();
    }

    /** Sender (2): all data is sent, with PSH, however small, if nothing is in flight. */
    @Test
    void allThereIs() {
        trace.write(trace.established(new TcpConfig(), 2_000), 7);
        trace.out("P. 1:8(7) ack 1").quiet();
    }

    /** Sender (2) applies with TCP_NODELAY too: a small part of the data waits. */
    @Test
    void noDelayIsNotSilly() {
        final Connection connection = trace.established(new TcpConfig().noDelay(true), 2_000);
        trace.write(connection, 1_900);
        trace.out(". 1:1001(1000) ack 1").out("P. 1001:1901(900) ack 1").quiet();
        trace.write(connection, 900);
        trace.quiet();
        trace.in(". 1:1(0) ack 1001 win 1300").quiet();
        trace.in(". 1:1(0) ack 1901 win 1300").out("P. 1901:2801(900) ack 1").quiet();
    }

    /** Sender (3): half of the largest window that the peer ever offered. */
    @ParameterizedTest
    @ValueSource(ints = {400, 799, 800})
    void halfOfTheLargest(final int window) {
        final Connection connection = trace.established(new TcpConfig(), 800);
        trace.write(connection, 5_000);
        trace.out(". 1:801(800) ack 1").quiet();
        trace.in(". 1:1(0) ack 801 win " + window);
        trace.out(". 801:" + (801 + window) + "(" + window + ") ack 1").quiet();
    }

    /** Receiver: the edge stays until a segment or half of the buffer is free; a window of 0 does not become 1. */
    @Test
    void smallReads() {
        final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(2_000));
        trace.in(". 1:1001(1000) ack 1")
                .in(". 1001:2001(1000) ack 1")
                .out(". 1:1(0) ack 2001 win 0")
                .quiet();
        for (int read = 100; read < 1_000; read += 100) {
            trace.read(connection, 100);
            trace.quiet();
        }
        trace.in(". 2001:2002(1) ack 1").out(". 1:1(0) ack 2001 win 0").quiet();
        trace.read(connection, 100);
        trace.out(". 1:1(0) ack 2001 win 1000").quiet();
    }

    /** Receiver: with a large buffer a full segment is enough. */
    @Test
    void fullSegmentIsEnough() {
        final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(20_000));
        trace.in(". 1:20001(20000) ack 1", packet -> {});
        trace.drain(); // ACKs.
        assertThat(connection.rcvWnd()).isLessThan(1_460);
        trace.read(connection, 1_459 - connection.rcvWnd());
        trace.quiet();
        trace.read(connection, 1);
        trace.out(". 1:1(0) ack 20001 win 1460").quiet();
    }

    /** Nagle and a closed window: the ACK that opens both sends the waiting data. */
    @Test
    void nagleAndAClosedWindow() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1");
        trace.write(connection, 20);
        trace.in(". 1:1(0) ack 11 win 0").quiet();
        trace.in(". 1:1(0) ack 11 win 1000").out("P. 11:31(20) ack 1").quiet();
    }

    /** A small segment acknowledged long ago delays nothing, over the whole sequence space. */
    @Test
    void nagleForgets() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1").in(". 1:1(0) ack 11");
        for (int at = 11; at < 50_011; at += 10_000) {
            trace.write(connection, 10_000);
            for (int i = 0; i < 10; i++) {
                final int from = at + 1_000 * i;
                trace.out(". " + from + ":" + (from + 1_000) + "(1000) ack 1");
            }
            trace.in(". 1:1(0) ack " + (at + 10_000)).quiet();
        }
        trace.write(connection, 10);
        trace.out("P. 50011:50021(10) ack 1").quiet();
    }

    /** Receiver: half of the smallest buffer is 0, so each byte read sends an update. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void tinyBuffer(final int size) {
        final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(size));
        for (int at = 1; at < 50; at += size) {
            trace.in("P. " + at + ":" + (at + size) + "(" + size + ") ack 1").advance(40);
            trace.out(". 1:1(0) ack " + (at + size) + " win 0").quiet();
            assertThat(trace.read(connection, size)).isEqualTo(size);
            trace.out(". 1:1(0) ack " + (at + size) + " win " + size).quiet();
        }
    }

    /** The same where the ACK was still delayed when the application read. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void tinyBufferThatIsReadAtOnce(final int size) {
        final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(size));
        for (int at = 1; at < 50; at += size) {
            trace.in("P. " + at + ":" + (at + size) + "(" + size + ") ack 1");
            assertThat(trace.read(connection, size)).isEqualTo(size);
            trace.out(". 1:1(0) ack " + (at + size) + " win " + size).quiet();
        }
    }

    /** A buffer smaller than one unit of the window scale: the announced window must be 1, not 0. */
    @Test
    void bufferBelowTheScale() {
        final TcpListener listener = trace.listen(
                new TcpConfig().timestamps(false).quickAck(true).windowShift(7).receiveBufferBytes(10));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 0>").out("S. 0:0(0) ack 1 win 10 <mss 1460,wscale 7>");
        trace.in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        for (int at = 1; at < 100; at += 10) {
            trace.in("P. " + at + ":" + (at + 10) + "(10) ack 1");
            assertThat(trace.read(connection, 10)).isEqualTo(10);
            trace.advance(100);
            assertThat(connection.rcvWnd()).isPositive();
            trace.drain(); // The ACK, and a window update, if one was needed.
        }
    }
}
