package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SEGMENT ARRIVES in SYN-SENT: RFC 9293 3.10.7.3, and RFC 5961 3.2. */
class SynSentTraceTest {

    private static final TcpConfig PLAIN =
            new TcpConfig().timestamps(false).sack(false).windowScaling(false);

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection synSent() {
        final Connection connection = trace.connect(PLAIN);
        trace.out("S 0:0(0) <mss 1460>").quiet();
        return connection;
    }

    /** First: SEG.ACK =< ISS or SEG.ACK > SND.NXT: {@code <SEQ=SEG.ACK><CTL=RST>}, and the segment is discarded. */
    @ParameterizedTest
    @CsvSource({"., 0", "., 2", "., 2147483647", "., 2147483649", "S., 0", "S., 2", "F., 2", "SF., 4294967295", "PU., 9"
    })
    void unacceptableAckIsReset(final String flags, final long ack) {
        final Connection connection = synSent();
        trace.in(flags + " 0:0(0) ack " + ack);
        trace.out("R " + ack + ":" + ack + "(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.dropped(DropReason.TCP_BAD_ACK, 1);
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** First: "unless the RST bit is set, if so drop the segment and return". */
    @ParameterizedTest
    @ValueSource(longs = {0, 2, 0x8000_0000L, 0xFFFF_FFFFL})
    void unacceptableAckWithResetIsDropped(final long ack) {
        final Connection connection = synSent();
        trace.in("R. 0:0(0) ack " + ack).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
    }

    /** Second: "if the ACK was acceptable then signal connection reset"; the sequence number does not matter. */
    @ParameterizedTest
    @CsvSource({"R., 0", "R., 12345", "R., 4000000000", "SR., 0", "FR., 77"})
    void resetWithAcceptableAckRefuses(final String flags, final long seq) {
        final Connection connection = synSent();
        trace.in(flags + " " + seq + ":" + seq + "(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ECONNREFUSED);
    }

    /** Second: "Otherwise (no ACK), drop the segment and return". */
    @ParameterizedTest
    @ValueSource(strings = {"R", "SR", "FR", "PR", "SFRU"})
    void resetWithoutAckIsDropped(final String flags) {
        final Connection connection = synSent();
        trace.in(flags + " 0:0(0)").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.dropped(DropReason.TCP_RST_IGNORED, 1);
    }

    /** Fourth and fifth: neither SYN nor RST: dropped, even with an acceptable ACK. */
    @ParameterizedTest
    @ValueSource(
            strings = {". 0:0(0) ack 1", "P. 0:10(10) ack 1", "F. 0:0(0) ack 1", "P 0:10(10)", "F 0:0(0)", "U 0:0(0)"})
    void neitherSynNorResetIsDropped(final String segment) {
        final Connection connection = synSent();
        trace.in(segment).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.dropped(DropReason.TCP_FLAGS, 1);
    }

    /** Fourth: RCV.NXT = SEG.SEQ + 1, SND.UNA = SEG.ACK; {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}. */
    @Test
    void synAckEstablishes() {
        final Connection connection = synSent();
        trace.in("S. 0:0(0) ack 1 win 1234 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(10_000).quiet(); // the SYN is not sent again
    }

    /** 3.10.2 would queue the data; as on other systems a write waits until the connection is established. */
    @Test
    void writesWait() {
        final Connection connection = synSent();
        assertThat(trace.write(connection, 1_500)).isZero();
        trace.quiet();
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        assertThat(trace.write(connection, 1_500)).isEqualTo(1_500);
        trace.out(". 1:1001(1000) ack 1").out("P. 1001:1501(500) ack 1").quiet();
    }

    /** Fourth: "if there are other controls or text in the segment, then continue processing at the sixth step". */
    @Test
    void dataOnTheSynAckIsTaken() {
        final Connection connection = synSent();
        trace.in("SP. 0:100(100) ack 1 <mss 1000>").out(". 1:1(0) ack 101").quiet();
        assertThat(trace.read(connection, 1_000)).isEqualTo(100);
    }

    /** The same for a FIN: it leads to CLOSE-WAIT at once. */
    @Test
    void finOnTheSynAckCloses() {
        final Connection connection = synSent();
        trace.in("SFP. 0:10(10) ack 1 <mss 1000>").out(". 1:1(0) ack 12").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSE_WAIT);
        assertThat(trace.read(connection, 1_000)).isEqualTo(10);
    }

    /** The SYN-ACK is repeated as our ACK was lost: it is acknowledged again (RFC 5961 4.2). */
    @Test
    void repeatedSynAckIsAcknowledged() {
        final Connection connection = synSent();
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1");
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /** CLOSE and ABORT in SYN-SENT delete the TCB without a segment (3.10.4, 3.10.5). */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closedWhileConnecting(final boolean abort) {
        final Connection connection = synSent();
        if (abort) {
            connection.abort(trace.now());
        } else {
            connection.close(trace.now());
        }
        trace.quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        // The late SYN-ACK finds no connection.
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out("R 1:1(0)").quiet();
    }

    /** TCP_USER_TIMEOUT counts from the SYN (RFC 9293 3.9.1). */
    @Test
    void userTimeout() {
        final Connection connection = trace.connect(PLAIN.copy().userTimeoutNanos(2_500_000_000L));
        trace.out("S 0:0(0)").advance(1_000).out("S 0:0(0)");
        trace.advance(1_499).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.advance(1).quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    /**
     * 3.8.3, MUST-23: R2 for a SYN is at least three minutes, unless the application says otherwise; then ETIMEDOUT.
     */
    @Test
    void givesUpAfterAllRetries() {
        final Connection connection = synSent();
        for (int retry = 0; retry < 7; retry++) {
            trace.advance(1_000L << retry).out("S 0:0(0) <mss 1460>").quiet();
        }
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        // The RTO has reached its limit of 120 s.
        trace.advance(119_999).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.advance(1).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }
}
