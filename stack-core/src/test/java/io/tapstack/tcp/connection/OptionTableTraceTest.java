package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Unknown, malformed or misplaced options (RFC 9293 3.1, MUST-4 to MUST-7): the segment is processed, and nothing
 * fails.
 */
class OptionTableTraceTest {

    private static final String FORTY_NOPS = " 1".repeat(40);

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** Bytes of options, in hexadecimal. */
    static Stream<String> options() {
        return Stream.of(
                // Unknown here: skipped by their length.
                "13 12 0 1 2 3 4 5 6 7 8 9 a b c d e f", // MD5 signature (RFC 2385)
                "1d 10 1 1 0 1 2 3 4 5 6 7 8 9 a b", // TCP-AO (RFC 5925)
                "1c 4 80 5", // user timeout (RFC 5482)
                "1e c 0 81 1 2 3 4 5 6 7 8", // MPTCP's MP_CAPABLE (RFC 8684)
                "22 2", // Fast Open: a request for a cookie (RFC 7413)
                "ac 5 1 2 3", // Accurate ECN order 0 (RFC 9768)
                "fd 6 1 2 3 4", // experiments (RFC 6994)
                "fe 4 f9 89",
                "6 6 1 2 3 4", // echo, obsolete (RFC 1072)
                "e 3 0", // alternate checksum request, obsolete (RFC 1146)
                "fd 28" + " 7".repeat(38), // one that fills all 40 bytes
                // Nothing but padding.
                FORTY_NOPS.strip(),
                "0 0 0 0",
                "1 0 1 0",
                // Lengths that cannot be: they end the list.
                "2 0",
                "2 1 1 1",
                "3 0 7",
                "8 0 1 1",
                "5 0 1 1",
                "fd 0 0 0",
                "fd 1 0 0",
                "2",
                "1 1 1 2",
                "8 a 1 1", // cut off by the end of the header
                "5 a 1 1",
                "fd ff 1 1",
                "1 1 1 fd",
                // Lengths that are not the option's own.
                "2 2",
                "2 3 5",
                "2 5 5 5 5",
                "3 2",
                "3 4 7 7",
                "4 3 1",
                "4 4 1 1",
                "8 2",
                "8 9 1 1 1 1 1 1 1",
                "8 b 1 1 1 1 1 1 1 1 1",
                "5 2", // a SACK without a block
                "5 3 1",
                "5 9 1 1 1 1 1 1 1",
                "5 26" + " 9".repeat(36), // four blocks and a half
                // The same more than once.
                "3 3 7 3 3 9 3 3 1");
    }

    /** In a SYN. */
    @ParameterizedTest
    @MethodSource("options")
    void inASyn(final String options) {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) <raw " + options + ">").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.in("P. 1:11(10) ack 1").quiet();
        assertThat(trace.read(connection, 100)).isEqualTo(10);
        assertThat(connection.mss).isEqualTo(TcpTrace.DEFAULT_MSS);
    }

    /** In a segment with data, with timestamps agreed on or not. */
    @ParameterizedTest
    @MethodSource("options")
    void inData(final String options) {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("P. 1:11(10) ack 1 <raw " + options + ">").quiet();
        assertThat(trace.read(connection, 100)).isEqualTo(10);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 11").in(". 11:11(0) ack 1001 <raw " + options + ">");
        assertThat(connection.unacknowledgedBytes()).isZero();
    }

    /** Options of a SYN mean nothing anywhere else (RFC 9293 3.7.1, RFC 7323 2.2 and 3.2, RFC 2018 2). */
    @ParameterizedTest
    @CsvSource({"mss 100", "wscale 7", "sackOK", "ts 1/1"})
    void outOfPlace(final String option) {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("P. 1:11(10) ack 1 win 3000 <" + option + ">");
        assertThat(connection.mss).isEqualTo(1_000);
        assertThat(connection.sndWnd).isEqualTo(3_000);
        assertThat(connection.timestamps.enabled()).isFalse();
        assertThat(connection.sackAgreed).isFalse();
        trace.advance(40).out(". 1:1(0) ack 11 <>").quiet();
    }

    /** RFC 9293 3.7.1: the link's MTU limits any offer of the peer; an MSS of 0 counts as no option. */
    @ParameterizedTest
    @CsvSource({"65535, 1460", "1461, 1460", "1460, 1460", "1459, 1459", "536, 536", "0, 536"})
    void mss(final int offered, final int used) {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) <mss " + offered + ">").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        assertThat(connection.mss).isEqualTo(offered == 0 ? TcpTrace.DEFAULT_MSS : used);
    }

    /**
     * MUST-64: options may start at any byte; all common options together, in an unusual order, fill 40 bytes with
     * padding.
     */
    @Test
    void everything() {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in(
                "S 0:0(0) <nop,wscale 2,nop,ts 7/0,sackOK,nop,nop,nop,mss 1000,raw fd 10 1 2 3 4 5 6 7 8 9 a b c d e>");
        trace.out("S. 0:0(0) ack 1 <mss 1460,sackOK,ts *,wscale 7>");
        trace.in(". 1:1(0) ack 1 win 100 <ts 8/0>");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        assertThat(connection.mss).isEqualTo(988);
        assertThat(connection.sndWnd).isEqualTo(400);
        assertThat(connection.sackAgreed).isTrue();
    }
}
