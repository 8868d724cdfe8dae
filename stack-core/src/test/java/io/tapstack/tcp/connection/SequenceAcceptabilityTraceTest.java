package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Is a segment acceptable? RFC 9293 3.4, table 6, and 3.10.7.4, first. RCV.NXT is 1, RCV.WND 3000. */
class SequenceAcceptabilityTraceTest {

    private static final int WINDOW = 3_000;

    private final TcpTrace trace = new TcpTrace();
    private final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(WINDOW));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private static long sum(final long sequence, final int bytes) {
        return sequence + bytes & 0xFFFF_FFFFL;
    }

    private void fillTheWindow() {
        trace.in(". 1:1001(1000) ack 1").in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 2001");
        trace.in("P. 2001:3001(1000) ack 1")
                .advance(40)
                .out(". 1:1(0) ack 3001 win 0")
                .quiet();
    }

    /**
     * SEG.LEN = 0, RCV.WND > 0: RCV.NXT =< SEG.SEQ < RCV.NXT+RCV.WND, and the right edge too (docs/decisions/0003). Not
     * answered.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 1500, 3000, 3001})
    void emptyInTheWindow(final long sequence) {
        trace.in(". " + sequence + ":" + sequence + "(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_OUTSIDE_WINDOW, 0);
    }

    /** Otherwise: {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}. */
    @ParameterizedTest
    @ValueSource(longs = {0, 3002, 3003, 4_294_967_295L, 4_294_964_297L, 2_147_483_648L, 2_147_483_650L})
    void emptyOutsideTheWindow(final long sequence) {
        trace.in(". " + sequence + ":" + sequence + "(0) ack 1")
                .out(". 1:1(0) ack 1 win 3000")
                .quiet();
        trace.dropped(DropReason.TCP_OUTSIDE_WINDOW, 1);
    }

    /** SEG.LEN > 0, RCV.WND > 0: the first or the last byte is in the window. The part inside and in order is kept. */
    @ParameterizedTest
    @CsvSource({
        // first, bytes, kept in order
        "1,          1,    1", // first byte of the window
        "4294967295, 3,    1", // last byte is the first of the window
        "4294966797, 1000, 500",
        "4294966797, 1400, 900",
        "3000,       1,    0", // last byte of the window
        "3000,       1000, 0", // and more behind it
        "2,          1400, 0",
    })
    void dataInTheWindow(final long first, final int bytes, final int kept) {
        trace.in("P. " + first + ":" + sum(first, bytes) + "(" + bytes + ") ack 1");
        trace.advance(40).out(". 1:1(0) ack " + (1 + kept)).quiet();
        assertThat(connection.readableBytes()).isEqualTo(kept);
        trace.dropped(DropReason.TCP_OUTSIDE_WINDOW, 0).dropped(DropReason.TCP_DUPLICATE, 0);
    }

    /** Neither: an ACK at once, and nothing is kept. */
    @ParameterizedTest
    @CsvSource({
        "0,          1", // ends just before the window
        "4294966297, 1000",
        "3001,       1", // starts just behind it
        "3001,       1000",
        "2147483648, 100",
        "2147485000, 100",
    })
    void dataOutsideTheWindow(final long first, final int bytes) {
        trace.in("P. " + first + ":" + sum(first, bytes) + "(" + bytes + ") ack 1");
        trace.out(". 1:1(0) ack 1 win 3000").quiet();
        assertThat(connection.readableBytes()).isZero();
    }

    /**
     * "Segments should be trimmed to the window": a segment larger than it fills it, starting before and ending behind.
     */
    @Test
    void segmentLargerThanTheWindow() {
        trace.in(". 1:1001(1000) ack 1").in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 2001 win 1000");
        trace.in("P. 1901:3201(1300) ack 1").out(". 1:1(0) ack 3001 win 0").quiet();
        assertThat(connection.readableBytes()).isEqualTo(3_000);
    }

    /** A FIN behind data beyond the window is trimmed with it; its repetition is processed. */
    @Test
    void finBehindTheWindow() {
        trace.in(". 1:1001(1000) ack 1").in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 2001 win 1000");
        trace.in("F. 2001:3002(1001) ack 1").out(". 1:1(0) ack 3001 win 0").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.read(connection, 3_000);
        trace.out(". 1:1(0) ack 3001 win 3000");
        trace.in("F. 3001:3002(1) ack 1").out(". 1:1(0) ack 3003").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
    }

    /** A FIN exactly at the right edge needs no room: it is taken with the data that fills the window, as on Linux. */
    @Test
    void finAtTheEdgeOfTheWindow() {
        trace.in(". 1:1001(1000) ack 1").in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 2001 win 1000");
        trace.in("F. 2001:3001(1000) ack 1").out(". 1:1(0) ack 3002 win 0").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        trace.read(connection, 3_000);
        trace.quiet(); // no window is left to announce
    }

    /** The same with a window that is closed already. */
    @Test
    void finAtAZeroWindow() {
        fillTheWindow();
        trace.in("F. 3001:3001(0) ack 1").out(". 1:1(0) ack 3002 win 0").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        trace.in("F. 3001:3001(0) ack 1").out(". 1:1(0) ack 3002 win 0").quiet();
        assertThat(trace.read(connection, 3_000)).isEqualTo(3_000);
    }

    /** SEG.LEN = 0, RCV.WND = 0: SEG.SEQ = RCV.NXT only. */
    @Test
    void emptyAtAZeroWindow() {
        fillTheWindow();
        trace.in(". 3001:3001(0) ack 1").quiet();
        trace.in(". 3000:3000(0) ack 1").out(". 1:1(0) ack 3001 win 0").quiet();
        trace.in(". 3002:3002(0) ack 1").out(". 1:1(0) ack 3001 win 0").quiet();
    }

    /** SEG.LEN > 0, RCV.WND = 0: not acceptable; the probe is answered with an ACK, and its byte is not taken. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ". 3001:3002(1) ack 1",
                "P. 3001:4001(1000) ack 1",
                ". 3000:3001(1) ack 1",
                ". 3002:3003(1) ack 1"
            })
    void dataAtAZeroWindow(final String segment) {
        fillTheWindow();
        trace.in(segment).out(". 1:1(0) ack 3001 win 0").quiet();
        assertThat(connection.readableBytes()).isEqualTo(3_000);
    }

    /** 3.10.7.4, first: at a zero window, ACK (and URG and RST) must be processed all the same. */
    @Test
    void ackAtAZeroWindow() {
        trace.write(connection, 500);
        trace.out("P. 1:501(500) ack 1");
        trace.in(". 1:1001(1000) ack 1").in(". 1001:2001(1000) ack 1").out(". 501:501(0) ack 2001");
        trace.in("P. 2001:3001(1000) ack 1").advance(40).out(". 501:501(0) ack 3001 win 0");
        trace.in("P. 3001:3002(1) ack 501").out(". 501:501(0) ack 3001 win 0").quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    /** The same for RST: at RCV.NXT it resets. */
    @Test
    void resetAtAZeroWindow() {
        fillTheWindow();
        trace.in("R 3001:3001(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** Duplicate data is acknowledged again and delivered once. */
    @Test
    void duplicateData() {
        trace.in("P. 1:101(100) ack 1").advance(40).out(". 1:1(0) ack 101");
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 101").quiet();
        trace.dropped(DropReason.TCP_DUPLICATE, 1);
        assertThat(connection.readableBytes()).isEqualTo(100);
    }
}
