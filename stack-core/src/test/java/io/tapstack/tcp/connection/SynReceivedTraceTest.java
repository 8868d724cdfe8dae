package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SEGMENT ARRIVES in SYN-RECEIVED after a passive open: RFC 9293 3.10.7.4. */
class SynReceivedTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpListener listener =
            trace.listen(new TcpConfig().timestamps(false).windowScaling(false).receiveBufferBytes(10_000));

    @BeforeEach
    void synReceived() {
        trace.in("S 0:0(0) win 5000 <mss 1000>")
                .out("S. 0:0(0) ack 1 win 10000")
                .quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
    }

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection accepted() {
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** The peer repeats its SYN, so our SYN-ACK was lost. The repeated SYN-ACK contains the ACK of "first". */
    @Test
    void duplicateSyn() {
        trace.in("S 0:0(0) win 5000 <mss 1000>")
                .out("S. 0:0(0) ack 1 win 10000")
                .quiet();
        trace.in("S 0:0(0) win 5000 <mss 1000>")
                .out("S. 0:0(0) ack 1 win 10000")
                .quiet();
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(accepted().state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** First: outside the window: {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ". 0:0(0) ack 1",
                ". 10002:10002(0) ack 1",
                "P. 10001:10101(100) ack 1",
                "S 10001:10001(0)",
                "S 4294967295:4294967295(0)",
                "S. 0:0(0) ack 1",
                "F. 10001:10001(0) ack 1"
            })
    void outsideTheWindow(final String segment) {
        trace.in(segment).out(". 1:1(0) ack 1").quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
    }

    /** Second: a reset at RCV.NXT returns to LISTEN; nothing is sent, and the application is not told. */
    @ParameterizedTest
    @ValueSource(strings = {"R 1:1(0)", "R. 1:1(0) ack 1", "R. 1:1(0) ack 99", "SR 1:1(0)"})
    void resetReturnsToListen(final String segment) {
        trace.in(segment).quiet();
        assertThat(listener.halfOpen()).isZero();
        assertThat(TcpTrace.accept(listener)).isNull();
        assertThat(trace.stack.tcp().connections()).isEmpty();
        trace.advance(10_000).quiet();
    }

    /** Second: RFC 5961 3.2: a reset elsewhere in the window is answered with a challenge ACK. */
    @ParameterizedTest
    @ValueSource(ints = {2, 5000, 10_000})
    void resetNotExact(final int sequence) {
        trace.in("R " + sequence + ":" + sequence + "(0)").out(". 1:1(0) ack 1").quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
    }

    /** First: a reset outside of the window is dropped and not answered. */
    @ParameterizedTest
    @ValueSource(longs = {0, 10_001, 4_294_967_295L})
    void resetOutsideTheWindow(final long sequence) {
        trace.in("R " + sequence + ":" + sequence + "(0)").quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
    }

    /** Fourth: a SYN in the window: "if the connection was initiated with a passive OPEN, return to LISTEN". */
    @ParameterizedTest
    @ValueSource(strings = {"S 1:1(0)", "S 7000:7000(0)", "S. 1:1(0) ack 1"})
    void newSynReturnsToListen(final String segment) {
        trace.in(segment).quiet();
        trace.dropped(DropReason.TCP_SYN_IN_WINDOW, 1);
        assertThat(listener.halfOpen()).isZero();
    }

    /** Fifth: "if the ACK bit is off, drop the segment and return". */
    @ParameterizedTest
    @ValueSource(strings = {"P 1:101(100)", "F 1:1(0)", "U 1:1(0)", "- 1:1(0)"})
    void withoutAck(final String segment) {
        trace.in(segment).quiet();
        trace.dropped(DropReason.TCP_NO_ACK, 1);
        assertThat(listener.halfOpen()).isEqualTo(1);
    }

    /** Fifth: not SND.UNA < SEG.ACK =< SND.NXT: {@code <SEQ=SEG.ACK><CTL=RST>}; the half-open connection stays. */
    @ParameterizedTest
    @ValueSource(longs = {0, 2, 1000, 0x7FFF_FFFFL, 0x8000_0001L, 0xFFFF_FFFFL})
    void badAckIsReset(final long ack) {
        trace.in("P. 1:101(100) ack " + ack).out("R " + ack + ":" + ack + "(0)").quiet();
        trace.dropped(DropReason.TCP_BAD_ACK, 1);
        assertThat(listener.halfOpen()).isEqualTo(1);
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(accepted().state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** Fifth to eighth: the ACK has data, a FIN, or both: "enter ESTABLISHED state and continue processing". */
    @ParameterizedTest
    @CsvSource({
        "P. 1:101(100) ack 1, 100, ESTABLISHED",
        "F. 1:1(0) ack 1, 0, CLOSE_WAIT",
        "F. 1:51(50) ack 1, 50, CLOSE_WAIT"
    })
    void ackWithMore(final String segment, final int bytes, final TcpState state) {
        trace.in(segment);
        final Connection connection = accepted();
        assertThat(connection.state()).isEqualTo(state);
        assertThat(connection.readableBytes()).isEqualTo(bytes);
        final int fin = state == TcpState.CLOSE_WAIT ? 1 : 0;
        trace.advance(40).out(". 1:1(0) ack " + (1 + bytes + fin)).quiet();
    }

    /** Data after a lost ACK: it completes the handshake, but out of order, and is answered with a duplicate ACK. */
    @Test
    void ackWithLaterData() {
        trace.in("P. 101:201(100) ack 1").out(". 1:1(0) ack 1").quiet();
        final Connection connection = accepted();
        assertThat(connection.readableBytes()).isZero();
        trace.in("P. 1:101(100) ack 1").out(". 1:1(0) ack 201").quiet();
        assertThat(connection.readableBytes()).isEqualTo(200);
    }

    /** Fifth: SND.WND = SEG.WND of the ACK. */
    @Test
    void windowOfTheAck() {
        trace.in(". 1:1(0) ack 1 win 2000");
        trace.write(accepted(), 5_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
    }

    /**
     * RFC 6298 2.1 and 5.5: the SYN-ACK is repeated after 1, 2, 4 ... seconds; then the half-open connection ends
     * without a segment.
     */
    @Test
    void synAckIsRepeatedAndGivenUp() {
        for (int retry = 0; retry < 6; retry++) {
            trace.advance((1_000L << retry) - 2).quiet();
            trace.advance(2).out("S. 0:0(0) ack 1 win 10000 <mss 1460>").quiet();
        }
        assertThat(listener.halfOpen()).isEqualTo(1);
        trace.advance(64_000).quiet();
        assertThat(listener.halfOpen()).isZero();
        assertThat(trace.stack.tcp().connections()).isEmpty();
    }

    /** The handshake may complete after a repeated SYN-ACK. */
    @Test
    void lateAck() {
        trace.advance(1_000).out("S. 0:0(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(accepted().state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(10_000).quiet();
    }

    /** CLOSE of the listener resets the connections that it has not handed over (3.10.5, SYN-RECEIVED). */
    @Test
    void listenerCloses() {
        listener.close(trace.now());
        trace.out("R. 1:1(0) ack 1").quiet();
        assertThat(trace.stack.tcp().connections()).isEmpty();
    }

    /**
     * The ACK is acceptable to the half-open connection, but old by the timestamps of the new one: the SYN-ACK is
     * repeated.
     */
    @Test
    void ackThatIsRefusedAfterAll() {
        final TcpTrace slept = new TcpTrace();
        slept.listen(new TcpConfig());
        slept.in("S 0:0(0) win 65535 <mss 1000,ts 100/0>")
                .out("S. 0:0(0) ack 1")
                .quiet();
        slept.sleep(25L * 24 * 3_600 * 1_000).in(". 1:1(0) ack 1 <ts 50/0>");
        while (slept.link.take() != null) {
            // The SYN-ACK that was due meanwhile, and the answer to the old timestamp.
        }
        slept.advance(10_000).out("S. 0:0(0) ack 1");
        while (slept.link.take() != null) {
            // And again.
        }
        slept.noLeaks();
    }

    /**
     * The same after CLOSE of the listener: a peer that completes the handshake gets a reset, as no application will
     * accept it.
     */
    @Test
    void completeWhenTheListenerIsClosed() {
        final TcpTrace slept = new TcpTrace();
        final TcpListener closing = slept.listen(new TcpConfig());
        slept.in("S 0:0(0) win 65535 <mss 1000,ts 100/0>").out("S. 0:0(0) ack 1");
        slept.sleep(25L * 24 * 3_600 * 1_000).in(". 1:1(0) ack 1 <ts 50/0>");
        while (slept.link.take() != null) {
            // As above.
        }
        closing.close(slept.now());
        slept.in(". 1:1(0) ack 1 <ts 200/0>").out("R. 1:1(0) ack 1").quiet();
        assertThat(slept.stack.tcp().connections()).isEmpty();
        slept.noLeaks();
    }
}
