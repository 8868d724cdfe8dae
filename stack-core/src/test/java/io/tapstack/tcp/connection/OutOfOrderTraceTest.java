package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.queue.ReassemblyQueue;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Segments out of order: RFC 9293 3.10.7.4, seventh (SHLD-31), and their ACKs: RFC 5681 4.2. */
class OutOfOrderTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** RFC 5681 4.2: one duplicate ACK at once for each segment behind a gap: the sender counts them. */
    @Test
    void oneDuplicateAckForEach() {
        final Connection connection = trace.established(new TcpConfig());
        for (int at = 1_001; at < 6_000; at += 1_000) {
            trace.in(". " + at + ":" + (at + 1_000) + "(1000) ack 1")
                    .out(". 1:1(0) ack 1 win 65535")
                    .quiet();
        }
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 6001").quiet();
        assertThat(trace.read(connection, 10_000)).isEqualTo(6_000);
    }

    /** RFC 5681 4.2: an immediate ACK too for a segment that fills a part of the gap. */
    @Test
    void partOfAGap() {
        trace.established(new TcpConfig());
        trace.in("P. 101:201(100) ack 1").out(". 1:1(0) ack 1");
        trace.in("P. 1:51(50) ack 1").out(". 1:1(0) ack 51").quiet();
        trace.in("P. 51:101(50) ack 1").out(". 1:1(0) ack 201").quiet();
        // In order again: delayed again.
        trace.in("P. 201:301(100) ack 1")
                .quiet()
                .advance(40)
                .out(". 1:1(0) ack 301")
                .quiet();
    }

    /** A segment behind a gap that arrives twice is kept once, and acknowledged twice. */
    @Test
    void twiceBehindTheGap() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("P. 101:201(100) ack 1").out(". 1:1(0) ack 1");
        trace.in("P. 101:201(100) ack 1").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.reassembly.pieces()).isEqualTo(1);
    }

    /** Data behind a gap is neither readable nor acknowledged, and is freed with the connection. */
    @Test
    void notReadable() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("P. 101:201(100) ack 1").out(". 1:1(0) ack 1");
        assertThat(connection.readableBytes()).isZero();
        trace.in("R 1:1(0)").quiet();
        assertThat(connection.reassembly.pieces()).isZero();
    }

    /** The ACK of a segment behind a gap is processed (fifth comes before seventh). */
    @Test
    void itsAckCounts() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 500);
        trace.out("P. 1:501(500) ack 1");
        trace.in("P. 101:201(100) ack 501").out(". 501:501(0) ack 1").quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    /** Data alone does not carry a duplicate ACK: the ACK is sent with data too, but only one of them. */
    @Test
    void dataCarriesTheAck() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("P. 1:101(100) ack 1").quiet();
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 101").quiet().advance(100).quiet();
    }

    /** A FIN behind a gap does not close, even if its sequence number is at the end of the kept data. */
    @Test
    void finBehindTwoGaps() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("FP. 201:301(100) ack 1").out(". 1:1(0) ack 1");
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 101");
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.in("P. 101:201(100) ack 1").out(". 1:1(0) ack 302").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 1_000)).isEqualTo(300);
    }

    /** Every second byte without end: memory is bounded, drops are counted, and the connection continues. */
    @Test
    void everySecondByte() {
        final Connection connection = trace.established(new TcpConfig());
        for (int at = 3; at < 3_000; at += 2) {
            trace.in(". " + at + ":" + (at + 1) + "(1) ack 1");
            trace.out(". 1:1(0) ack 1");
        }
        assertThat(connection.reassembly.pieces()).isBetween(700, ReassemblyQueue.MAX_PIECES);
        // Twice the window, and a super-segment.
        assertThat(connection.heldBytes()).isLessThanOrEqualTo(2 * 65_535 + BufferPool.SUPER);
        assertThat(trace.stack.statistics().drops(DropReason.TCP_REASSEMBLY_LIMIT))
                .isPositive();
        trace.in("P. 1:3001(3000) ack 1");
        assertThat(trace.read(connection, 10_000)).isEqualTo(3_000);
        trace.advance(40).out(". 1:1(0) ack 3001");
    }

    /** With any order, overlap and number of copies, the stream is complete and acknowledged. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anyOrder(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final int end = 40_000;
        final Connection connection = trace.established(new TcpConfig());
        final ByteBuffer got = ByteBuffer.allocate(end);
        while (got.position() < end) {
            final int rcvNxt = got.position() + connection.readableBytes();
            final int from = Math.min(end - 1, Math.max(0, rcvNxt - 500 + random.nextInt(3_000)));
            final int length = Math.min(end - from, 1 + random.nextInt(1_400));
            trace.in(
                    ". " + (1 + from) + ":" + (1 + from + length) + "(" + length + ") ack 1",
                    packet -> fill(packet, from));
            if (random.nextInt(4) == 0) {
                connection.read(got, false, trace.now());
            }
            trace.drain(); // ACKs.
        }
        for (int at = 0; at < end; at++) {
            assertThat(got.get(at)).as("byte %d", at).isEqualTo(at(at));
        }
        trace.in(". " + (1 + end) + ":" + (1 + end) + "(0) ack 2").out(". 1:1(0) ack " + (1 + end));
    }

    private static byte at(final int place) {
        return (byte) (place * 31 + (place >>> 8));
    }

    /** Writes a part of the stream into a segment, and corrects the checksum. */
    private static void fill(final ByteBuffer packet, final int from) {
        final int text = TcpTrace.TCP + 20;
        for (int i = text; i < packet.capacity(); i++) {
            packet.put(i, at(from + i - text));
        }
        TcpTrace.checksum(packet);
    }

    /** RFC 9293 3.10.7.4: data behind a FIN out of order is not delivered. */
    @Test
    void r21DataBehindTheFin() {
        final Connection c = trace.established(new TcpConfig());
        trace.in("F. 101:101(0) ack 1");
        trace.in(". 1:201(200) ack 1");
        assertThat(c.state() + " " + c.readableBytes()).isEqualTo("CLOSE_WAIT 100");
    }
}
