package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Urgent data: RFC 9293 3.8.5, RFC 6093; where these are silent, as on Linux. */
class UrgentTraceTest {

    private static final int HEADERS = TcpTrace.TCP + 20;

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection established(final boolean inLine) {
        return trace.established(new TcpConfig().urgentInLine(inLine).quickAck(true));
    }

    /** The peer's bytes: the value of each is its position in the stream, from 1. */
    private void in(final String segment) {
        final int first = Integer.parseInt(segment.split("[ :]")[1]);
        trace.in(segment, packet -> {
            for (int i = HEADERS; i < packet.capacity(); i++) {
                packet.put(i, (byte) (first + i - HEADERS));
            }
            TcpTrace.checksum(packet);
        });
    }

    private int[] read(final Connection connection) {
        final ByteBuffer target = ByteBuffer.allocate(100);
        connection.read(target, false, trace.now());
        final int[] bytes = new int[target.position()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = target.get(i);
        }
        return bytes;
    }

    /** RFC 6093 5: in line, the byte stays in the stream; a read ends at the mark, so that sockatmark can find it. */
    @Test
    void inLine() {
        final Connection connection = established(true);
        in("UP. 1:11(10) ack 1 urg 4");
        trace.out(". 1:1(0) ack 11");
        assertThat(connection.hasUrgentByte()).isTrue();
        assertThat(connection.readableBytes()).isEqualTo(10);
        assertThat(connection.isAtUrgentMark()).isFalse();
        assertThat(read(connection)).containsExactly(1, 2, 3);
        assertThat(connection.isAtUrgentMark()).isTrue();
        assertThat(read(connection)).containsExactly(4, 5, 6, 7, 8, 9, 10);
        assertThat(connection.isAtUrgentMark()).isFalse();
        assertThat(connection.hasUrgentByte()).isFalse();
    }

    /** Out of band, as on Linux: the byte before the pointer is read separately. */
    @Test
    void apart() {
        final Connection connection = established(false);
        in("UP. 1:11(10) ack 1 urg 4");
        trace.out(". 1:1(0) ack 11");
        assertThat(connection.hasUrgentByte()).isTrue();
        assertThat(connection.readUrgentByte(true)).isEqualTo((byte) 4);
        assertThat(connection.hasUrgentByte()).isTrue();
        assertThat(connection.readUrgentByte(false)).isEqualTo((byte) 4);
        assertThat(connection.hasUrgentByte()).isFalse();
        assertThat(read(connection)).containsExactly(1, 2, 3);
        assertThat(connection.isAtUrgentMark()).isTrue();
        assertThat(read(connection)).containsExactly(5, 6, 7, 8, 9, 10);
        assertThat(connection.isAtUrgentMark()).isFalse();
    }

    /** A read that continues without it loses it. */
    @Test
    void missed() {
        final Connection connection = established(false);
        in("UP. 1:4(3) ack 1 urg 1");
        trace.out(". 1:1(0) ack 4");
        assertThat(connection.isAtUrgentMark()).isTrue();
        assertThat(connection.hasUrgentByte()).isTrue();
        assertThat(read(connection)).containsExactly(2, 3);
        assertThat(connection.hasUrgentByte()).isFalse();
    }

    /** RFC 9293 3.8.5 (MUST-32): the application is told "as soon as" the pointer arrives, before the byte. */
    @Test
    void announced() {
        final Connection connection = established(false);
        in("UP. 1:4(3) ack 1 urg 7");
        trace.out(". 1:1(0) ack 4");
        assertThat(connection.isUrgentByteAnnounced()).isTrue();
        assertThat(connection.hasUrgentByte()).isFalse();
        assertThat(read(connection)).containsExactly(1, 2, 3);
        in("UP. 4:9(5) ack 1 urg 4");
        trace.out(". 1:1(0) ack 9");
        assertThat(connection.readUrgentByte(false)).isEqualTo((byte) 7);
        assertThat(read(connection)).containsExactly(4, 5, 6);
        assertThat(read(connection)).containsExactly(8);
    }

    /** A segment without data may have a pointer. */
    @Test
    void withoutData() {
        final Connection connection = established(true);
        in("U. 1:1(0) ack 1 urg 1");
        assertThat(connection.isUrgentByteAnnounced()).isTrue();
        assertThat(connection.isAtUrgentMark()).isTrue();
    }

