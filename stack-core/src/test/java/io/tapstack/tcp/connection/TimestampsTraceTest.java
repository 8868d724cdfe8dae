package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The timestamps option in traffic: RFC 7323 3, 4.3 and 5. TS.Recent is 1000 after the handshake. */
class TimestampsTraceTest {

    private static final long DAY = 24L * 3_600 * 1_000;

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection established() {
        final TcpListener listener = trace.listen(new TcpConfig().windowScaling(false));
        trace.in("S 0:0(0) <mss 1000,ts 1000/0>");
        assertThat(nextEcho()).isEqualTo(1_000);
        trace.in(". 1:1(0) ack 1 <ts 1000/0>").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** TSecr of the next segment that was sent; the option stands behind the MSS in a SYN, and alone elsewhere. */
    private int nextEcho() {
        final byte[] packet = trace.link.next();
        final ByteBuffer bytes = ByteBuffer.wrap(packet);
        final boolean syn = (bytes.get(TcpTrace.TCP + 13) & 2) != 0;
        if (syn) {
            trace.stackIss(bytes.getInt(TcpTrace.TCP + 4));
        }
        assertThat(bytes.getShort(TcpTrace.TCP + 20 + (syn ? 4 : 0) + 2)).isEqualTo((short) 0x080A);
        return bytes.getInt(TcpTrace.TCP + 20 + (syn ? 4 : 0) + 8);
    }

    /** 3.2: every segment has the option once it is agreed: data, ACK, FIN, and RST (which SHOULD). */
    @Test
    void everySegmentCarriesIt() {
        final Connection connection = established();
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1 <ts *>");
        trace.in("P. 1:11(10) ack 101 <ts 1001/0>").advance(40).out(". 101:101(0) ack 11 <ts *>");
        connection.abort(trace.now());
        trace.out("R. 101:101(0) ack 11 <ts *>").quiet();
    }

    /** 3.2: not agreed if only one SYN has it; the option is then ignored. */
    @Test
    void notAgreedOn() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in("P. 1:11(10) ack 1 <ts 5/0>").in("P. 11:21(10) ack 1 <ts 4/0>").advance(40);
        trace.out(". 1:1(0) ack 21 <>").quiet();
        assertThat(connection.readableBytes()).isEqualTo(20);
    }

    /** 3.2: the SYN's TSecr is zero, as it has no ACK. */
    @Test
    void synEchoesNothing() {
        trace.connect(new TcpConfig().windowScaling(false));
        assertThat(nextEcho()).isZero();
    }

    /** 4.1: our clock ticks once in a millisecond: between 1 ms and 1 s. */
    @Test
    void clock() {
        final Connection connection = established();
        final int before = connection.timestamps.value(trace.now());
        trace.advance(1_000);
        assertThat(connection.timestamps.value(trace.now()) - before).isEqualTo(1_000);
    }

    /** 4.3 A: the ACK was delayed: the earliest of the segments that it covers is echoed. */
    @Test
    void delayedAck() {
        established();
        trace.in("P. 1:11(10) ack 1 <ts 1010/0>").advance(10);
        trace.in("P. 11:21(10) ack 1 <ts 1020/0>").advance(30);
        assertThat(nextEcho()).isEqualTo(1_010);
    }

    /** 4.3 B and C: a hole: the last segment that advanced the window is echoed, until the hole is filled. */
    @Test
    void hole() {
        established();
        trace.in("P. 1:11(10) ack 1 <ts 1010/0>").advance(40);
        assertThat(nextEcho()).isEqualTo(1_010);
        trace.in("P. 21:31(10) ack 1 <ts 1030/0>");
        assertThat(nextEcho()).isEqualTo(1_010);
        trace.in("P. 31:41(10) ack 1 <ts 1040/0>");
        assertThat(nextEcho()).isEqualTo(1_010);
        trace.in("P. 11:21(10) ack 1 <ts 1050/0>");
        assertThat(nextEcho()).isEqualTo(1_050);
    }

    /**
     * 4.3 (2): the timestamp of a segment that starts before Last.ACK.sent and reaches beyond is echoed: a
     * retransmission in larger pieces.
     */
    @Test
    void overlap() {
        established();
        trace.in("P. 1:11(10) ack 1 <ts 1010/0>").advance(40);
        assertThat(nextEcho()).isEqualTo(1_010);
        trace.in("P. 1:31(30) ack 1 <ts 1020/0>");
        assertThat(nextEcho()).isEqualTo(1_020);
    }

