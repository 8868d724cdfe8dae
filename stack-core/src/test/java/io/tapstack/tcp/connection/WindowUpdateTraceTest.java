package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** SND.WND, SND.WL1 and SND.WL2 (RFC 9293 3.10.7.4, fifth), and the byte of a zero-window probe in flight. */
class WindowUpdateTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection full() {
        final Connection connection = trace.established(new TcpConfig(), 2_000);
        trace.write(connection, 10_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
        return connection;
    }

    /** SND.WL1 = SEG.SEQ and SND.WL2 =< SEG.ACK: the same SEQ and ACK, and a larger window. */
    @Test
    void mereUpdate() {
        full();
        trace.in(". 1:1(0) ack 1 win 3000").out(". 2001:3001(1000) ack 1").quiet();
    }

    /** SND.WL1 < SEG.SEQ: newer data has a newer window, with the same ACK. */
    @Test
    void updateOnData() {
        final Connection connection = full();
        trace.in("P. 1:101(100) ack 1 win 3000")
                .out(". 2001:3001(1000) ack 101")
                .quiet();
        assertThat(trace.read(connection, 100)).isEqualTo(100);
    }

    /** SND.WL1 > SEG.SEQ: an older segment that was overtaken does not update the window. */
    @Test
    void overtakenSegment() {
        final Connection connection = full();
        trace.in("P. 101:201(100) ack 1 win 2000").out(". 2001:2001(0) ack 1").quiet();
        trace.in("P. 1:101(100) ack 1 win 9000").out(". 2001:2001(0) ack 201").quiet();
        assertThat(trace.read(connection, 1_000)).isEqualTo(200);
    }

    /** A window update is no duplicate ACK (RFC 5681 2, e): five of them are no loss. */
    @Test
    void updatesAreNoDuplicates() {
        final Connection connection = full();
        for (int window = 2_001; window < 2_006; window++) {
            trace.in(". 1:1(0) ack 1 win " + window);
        }
        trace.quiet();
        assertThat(connection.recovery.inRecovery()).isFalse();
    }

    /**
     * 3.8.6: "the sending TCP peer must be robust against window shrinking, which may cause the usable window to become
     * negative".
     */
    @Test
    void shrinking() {
        final Connection connection = full();
        trace.in(". 1:1(0) ack 1001 win 500").quiet();
        trace.in(". 1:1(0) ack 1001 win 0").quiet();
        trace.in(". 1:1(0) ack 2001 win 2000").out(". 2001:3001(1000) ack 1").out(". 3001:4001(1000) ack 1");
        trace.quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /**
     * The peer has accepted the byte of a probe, but an earlier update arrives first, and is too small to be used. The
     * ACK of the byte is acceptable (SEG.ACK =< SND.NXT).
     */
    @Test
    void probeIsAcknowledgedAfterASmallUpdate() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 3_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(200).out(". 1001:1002(1) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 10").quiet();
        trace.in(". 1:1(0) ack 1002 win 9").quiet();
        assertThat(connection.unacknowledgedBytes()).isEqualTo(1_999);
        trace.advance(200).out(". 1002:1011(9) ack 1").quiet();
    }

    /** The same if the byte was not accepted: it is sent again with as much as the small window allows. */
    @Test
    void probeIsLostBeforeASmallUpdate() {
        trace.write(trace.established(new TcpConfig(), 1_000), 3_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(200).out(". 1001:1002(1) ack 1").quiet();
        trace.in(". 1:1(0) ack 1001 win 10").quiet();
        trace.advance(200).out(". 1001:1011(10) ack 1").quiet();
        trace.in(". 1:1(0) ack 1011 win 2000")
                .out(". 1011:2011(1000) ack 1")
                .out("P. 2011:3001(990) ack 1")
                .quiet();
    }

    /** 3.8.6.2.1 (4): the override timeout starts when the window becomes too small, whatever arrives meanwhile. */
    @Test
    void overrideTimeoutIsNotPutOff() {
        final Connection connection = trace.established(new TcpConfig().delayedAckNanos(400_000_000), 1_000);
        trace.write(connection, 2_000);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 100");
        trace.advance(60).in("P. 1:21(20) ack 1001 win 100");
        trace.advance(60).in("P. 21:41(20) ack 1001 win 100");
        trace.advance(60).in("P. 41:61(20) ack 1001 win 100");
        trace.advance(19).quiet();
        trace.advance(1).out(". 1001:1101(100) ack 61").quiet();
    }

    /** All data is acknowledged, the last byte by a probe, and the window is still closed: probing ends. */
    @Test
    void nothingLeftToProbeFor() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.write(connection, 1_001);
        trace.out(". 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 win 0");
        trace.advance(200).out(". 1001:1002(1) ack 1").quiet();
        trace.in(". 1:1(0) ack 1002 win 0").advance(1_000_000).quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
    }
}
