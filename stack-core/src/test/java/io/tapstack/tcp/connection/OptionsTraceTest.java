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

/** MSS (RFC 9293 3.7.1), window scale and timestamps with PAWS (RFC 7323), and unknown options. */
class OptionsTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection accept(final TcpConfig config, final String syn, final String synAck, final String ack) {
        final TcpListener listener = trace.listen(config);
        trace.in(syn).out(synAck).in(ack).quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    // ---- MSS

    /** MUST-15: 536 for a peer without the option. */
    @Test
    @OverIpv4Only
    void defaultMss() {
        final Connection connection =
                accept(new TcpConfig(), "S 0:0(0)", "S. 0:0(0) ack 1 <mss 1460>", ". 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out(". 1:537(536) ack 1").out("P. 537:1001(464) ack 1").quiet();
    }

    /** MUST-15: 1,220 for a peer without the option, over IPv6. */
    @Test
    @OverIpv6Only
    void defaultMssOverIpv6() {
        final Connection connection =
                accept(new TcpConfig(), "S 0:0(0)", "S. 0:0(0) ack 1 <mss 1460>", ". 1:1(0) ack 1");
        trace.write(connection, 2_000);
        trace.out(". 1:1221(1220) ack 1").out("P. 1221:2001(780) ack 1").quiet();
    }

    /** MUST-16, RFC 6691 2: Eff.snd.MSS is the peer's MSS less the options that every segment carries. */
    @Test
    void optionsComeOffTheMss() {
        final Connection connection = accept(
                new TcpConfig().windowScaling(false),
                "S 0:0(0) <mss 1000,ts 1/0>",
                "S. 0:0(0) ack 1",
                ". 1:1(0) ack 1 <ts 2/0>");
        trace.write(connection, 2_000);
        trace.out(". 1:989(988) ack 1")
                .out(". 989:1977(988) ack 1")
                .out("P. 1977:2001(24) ack 1")
                .quiet();
    }

    /** TCP_MAXSEG limits both the MSS option and sent segments. */
    @Test
    void maxSegment() {
        final Connection connection = accept(
                new TcpConfig().maxSegment(600), "S 0:0(0) <mss 1460>", "S. 0:0(0) ack 1 <mss 600>", ". 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out(". 1:601(600) ack 1").out("P. 601:1001(400) ack 1");
    }

    /** A tiny MSS of the peer does not lead to segments with more header than data. */
    @ParameterizedTest
    @ValueSource(ints = {1, 20, 47})
    void tinyMss(final int mss) {
        final Connection connection =
                accept(new TcpConfig(), "S 0:0(0) <mss " + mss + ">", "S. 0:0(0) ack 1", ". 1:1(0) ack 1");
        trace.write(connection, 60);
        trace.out(". 1:49(48) ack 1").out("P. 49:61(12) ack 1");
    }

    // ---- Window scale

    /** RFC 7323 2.2: in use only if both SYNs carry it; the SYN's own window is not scaled. */
    @Test
    void windowScale() {
        final Connection connection = accept(
                new TcpConfig().timestamps(false).receiveBufferBytes(1 << 20),
                "S 0:0(0) win 1000 <mss 1000,wscale 2>",
                "S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 5>",
                ". 1:1(0) ack 1 win 1000");
        assertThat(connection.sndWnd).isEqualTo(4_000);
        trace.write(connection, 10_000);
        for (int i = 0; i < 4; i++) {
            trace.out(". " + (1 + 1000 * i) + ":" + (1001 + 1000 * i) + "(1000) ack 1 win 32768");
        }
        trace.quiet();
    }

    /** 2.3: a shift over 14 counts as 14. */
    @Test
    void shiftOverFourteen() {
        final Connection connection = accept(
                new TcpConfig().timestamps(false),
                "S 0:0(0) win 10 <mss 1000,wscale 200>",
                "S. 0:0(0) ack 1",
                ". 1:1(0) ack 1 win 10");
        assertThat(connection.sndWnd).isEqualTo(10 << 14);
    }

    /** The largest window does not overflow. */
    @Test
    void largestWindow() {
        final Connection connection = accept(
                new TcpConfig().timestamps(false),
                "S 0:0(0) <mss 1000,wscale 14>",
                "S. 0:0(0) ack 1",
                ". 1:1(0) ack 1 win 65535");
        assertThat(connection.sndWnd).isEqualTo(65_535 << 14);
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001").quiet();
    }

    /** Not offered by the peer: not used by us. */
    @Test
    void windowScaleIsNotForcedOnThePeer() {
        final Connection connection =
                accept(new TcpConfig(), "S 0:0(0) <mss 1000>", "S. 0:0(0) ack 1 <mss 1460>", ". 1:1(0) ack 1 win 500");
        assertThat(connection.sndWnd).isEqualTo(500);
    }

    // ---- Timestamps

    private Connection withTimestamps() {
        return accept(
                new TcpConfig().windowScaling(false),
                "S 0:0(0) <mss 1000,ts 100/0>",
                "S. 0:0(0) ack 1",
                ". 1:1(0) ack 1 <ts 101/0>");
    }

    private int echoed() {
        final byte[] packet = trace.link.next();
        return java.nio.ByteBuffer.wrap(packet).getInt(TcpTrace.TCP + 20 + 8);
    }

    /** 4.3: TSecr is the TSval of the segment that contains Last.ACK.sent, so of the earliest unacknowledged one. */
    @Test
    void echoOfTheFirstOfTwoSegments() {
        final Connection connection = withTimestamps();
        trace.in(". 1:989(988) ack 1 <ts 110/0>").quiet();
        trace.in(". 989:1977(988) ack 1 <ts 120/0>");
        assertThat(echoed()).isEqualTo(110);
        assertThat(trace.read(connection, 5_000)).isEqualTo(1_976);
    }

    /** 4.3: an out-of-order segment does not change TS.Recent. */
    @Test
    void echoWithAGap() {
        final Connection connection = withTimestamps();
        trace.in(". 989:1977(988) ack 1 <ts 120/0>");
        assertThat(echoed()).isEqualTo(101);
        trace.in(". 1:989(988) ack 1 <ts 130/0>");
        assertThat(echoed()).isEqualTo(130);
        assertThat(trace.read(connection, 5_000)).isEqualTo(1_976);
    }

    /** 5.3 R1: an older timestamp is dropped, and answered. */
    @Test
    void paws() {
        withTimestamps();
        trace.in(". 1:989(988) ack 1 <ts 99/0>").out(". 1:1(0) ack 1").quiet();
        trace.dropped(DropReason.TCP_PAWS, 1);
    }

    /** 5.2: timestamps wrap around as sequence numbers do. */
    @Test
    void pawsAcrossTheWrap() {
        final Connection connection = accept(
                new TcpConfig().windowScaling(false),
                "S 0:0(0) <mss 1000,ts 4294967290/0>",
                "S. 0:0(0) ack 1",
                ". 1:1(0) ack 1 <ts 4294967295/0>");
        trace.in("P. 1:11(10) ack 1 <ts 3/0>").quiet();
        assertThat(trace.read(connection, 5_000)).isEqualTo(10);
        trace.in("P. 11:21(10) ack 1 <ts 4294967295/0>").out(". 1:1(0) ack 11").quiet();
        trace.dropped(DropReason.TCP_PAWS, 1);
    }

    /** 5.3: a RST is not subject to PAWS. */
    @Test
    void resetWithAnOldTimestamp() {
        final Connection connection = withTimestamps();
        trace.in("R 1:1(0) <ts 1/0>").quiet();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
    }

    /** 3.2 drops a segment without the agreed option (SHOULD): here it is accepted, as middleboxes remove options. */
    @Test
    void missingTimestamp() {
        final Connection connection = withTimestamps();
        trace.in(". 1:989(988) ack 1").advance(40).out(". 1:1(0) ack 989");
        assertThat(trace.read(connection, 5_000)).isEqualTo(988);
    }

    // ---- The rest

    /** MUST-6, MUST-7: unknown options are skipped, and malformed ones do no harm. */
    @ParameterizedTest
    @CsvSource({
        "raw fd 6 1 2 3 4 2 4 3 e8",
        "raw 1 1 1 1 2 4 3 e8",
        "raw 2 4 3 e8 3 0",
        "raw 2 4 3 e8 8 ff 1 1",
        "raw 2 4 3 e8 fe",
        "raw 2 4 3 e8 0 ff ff ff",
        "raw 3 4 7 1 2 4 3 e8",
        "raw 2 4 3 e8 8 2 1 1"
    })
    void strangeOptions(final String options) {
        final Connection connection =
                accept(new TcpConfig(), "S 0:0(0) <" + options + ">", "S. 0:0(0) ack 1 <mss 1460>", ". 1:1(0) ack 1");
        assertThat(connection.mss).isEqualTo(1_000);
    }
}