    /**
     * 5.3 R1: an old timestamp: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>, and the segment is dropped, its ACK and its FIN
     * too.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "P. 1:11(10) ack 101 <ts 999/0>",
                "F. 1:1(0) ack 101 <ts 999/0>",
                ". 1:1(0) ack 101 <ts 2147484649/0>"
            })
    void paws(final String segment) {
        final Connection connection = established();
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        trace.in(segment).out(". 101:101(0) ack 1").quiet();
        assertThat(connection.unacknowledgedBytes()).isEqualTo(100);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.dropped(DropReason.TCP_PAWS, 1);
    }

    /** 5.3: the same timestamp is not old. */
    @Test
    void sameTimestamp() {
        final Connection connection = established();
        trace.in("P. 1:11(10) ack 1 <ts 1000/0>")
                .in("P. 11:21(10) ack 1 <ts 1000/0>")
                .quiet();
        assertThat(connection.readableBytes()).isEqualTo(20);
    }

    /** 5.2 and RFC 5961 3.2: a RST has no PAWS, but the rules for its sequence number hold. */
    @Test
    void resetWithOldTimestamp() {
        final Connection connection = established();
        trace.in("R 2:2(0) <ts 1/0>").out(". 1:1(0) ack 1").quiet();
        trace.in("R 1:1(0) <ts 1/0>").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** 5.5: after 24 idle days TS.Recent is invalid. */
    @Test
    void outdated() {
        final Connection connection = established();
        trace.advance(23 * DAY);
        trace.in("P. 1:11(10) ack 1 <ts 999/0>").out(". 1:1(0) ack 1").quiet();
        trace.advance(2 * DAY);
        trace.in("P. 1:11(10) ack 1 <ts 999/0>").advance(40);
        assertThat(nextEcho()).isEqualTo(999);
        assertThat(connection.readableBytes()).isEqualTo(10);
    }

    /** 3.2: a SYN without the option on a connection with it is challenged like any other. */
    @Test
    void synWithoutTimestamp() {
        established();
        trace.in("S 1:1(0)").out(". 1:1(0) ack 1 <ts *>").quiet();
    }

    /** 5.3 R3 applies to acceptable segments: one outside the window does not update TS.Recent. */
    @Test
    void unacceptableSegmentIsNotEchoed() {
        established();
        trace.in("P. 70001:70011(10) ack 1 <ts 2000000000/0>");
        assertThat(nextEcho()).isEqualTo(1_000);
        trace.in("P. 1:11(10) ack 1 <ts 1001/0>").advance(40);
        assertThat(nextEcho()).isEqualTo(1_001);
    }

    /**
     * RFC 5961 5.2: a segment with an ACK out of range is discarded, with its timestamp. Otherwise an attacker that
     * guesses a sequence number could make PAWS drop all segments of the peer (RFC 7323 7).
     */
    @ParameterizedTest
    @ValueSource(ints = {100_000, -200_000})
    void timestampOfASegmentWithABadAck(final int ack) {
        final Connection connection = established();
        trace.in("P. 1:101(100) ack " + Integer.toUnsignedString(1 + ack) + " <ts 1000000/0>");
        trace.dropped(DropReason.TCP_BAD_ACK, 1);
        assertThat(nextEcho()).isEqualTo(1_000);
        trace.in("P. 1:101(100) ack 1 <ts 1001/0>");
        assertThat(connection.readableBytes()).isEqualTo(100);
        trace.advance(40);
        assertThat(nextEcho()).isEqualTo(1_001);
    }

    /** RFC 5961 4.2: the same for a SYN in the window, which is challenged. */
    @Test
    void timestampOfASynInTheWindow() {
        final Connection connection = established();
        trace.in("S. 1:1(0) ack 1 <ts 1000000/0>");
        assertThat(nextEcho()).isEqualTo(1_000);
        trace.in("P. 1:101(100) ack 1 <ts 1001/0>");
        assertThat(connection.readableBytes()).isEqualTo(100);
        trace.advance(40);
        assertThat(nextEcho()).isEqualTo(1_001);
    }
}
