package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The ACK field in the synchronized states: RFC 9293 3.10.7.4, fifth, and RFC 5961 5.2. SND.UNA is 2001, SND.NXT 5001.
 */
class AckFieldTraceTest {

    private static final int WINDOW = 10_000;

    private final TcpTrace trace = new TcpTrace();
    private final Connection connection = trace.established(new TcpConfig(), WINDOW);

    @BeforeEach
    void someInFlight() {
        trace.write(connection, 5_000);
        for (int at = 1; at < 5_000; at += 1_000) {
            trace.out(". " + at + ":" + (at + 1_000) + "(1000) ack 1");
        }
        trace.in(". 1:1(0) ack 2001 win " + WINDOW).quiet();
    }

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** SND.UNA < SEG.ACK =< SND.NXT: SND.UNA = SEG.ACK, in the middle of a segment too. */
    @ParameterizedTest
    @ValueSource(ints = {2_002, 2_500, 3_001, 5_000, 5_001})
    void acceptable(final int ack) {
        trace.in(". 1:1(0) ack " + ack + " win " + WINDOW).quiet();
        assertThat(connection.unacknowledgedBytes()).isEqualTo(5_001 - ack);
    }

    /** SEG.ACK > SND.NXT: "send an ACK, drop the segment, and return". */
    @ParameterizedTest
    @ValueSource(longs = {5_002, 100_000, 2_147_483_649L - 1})
    void future(final long ack) {
        trace.in("P. 1:101(100) ack " + ack).out(". 5001:5001(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_BAD_ACK, 1);
        assertThat(connection.readableBytes()).isZero();
        assertThat(connection.unacknowledgedBytes()).isEqualTo(3_000);
    }

    /**
     * SEG.ACK =< SND.UNA: the ACK is ignored and the text is accepted, as on Linux down to the first sequence number.
     */
    @ParameterizedTest
    @ValueSource(longs = {2_001, 2_000, 1_001, 1})
    void old(final long ack) {
        trace.in("P. 1:101(100) ack " + ack + " win " + WINDOW).quiet();
        assertThat(connection.readableBytes()).isEqualTo(100);
        assertThat(connection.unacknowledgedBytes()).isEqualTo(3_000);
    }

    /** ... but no farther than SND.UNA - MAX.SND.WND (RFC 5961 5.2). */
    @Test
    void oldByAWindow() {
        trace.in(". 1:1(0) ack 5001 win " + WINDOW);
        for (int at = 5_001; at < 15_001; at += 1_000) {
            trace.write(connection, 1_000);
            trace.out("P. " + at + ":" + (at + 1_000) + "(1000) ack 1");
            trace.in(". 1:1(0) ack " + (at + 1_000) + " win " + WINDOW);
        }
        trace.in("P. 1:101(100) ack 5000").out(". 15001:15001(0) ack 1").quiet();
        assertThat(connection.readableBytes()).isZero();
        trace.in("P. 1:101(100) ack 5001").quiet();
        assertThat(connection.readableBytes()).isEqualTo(100);
    }

    /** RFC 5961 5.2: an older ACK may be a guess: the segment is discarded and an ACK sent. */
    @ParameterizedTest
    @ValueSource(longs = {0, 0xFFFF_FFFFL, 2_001L - WINDOW & 0xFFFF_FFFFL, 0x8000_0000L, 0xF000_0000L})
    void tooOld(final long ack) {
        trace.in("P. 1:101(100) ack " + ack).out(". 5001:5001(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_BAD_ACK, 1);
        assertThat(connection.readableBytes()).isZero();
    }

    /** Challenge ACKs to an attacker are limited to ten in five seconds (RFC 5961 7). */
    @Test
    void answersAreLimited() {
        for (int i = 0; i < 10; i++) {
            trace.in(". 1:1(0) ack 6000").out(". 5001:5001(0) ack 1").quiet();
        }
        trace.in(". 1:1(0) ack 6000").quiet();
    }

    /** "If the ACK bit is off, drop the segment and return." */
    @ParameterizedTest
    @ValueSource(strings = {"P 1:101(100)", "F 1:1(0)", "- 1:101(100)", "U 1:1(0)"})
    void noAck(final String segment) {
        trace.in(segment).quiet();
        trace.dropped(DropReason.TCP_NO_ACK, 1);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(connection.readableBytes()).isZero();
    }

    /** A late old ACK does not move SND.UNA back, and nothing is retransmitted. */
    @Test
    void reorderedAcks() {
        trace.in(". 1:1(0) ack 5001 win " + WINDOW).quiet();
        trace.in(". 1:1(0) ack 3001 win " + WINDOW)
                .in(". 1:1(0) ack 4001 win " + WINDOW)
                .quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
        trace.advance(10_000).quiet();
    }

    /** 3.10.7.4, fifth: an ACK of a part of the FIN's segment leaves the FIN unacknowledged. */
    @Test
    void finIsAcknowledgedByItsOwnNumber() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 5001:5001(0) ack 1");
        trace.in(". 1:1(0) ack 5001 win " + WINDOW).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_1);
        trace.in(". 1:1(0) ack 5002 win " + WINDOW).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
        // The FIN has a sequence number; the numbers behind it were never sent.
        trace.in(". 1:1(0) ack 5003 win " + WINDOW).out(". 5002:5002(0) ack 1").quiet();
    }
}