    /** 3.10.7.4, sixth: RCV.UP = max(RCV.UP, SEG.UP); data already read is not urgent any more. */
    @Test
    void onlyAhead() {
        final Connection connection = established(true);
        in("UP. 1:11(10) ack 1 urg 8");
        trace.out(". 1:1(0) ack 11");
        in("UP. 11:12(1) ack 1 urg 0");
        trace.out(". 1:1(0) ack 12");
        assertThat(read(connection)).containsExactly(1, 2, 3, 4, 5, 6, 7);
        in("UP. 12:14(2) ack 1 urg 1");
        trace.out(". 1:1(0) ack 14");
        // The later mark replaces it, as on Linux: there is one mark.
        assertThat(read(connection)).containsExactly(8, 9, 10, 11);
        assertThat(connection.isAtUrgentMark()).isTrue();
        assertThat(read(connection)).containsExactly(12, 13);
        // A repeated segment: all of it was received.
        in("UP. 12:14(2) ack 1 urg 2");
        assertThat(connection.hasUrgentByte()).isFalse();
    }

    /** Out of order: the pointer takes effect on arrival, the byte in its order. */
    @Test
    void outOfOrder() {
        final Connection connection = established(false);
        in("UP. 4:7(3) ack 1 urg 2");
        trace.out(". 1:1(0) ack 1");
        assertThat(connection.isUrgentByteAnnounced()).isTrue();
        in("P. 1:4(3) ack 1");
        trace.out(". 1:1(0) ack 7");
        assertThat(connection.readUrgentByte(false)).isEqualTo((byte) 5);
        assertThat(read(connection)).containsExactly(1, 2, 3, 4);
        assertThat(read(connection)).containsExactly(6);
    }

    /** After a shutdown of the input all data is discarded, urgent or not. */
    @Test
    void inputShutDown() {
        final Connection connection = established(false);
        connection.shutdownInput(trace.now());
        in("UP. 1:4(3) ack 1 urg 2");
        trace.out(". 1:1(0) ack 4");
        assertThat(connection.hasUrgentByte()).isFalse();
        assertThat(connection.isAtUrgentMark()).isFalse();
    }

    /** 3.8.5: each segment up to the urgent byte has URG and a pointer behind it; those after it have none. */
    @Test
    void sending() {
        final Connection connection = trace.established(new TcpConfig());
        connection.markUrgent(1_500);
        trace.write(connection, 1_500);
        trace.out("U. 1:1001(1000) ack 1 urg 1500").out("PU. 1001:1501(500) ack 1 urg 500");
        trace.in(". 1:1(0) ack 1001").quiet();
        trace.advance(400);
        trace.out("PU. 1001:1501(500) ack 1 urg 500");
        trace.drain(); // Further repetitions.
        trace.in(". 1:1(0) ack 1501");
        trace.write(connection, 100);
        trace.out("P. 1501:1601(100) ack 1");
        trace.in(". 1:1(0) ack 1601");
    }

    /** Nagle's algorithm (RFC 9293 3.7.4) does not delay urgent data. */
    @Test
    void doesNotWaitForAcks() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 3);
        trace.out("P. 1:4(3) ack 1");
        trace.write(connection, 2);
        trace.quiet();
        connection.markUrgent(1);
        trace.write(connection, 1);
        trace.out("PU. 4:7(3) ack 1 urg 3");
        trace.in(". 1:1(0) ack 7");
    }

    /** SO_OOBINLINE takes effect at the read, not at the arrival: the option may be set after accept. */
    @Test
    void setInLineLater() {
        final Connection connection = established(false);
        in("UP. 1:4(3) ack 1 urg 1");
        trace.out(". 1:1(0) ack 4");
        connection.config().urgentInLine(true);
        assertThat(read(connection)).containsExactly(1, 2, 3);
    }

    /** The urgent byte alone, out of band: nothing else is readable, and the end of the stream follows. */
    @Test
    void apartAtTheEnd() {
        final Connection connection = established(false);
        in("FUP. 1:2(1) ack 1 urg 1");
        trace.out(". 1:1(0) ack 3");
        assertThat(connection.readableBytes()).isZero();
        assertThat(connection.readableBeforeMark()).isZero();
        assertThat(connection.isInputEnded()).isTrue();
        assertThat(connection.readUrgentByte(false)).isEqualTo((byte) 1);
    }

    /** The urgent byte is beyond the range of the pointer, which has its largest value. */
    @ParameterizedTest
    @ValueSource(ints = {70_000, 200_000})
    void farAway(final int length) {
        final Connection connection = trace.established(new TcpConfig());
        connection.markUrgent(length);
        trace.write(connection, length);
        trace.out("U. 1:1001(1000) ack 1 urg 65535");
        trace.drain(); // The rest of the window.
        connection.abort(trace.now());
    }
}
