package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SEGMENT ARRIVES in LISTEN: RFC 9293 3.10.7.2. */
class ListenStateTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final TcpListener listener =
            trace.listen(new TcpConfig().timestamps(false).windowScaling(false));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** First: "An incoming RST should be ignored", whatever else is in the segment. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "R 0:0(0)",
                "R. 0:0(0) ack 1",
                "SR 0:0(0)",
                "SR. 0:0(0) ack 1",
                "FR 0:0(0)",
                "SFRPUEW. 0:100(100) ack 1"
            })
    void resetIsIgnored(final String segment) {
        trace.in(segment).quiet();
        trace.dropped(DropReason.TCP_RST_IGNORED, 1);
        assertThat(listener.halfOpen()).isZero();
    }

    /** Second: any ACK is unacceptable: {@code <SEQ=SEG.ACK><CTL=RST>}, without an ACK bit. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ". 0:0(0) ack 4711",
                "S. 0:0(0) ack 4711",
                "F. 0:0(0) ack 4711",
                "P. 0:100(100) ack 4711",
                "SFPU. 9:19(10) ack 4711"
            })
    void ackIsReset(final String segment) {
        // Relative to the unknown ISN of the stack, which counts as zero.
        trace.in(segment).out("R 4711:4711(0)").quiet();
        assertThat(listener.halfOpen()).isZero();
    }

    /**
     * Fourth: "any other control or data-bearing segment (not containing SYN) must have an ACK ... drop the segment".
     */
    @ParameterizedTest
    @ValueSource(
            strings = {"F 0:0(0)", "P 0:100(100)", "U 0:0(0)", "FPU 0:10(10)", "EW 0:0(0)", "- 0:0(0)", "- 0:9(9)"})
    void anythingElseIsDropped(final String segment) {
        trace.in(segment).quiet();
        trace.dropped(DropReason.TCP_FLAGS, 1);
    }

    /** Third: {@code <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>}, SND.NXT = ISS + 1. */
    @Test
    void synIsAnswered() {
        trace.in("S 0:0(0) <mss 1000>")
                .out("S. 0:0(0) ack 1 win 65535 <mss 1460>")
                .quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
        assertThat(TcpTrace.accept(listener)).isNull();
        trace.in(". 1:1(0) ack 1").quiet();
        assertThat(listener.halfOpen()).isZero();
        assertThat(listener.pending()).isEqualTo(1);
    }

    /** Third: text and FIN of a SYN may be queued or dropped; here they are dropped, so the peer sends them again. */
    @ParameterizedTest
    @ValueSource(strings = {"SP 0:100(100)", "SF 0:0(0)", "SFP 0:100(100)"})
    void onlyTheSynIsAcknowledged(final String segment) {
        trace.in(segment).out("S. 0:0(0) ack 1").quiet();
        assertThat(listener.halfOpen()).isEqualTo(1);
    }

    /** RFC 3360 2: a SYN with other bits is not reset. {@link EcnTraceTest} has the offer of ECN. */
    @ParameterizedTest
    @ValueSource(strings = {"SP", "SU", "SW", "SE"})
    void otherFlagsOnASyn(final String flags) {
        trace.in(flags + " 0:0(0)").out("S. 0:0(0) ack 1").quiet();
    }

    /** 3.8.6.1: a SYN with a window of zero opens the connection, and no data is sent before the window opens. */
    @Test
    void synWithZeroWindow() {
        trace.in("S 0:0(0) win 0 <mss 1000>").out("S. 0:0(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1 win 0").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 100);
        trace.quiet();
        trace.in(". 1:1(0) ack 1 win 1000").out("P. 1:101(100) ack 1").quiet();
    }

    /** Each SYN from another port opens a connection of its own, with an ISN of its own (3.4.1). */
    @Test
    void connectionsAreIndependent() {
        trace.in("S 0:0(0)").out("S. 0:0(0) ack 1").quiet();
        trace.peerPort++;
        trace.forgetIss();
        trace.in("S 5000:5000(0)").out("S. 0:0(0) ack 5001").quiet();
        assertThat(listener.halfOpen()).isEqualTo(2);
        trace.in(". 5001:5001(0) ack 1").quiet();
        assertThat(listener.pending()).isEqualTo(1);
    }
}
