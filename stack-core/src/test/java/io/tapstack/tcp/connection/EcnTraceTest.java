package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.Flow;
import io.tapstack.event.StackEvents;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.InternetChecksum;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Explicit Congestion Notification: RFC 3168 6.1. */
class EcnTraceTest {

    private TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private static TcpConfig config(final EcnMode mode) {
        return new TcpConfig()
                .timestamps(false)
                .windowScaling(false)
                .congestionControl("reno")
                .ecn(mode);
    }

    /** A connection that the peer opens with ECN, with an MSS of 1000. */
    private Connection established() {
        return established(config(EcnMode.PASSIVE));
    }

    private Connection established(final TcpConfig config) {
        final TcpListener listener = trace.listen(config);
        trace.in("SEW 0:0(0) win 65535 <mss 1000>").out("not-ect SE. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    // ---- 6.1.1: the handshake

    @Test
    void activeOpenAsks() {
        final Connection connection = trace.connect(config(EcnMode.ON));
        trace.out("not-ect SEW 0:0(0)");
        trace.in("SE. 0:0(0) ack 1 <mss 1000>").out("not-ect . 1:1(0) ack 1");
        trace.write(connection, 2_000);
        trace.out("ect0 . 1:1001(1000) ack 1")
                .out("ect0 P. 1001:2001(1000) ack 1")
                .quiet();
    }

    @ParameterizedTest
    @EnumSource(
            value = EcnMode.class,
            names = {"OFF", "PASSIVE"})
    void activeOpenDoesNotAsk(final EcnMode mode) {
        final Connection connection = trace.connect(config(mode));
        trace.out("not-ect S 0:0(0)");
        // ECE without an ECN-setup SYN.
        trace.in("SE. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out("not-ect P. 1:1001(1000) ack 1").quiet();
    }

    /** Neither, both or CWR alone on a SYN-ACK: "non-ECN-setup". */
    @ParameterizedTest
    @ValueSource(strings = {"S.", "SEW.", "SW."})
    void peerDeclines(final String flags) {
        final Connection connection = trace.connect(config(EcnMode.ON));
        trace.out("SEW 0:0(0)").in(flags + " 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out("not-ect P. 1:1001(1000) ack 1");
        trace.in("ce . 1:1001(1000) ack 1001").in(". 1001:2001(1000) ack 1001").out(". 1001:1001(0) ack 2001");
        assertThat(trace.stack.statistics().congestionMarksReceived).isZero();
    }

    @ParameterizedTest
    @EnumSource(
            value = EcnMode.class,
            names = {"PASSIVE", "ON"})
    void passiveOpenAnswers(final EcnMode mode) {
        final Connection connection = established(config(mode));
        trace.write(connection, 1_000);
        trace.out("ect0 P. 1:1001(1000) ack 1").quiet();
    }

    /** A SYN with any ECN flags gets a SYN-ACK, not a RST. */
    @ParameterizedTest
    @CsvSource({"PASSIVE, S", "PASSIVE, SE", "PASSIVE, SW", "ON, SE", "ON, SW", "OFF, SEW", "OFF, SE"})
    void passiveOpenDeclines(final EcnMode mode, final String syn) {
        final TcpListener listener = trace.listen(config(mode));
        trace.in(syn + " 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 1_000);
        trace.out("not-ect P. 1:1001(1000) ack 1").quiet();
    }

    /**
     * Reserved bits, among them AE of RFC 9768: a SYN that asks for Accurate ECN (AE, CWR and ECE) is answered as RFC
     * 3168 does (RFC 9768 3.1.2).
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 8, 15})
    void reservedBits(final int bits) {
        trace.listen(config(EcnMode.PASSIVE));
        trace.in("SEW 0:0(0) <mss 1000>", packet -> {
            packet.put(TcpTrace.TCP + 12, (byte) (packet.get(TcpTrace.TCP + 12) | bits));
            TcpTrace.checksum(packet);
        });
        trace.out("SE. 0:0(0) ack 1").in(". 1:1(0) ack 1").quiet();
        assertThat(trace.stack.tcp().connections().get(0).state()).isEqualTo(TcpState.ESTABLISHED);
    }

    /**
     * 6.1.1.1: a middlebox may drop a SYN for its flags, so the next one has none; data is then never ECN-capable
     * (6.1.1).
     */
    @Test
    void lostSynFallsBack() {
        final Connection connection = trace.connect(config(EcnMode.ON));
        trace.out("SEW 0:0(0)").advance(1_000).out("S 0:0(0)");
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out("not-ect P. 1:1001(1000) ack 1").quiet();
    }

    /**
     * 6.1.1: the SYN-ACK for the first SYN arrives after the second: our data is not ECN-capable, but the peer's is,
     * and its marks are echoed.
     */
    @Test
    void lateAnswerToTheFirstSyn() {
        final Connection connection = trace.connect(config(EcnMode.ON));
        trace.out("SEW 0:0(0)").advance(1_000).out("S 0:0(0)");
        trace.in("SE. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out("not-ect P. 1:1001(1000) ack 1");
        trace.in("ce P. 1:1001(1000) ack 1001").out("not-ect E. 1001:1001(0) ack 1001");
    }

    /** A peer that falls back for the same reason gets a SYN-ACK without ECE. */
    @Test
    void peerFallsBack() {
        final TcpListener listener = trace.listen(config(EcnMode.PASSIVE));
        trace.in("SEW 0:0(0) <mss 1000>").out("SE. 0:0(0) ack 1");
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 1_000);
        trace.out("not-ect P. 1:1001(1000) ack 1").quiet();
    }

    /** Our SYN-ACK was lost; the peer asks for ECN again. */
    @Test
    void repeatedSynAck() {
        trace.listen(config(EcnMode.PASSIVE));
        trace.in("SEW 0:0(0) <mss 1000>").out("SE. 0:0(0) ack 1");
        trace.in("SEW 0:0(0) <mss 1000>").out("SE. 0:0(0) ack 1");
        trace.advance(1_000).out("SE. 0:0(0) ack 1").quiet();
    }

    @ParameterizedTest
    @CsvSource({"ON, SEW, SE., ect0", "ON, S, S., not-ect", "PASSIVE, S, S., not-ect"})
    void simultaneousOpen(final EcnMode mode, final String syn, final String synAck, final String field) {
        final Connection connection = trace.connect(config(mode));
        trace.out((mode == EcnMode.ON ? "SEW" : "S") + " 0:0(0)");
        trace.in(syn + " 0:0(0) <mss 1000>").out(synAck + " 0:0(0) ack 1");
        trace.in(synAck + " 0:0(0) ack 1").out(". 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out(field + " P. 1:1001(1000) ack 1").quiet();
    }

    // ---- 6.1.3: the receiver

    /** ECE in every ACK, data included, until CWR. */
    @Test
    void echoesUntilCwr() {
        final Connection connection = established();
        trace.in("ect0 . 1:1001(1000) ack 1").quiet();
        trace.in("ce . 1001:2001(1000) ack 1").out("not-ect E. 1:1(0) ack 2001");
        trace.in("ect0 . 2001:3001(1000) ack 1")
                .in("ect0 . 3001:4001(1000) ack 1")
                .out("E. 1:1(0) ack 4001");
        trace.write(connection, 1_000);
        trace.out("ect0 PE. 1:1001(1000) ack 4001");
        trace.in("ect0 W. 4001:5001(1000) ack 1001").out(". 1001:1001(0) ack 5001");
        trace.in("ect0 . 5001:6001(1000) ack 1001").in("ect0 . 6001:7001(1000) ack 1001");
        trace.out(". 1001:1001(0) ack 7001").quiet();
        assertThat(trace.stack.statistics().congestionMarksReceived).isEqualTo(1);
    }

    /** The first mark is echoed at once, as a peer with a small window may wait for the ACK. */
    @Test
    void firstMarkIsEchoedAtOnce() {
        established();
        trace.in("ce P. 1:1001(1000) ack 1").out("E. 1:1(0) ack 1001").quiet();
    }

    /** CWR and a mark in one packet: the mark is newer. */
    @Test
    void cwrWithAMark() {
        established();
        trace.in("ce P. 1:11(10) ack 1").out("E. 1:1(0) ack 11");
        trace.in("ce PW. 11:21(10) ack 1").out("E. 1:1(0) ack 21");
        trace.in("ect0 PW. 21:31(10) ack 1").out(". 1:1(0) ack 31").quiet();
    }

    /** In segments out of order too, the mark and CWR count on arrival. */
    @Test
    void marksOutOfOrder() {
        established();
        trace.in("ce . 1001:2001(1000) ack 1").out("E. 1:1(0) ack 1");
        trace.in("ect0 W. 2001:3001(1000) ack 1").out(". 1:1(0) ack 1");
        trace.in("not-ect . 1:1001(1000) ack 1").out(". 1:1(0) ack 3001").quiet();
    }

    /** 6.1.5: the mark of data outside of the window is ignored. */
    @Test
    void markOutsideOfTheWindow() {
        established();
        trace.in("ect0 P. 1:11(10) ack 1").advance(40).out(". 1:1(0) ack 11");
        trace.in("ce P. 1:11(10) ack 1").out(". 1:1(0) ack 11").quiet();
        assertThat(trace.stack.statistics().congestionMarksReceived).isZero();
    }

    /** 6.1.4: a pure ACK is not ECN-capable, so its mark is ignored. */
    @Test
    void markOnAPureAck() {
        final Connection connection = established();
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in("ce . 1:1(0) ack 1001").quiet();
        trace.in("ect0 P. 1:11(10) ack 1001").advance(40).out(". 1001:1001(0) ack 11");
    }

    /** A reset carries no ECE. */
    @Test
    void resetDoesNotEcho() {
        final Connection connection = established();
        trace.in("ce P. 1:1001(1000) ack 1").out("E. 1:1(0) ack 1001");
        connection.abort(trace.now());
        trace.out("not-ect R. 1:1(0) ack 1001").quiet();
    }

    // ---- 6.1.2: the sender

    /** An echo halves the window as a loss does; the first new data has CWR; nothing is retransmitted. */
    @Test
    void echoHalvesTheWindow() {
        final Connection connection = established();
        trace.write(connection, 20_000);
        for (int i = 0; i < 10; i++) {
            trace.out("ect0 . " + (1 + 1_000 * i) + ":" + (1_001 + 1_000 * i) + "(1000) ack 1");
        }
        trace.in("E. 1:1(0) ack 2001").out("ect0 W. 10001:11001(1000) ack 1").quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        // The same window of data: no second reduction, and no growth. One segment is sent for each two delivered (RFC
        // 9937).
        trace.in("E. 1:1(0) ack 4001").out("ect0 . 11001:12001(1000) ack 1").quiet();
        trace.in("E. 1:1(0) ack 6001").out("ect0 . 12001:13001(1000) ack 1").quiet();
        trace.in("E. 1:1(0) ack 8001").quiet(); // five are in flight, which is the target
        trace.in("E. 1:1(0) ack 10001").out("ect0 . 13001:14001(1000) ack 1").out(". 14001:15001(1000) ack 1");
        trace.quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        assertThat(connection.sndNxt - connection.sndUna).isEqualTo(5_000);
        // The segment with CWR is acknowledged: from here on an echo is about a new window.
        trace.in("E. 1:1(0) ack 11001").out("ect0 W. 15001:16001(1000) ack 1").quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(2_500);
        assertThat(trace.stack.statistics().congestionEchoesReceived).isEqualTo(6);
        assertThat(trace.stack.statistics().segmentsRetransmitted).isZero();
    }

    /** A duplicate ACK may bring the echo, too. */
    @Test
    void echoOnADuplicateAck() {
        final Connection connection = established();
        trace.write(connection, 10_000);
        takeAll();
        trace.in("E. 1:1(0) ack 1");
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
    }

    /** A loss in a window that was reduced for an echo does not reduce it again; the segment is retransmitted. */
    @Test
    void lossInTheSameWindow() {
        final Connection connection = established();
        trace.write(connection, 10_000);
        takeAll();
        trace.in("E. 1:1(0) ack 1001");
        final int ssthresh = connection.congestion.ssthresh();
        trace.in("E. 1:1(0) ack 1001").in("E. 1:1(0) ack 1001").in("E. 1:1(0) ack 1001");
        trace.out("not-ect . 1001:2001(1000) ack 1");
        assertThat(connection.congestion.ssthresh()).isEqualTo(ssthresh);
    }

    /**
     * An echo in the window of a loss has no effect; 6.1.5: retransmissions are not ECN-capable; CWR is sent after a
     * loss too.
     */
    @Test
    void echoInTheWindowOfALoss() {
        final Connection connection = established();
        trace.write(connection, 10_000);
        takeAll();
        trace.in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .out("not-ect . 1:1001(1000) ack 1")
                .quiet();
        final int ssthresh = connection.congestion.ssthresh();
        trace.in("E. 1:1(0) ack 10001").quiet();
        assertThat(connection.congestion.ssthresh()).isEqualTo(ssthresh);
        trace.write(connection, 1_000);
        trace.out("ect0 PW. 10001:11001(1000) ack 1").quiet();
    }

    /** A timeout always reduces the window and sends CWR; slow start follows. */
    @Test
    void timeout() {
        final Connection connection = established();
        trace.write(connection, 2_000);
        takeAll();
        trace.advance(200).out("not-ect . 1:1001(1000) ack 1").quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(1_000);
        trace.in("E. 1:1(0) ack 1001").out("not-ect P. 1001:2001(1000) ack 1");
        assertThat(connection.congestion.cwnd()).isEqualTo(2_000);
        trace.in(". 1:1(0) ack 2001");
        trace.write(connection, 1_000);
        trace.out("ect0 PW. 2001:3001(1000) ack 1").quiet();
    }

    /** An echo without data in flight reduces nothing. */
    @Test
    void echoWithoutFlight() {
        final Connection connection = established();
        final int cwnd = connection.congestion.cwnd();
        trace.in("PE. 1:11(10) ack 1");
        assertThat(connection.congestion.cwnd()).isEqualTo(cwnd);
    }

    /** 6.1.6: a window probe is not ECN-capable. */
    @Test
    void windowProbe() {
        final Connection connection = established();
        trace.in(". 1:1(0) ack 1 win 0");
        trace.write(connection, 1_000);
        trace.quiet().advance(5_000).out("not-ect . 1:2(1) ack 1");
    }

    /** A FIN without data is not ECN-capable. */
    @Test
    void finAlone() {
        final Connection connection = established();
        connection.shutdownOutput(trace.now());
        trace.out("not-ect F. 1:1(0) ack 1").quiet();
    }

    /** IP_TOS leaves the two bits to TCP. */
    @Test
    void trafficClass() {
        final Connection connection = established(config(EcnMode.PASSIVE).trafficClass(0xB9));
        trace.write(connection, 10);
        final byte[] packet = trace.link.next();
        assertThat(TcpTrace.trafficClass(ByteBuffer.wrap(packet))).isEqualTo(0xBA);
    }

    /** A super-segment carries CWR once: the device cuts it so that the first segment has it. The next one has none. */
    @Test
    void superSegments() {
        trace.noLeaks();
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
        final Connection connection = established();
        trace.write(connection, 10_000);
        trace.out("ect0 . 1:10001(10000) ack 1");
        trace.in("E. 1:1(0) ack 10001").quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(5_000);
        trace.write(connection, 8_000);
        trace.out("ect0 W. 10001:15001(5000) ack 1");
        trace.in(". 1:1(0) ack 15001").out("ect0 P. 15001:18001(3000) ack 1").quiet();
    }

    /** The calls of the observer. */
    @Test
    void events() {
        final List<String> seen = new ArrayList<>();
        trace.stack.statistics().observer(new StackEvents() {
            @Override
            public void congestionMarked(final Flow flow) {
                seen.add("marked " + flow.remote().port());
            }

            @Override
            public void congestionEchoed(final Flow flow) {
                seen.add("echoed " + flow.remote().port());
            }
        });
        final Connection connection = established();
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in("ce PE. 1:11(10) ack 1001").out("E. 1001:1001(0) ack 11");
        assertThat(seen).containsExactly("echoed 40000", "marked 40000");
    }

    /** RFC 3168 5.3: the mark of one fragment is the mark of the datagram. */
    @Test
    @OverIpv4Only
    void markOnAFragment() {
        established();
        final List<byte[]> fragments = new ArrayList<>();
        trace.in("ect0 P. 1:1001(1000) ack 1", packet -> fragments.addAll(fragments(packet.array(), 512)));
        trace.out("E. 1:1(0) ack 1001").quiet();
        assertThat(fragments).hasSize(2);
    }

    /** Injects the first of two fragments, with a mark, and makes {@code packet} the second one. */
    private List<byte[]> fragments(final byte[] packet, final int at) {
        final ByteBuffer first = ByteBuffer.allocate(20 + at).put(packet, 0, 20 + at);
        first.put(1, (byte) 3).putShort(2, (short) (20 + at)).putShort(4, (short) 7);
        first.putShort(6, (short) 0x2000);
        ipChecksum(first);
        trace.link.inject(first.array());
        final ByteBuffer second = ByteBuffer.wrap(packet);
        System.arraycopy(packet, 20 + at, packet, 20, packet.length - 20 - at);
        second.putShort(2, (short) (packet.length - at)).putShort(4, (short) 7);
        second.putShort(6, (short) (at / 8));
        ipChecksum(second);
        return List.of(first.array(), packet);
    }

    private static void ipChecksum(final ByteBuffer packet) {
        packet.putShort(10, (short) 0);
        packet.putShort(10, (short) InternetChecksum.finish(InternetChecksum.sum(packet, 0, 20)));
    }

    private void takeAll() {
        trace.drain(); // not checked here
    }
}
