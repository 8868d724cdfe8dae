package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SEGMENT ARRIVES in CLOSED: RFC 9293 3.10.7.1 and 3.5.2, group 1. */
class ClosedPortTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** Without ACK: {@code <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK>}; SYN and FIN count in SEG.LEN. */
    @ParameterizedTest
    @CsvSource({
        "S 0:0(0),                   1",
        "S 4000000000:4000000000(0), 4000000001",
        "SP 0:100(100),              101",
        "SF 0:0(0),                  2",
        "SFPU 7:17(10),              19",
        "F 5:5(0),                   6",
        "P 5:15(10),                 15",
        "U 5:5(0),                   5",
        "EW 5:5(0),                  5",
    })
    void withoutAck(final String segment, final long acknowledged) {
        trace.in(segment).out("R. 0:0(0) ack " + acknowledged + " win 0 <>").quiet();
        trace.dropped(DropReason.TCP_NO_SOCKET, 1);
    }

    /** With ACK: {@code <SEQ=SEG.ACK><CTL=RST>}, whatever the segment's own sequence number and length. */
    @ParameterizedTest
    @CsvSource({
        ". 0:0(0) ack 0,         0",
        ". 0:0(0) ack 77,        77",
        "S. 0:0(0) ack 77,       77",
        "F. 9:9(0) ack 77,       77",
        "P. 9:1009(1000) ack 4294967295, 4294967295",
        "SFPU. 9:19(10) ack 2147483648, 2147483648",
    })
    void withAck(final String segment, final long sequence) {
        trace.in(segment).out("R " + sequence + ":" + sequence + "(0) win 0 <>").quiet();
    }

    /** "An incoming segment containing a RST is discarded": two stacks must not go on resetting each other. */
    @ParameterizedTest
    @ValueSource(strings = {"R 0:0(0)", "R. 0:0(0) ack 1", "SR 0:0(0)", "SFR. 0:0(0) ack 1", "PR 0:10(10)"})
    void noResetForAReset(final String segment) {
        trace.in(segment).quiet();
        trace.dropped(DropReason.TCP_NO_SOCKET, 1);
    }

    /** RST without options, whatever the segment carried (RFC 7323 3.2: a RST need not have timestamps). */
    @Test
    void optionsAreNotEchoed() {
        trace.in("S 0:0(0) <mss 1460,sackOK,ts 1/0,wscale 7>").out("R. 0:0(0) ack 1 win 0 <>");
    }

    /** A listener on another port does not matter. */
    @Test
    void anotherPort() {
        trace.listen(new TcpConfig());
        trace.stackPort++;
        trace.in("S 0:0(0)").out("R. 0:0(0) ack 1").quiet();
    }

    /** A connection outlives its listener; new SYNs are refused. */
    @Test
    void closedListener() {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        listener.close(trace.now());
        trace.quiet();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.peerPort++;
        trace.forgetIss();
        trace.in("S 0:0(0)").out("R. 0:0(0) ack 1").quiet();
    }

    /** A reset removes the connection: the next segment is answered as in CLOSED. */
    @Test
    void afterAReset() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("R. 1:1(0) ack 1").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        trace.in("P. 1:101(100) ack 1").out("R 1:1(0)").quiet();
    }

    /** RFC 6335 6: port 0 is reserved. A SYN from or to it is refused. */
    @Test
    void portZero() {
        trace.listen(new TcpConfig());
        trace.peerPort = 0;
        trace.in("S 0:0(0)").out("R. 0:0(0) ack 1").quiet();
    }
}
