package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Resets in the synchronized states: RFC 9293 3.10.7.4, second, and RFC 5961 3.2. */
class ResetTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(8_000));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** RCV.NXT after {@link #enter}: the peer's FIN counts. */
    private int enter(final TcpState state) {
        switch (state) {
            case FIN_WAIT_1 -> shutDown();
            case FIN_WAIT_2 -> {
                shutDown();
                trace.in(". 1:1(0) ack 2");
            }
            case CLOSING -> {
                shutDown();
                trace.in("F. 1:1(0) ack 1").out(". 2:2(0) ack 2");
            }
            case CLOSE_WAIT -> trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
            case LAST_ACK -> {
                trace.in("F. 1:1(0) ack 1").out(". 1:1(0) ack 2");
                connection.shutdownOutput(trace.now());
                trace.out("F. 1:1(0) ack 2");
            }
            case TIME_WAIT -> {
                shutDown();
                trace.in("F. 1:1(0) ack 2").out(". 2:2(0) ack 2");
            }
            default -> {
                // stay in ESTABLISHED
            }
        }
        trace.quiet();
        assertThat(connection.state()).isEqualTo(state);
        return state.canReceive() ? 1 : 2;
    }

    private void shutDown() {
        connection.shutdownOutput(trace.now());
        trace.out("F. 1:1(0) ack 1");
    }

    /**
     * RST at RCV.NXT: "any outstanding RECEIVEs and SEND should receive reset responses ... enter the CLOSED state". In
     * CLOSING and LAST-ACK the application gets the error too, as on Linux: its data may not have arrived.
     */
    @ParameterizedTest
    @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK"})
    void exactResets(final TcpState state) {
        final int rcvNxt = enter(state);
        trace.in("R " + rcvNxt + ":" + rcvNxt + "(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        final SocketError expected =
                switch (state) {
                    // As on other systems: the application has the end of the stream, so only a write fails.
                    case CLOSE_WAIT -> SocketError.EPIPE;
                    default -> SocketError.ECONNRESET;
                };
        assertThat(connection.error()).isEqualTo(expected);
        trace.advance(200_000).quiet();
    }

    /** RFC 1337 fix 1: no reset ends TIME-WAIT. */
    @Test
    void timeWaitIgnoresResets() {
        final int rcvNxt = enter(TcpState.TIME_WAIT);
        trace.in("R " + rcvNxt + ":" + rcvNxt + "(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.TIME_WAIT);
        trace.dropped(DropReason.TCP_RST_IGNORED, 1);
    }

    /** RFC 5961 3.2: in the window but not at RCV.NXT: a challenge ACK, whatever the state. */
    @ParameterizedTest
    @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT", "CLOSING", "LAST_ACK"})
    void inexactIsChallenged(final TcpState state) {
        final int rcvNxt = enter(state);
        final int next = rcvNxt + 1;
        final int sndNxt = state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT ? 1 : 2;
        trace.in("R " + next + ":" + next + "(0)");
        trace.out(". " + sndNxt + ":" + sndNxt + "(0) ack " + rcvNxt).quiet();
        assertThat(connection.state()).isEqualTo(state);
        trace.dropped(DropReason.TCP_RST_NOT_EXACT, 1);
    }

    /** A peer that was reset answers the challenge with a RST at our RCV.NXT (RFC 5961 3.2), which resets. */
    @Test
    void challengeIsConfirmed() {
        trace.in("R 7:7(0)").out(". 1:1(0) ack 1");
        trace.in("R 1:1(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ECONNRESET);
    }

    /** The last sequence number of the window is inside. */
    @ParameterizedTest
    @ValueSource(longs = {2, 4_000, 8_000})
    void inTheWindow(final long sequence) {
        trace.in("R " + sequence + ":" + sequence + "(0)").out(". 1:1(0) ack 1").quiet();
    }

    /** RFC 5961 3.2: outside of the window: "silently drop the segment". */
    @ParameterizedTest
    @ValueSource(longs = {0, 8_001, 2_147_483_648L, 4_294_967_295L})
    void outsideTheWindow(final long sequence) {
        trace.in("R " + sequence + ":" + sequence + "(0)").quiet();
        trace.in("R. " + sequence + ":" + sequence + "(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.dropped(DropReason.TCP_OUTSIDE_WINDOW, 2);
    }

    /**
     * "Resets in synchronized states are validated by their SEQ fields" (3.5.3): ACK, SYN and FIN do not matter, nor
     * does text.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "R. 1:1(0) ack 1",
                "R. 1:1(0) ack 0",
                "R. 1:1(0) ack 4000000",
                "SR 1:1(0)",
                "FR. 1:1(0) ack 1",
                "PR. 1:101(100) ack 1"
            })
    void onlyTheSequenceNumberCounts(final String segment) {
        trace.in(segment).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.readableBytes()).isZero();
    }

    /** Data received before the reset can still be read; unsent data is discarded. */
    @Test
    void unreadDataStays() {
        trace.in("P. 1:101(100) ack 1");
        trace.write(connection, 500);
        trace.out("P. 1:501(500) ack 101");
        trace.in("R 101:101(0)").quiet();
        assertThat(connection.unacknowledgedBytes()).isZero();
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
    }

    /** RFC 5961 7: challenge ACKs are limited: ten in five seconds (decision record 3). */
    @Test
    void challengesAreLimited() {
        for (int i = 0; i < 10; i++) {
            trace.in("R 7:7(0)").out(". 1:1(0) ack 1").quiet();
        }
        trace.in("R 7:7(0)").in("R 8:8(0)").quiet();
        trace.advance(4_999).in("R 7:7(0)").quiet();
        trace.advance(1).in("R 7:7(0)").out(". 1:1(0) ack 1").quiet();
    }

    /** ABORT: {@code <SEQ=SND.NXT><CTL=RST>} (3.10.5), here with an ACK, as most implementations send it. */
    @ParameterizedTest
    @EnumSource(names = {"ESTABLISHED", "FIN_WAIT_1", "FIN_WAIT_2", "CLOSE_WAIT"})
    void abort(final TcpState state) {
        final int rcvNxt = enter(state);
        connection.abort(trace.now());
        final int sndNxt = state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT ? 1 : 2;
        trace.out("R. " + sndNxt + ":" + sndNxt + "(0) ack " + rcvNxt).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** 3.10.5: in TIME-WAIT ABORT is answered "ok", without a segment. */
    @Test
    void abortInTimeWait() {
        enter(TcpState.TIME_WAIT);
        connection.abort(trace.now());
        trace.quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }
}
