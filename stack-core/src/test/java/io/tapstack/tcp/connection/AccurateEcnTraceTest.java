package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.wire.Endpoint;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Accurate ECN (RFC 9768): the rules without a script in {@code packetdrill/accecn}. */
class AccurateEcnTraceTest {

    private static final String OPTION = "ECN e1b 1 ceb 0 e0b 1";

    private TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private static TcpConfig config() {
        return new TcpConfig()
                .timestamps(false)
                .windowScaling(false)
                .sack(false)
                .congestionControl("reno")
                .ecn(EcnMode.ACCURATE);
    }

    private Connection established() {
        return established(config());
    }

    private Connection established(final TcpConfig config) {
        final TcpListener listener = trace.listen(config);
        trace.in("SEWA 0:0(0) <mss 1000>").out("not-ect S.2 0:0(0) ack 1 <mss 1460," + OPTION + ">");
        trace.in(".2 1:1(0) ack 1 <" + OPTION + ">");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    private static TcpInfo.Marks marks(final TcpTrace trace, final Connection connection) {
        return connection.info(trace.now()).marks();
    }

    // ---- 3.1: negotiation

    /** Table 2 and 3.1.3 for each combination of flags on the SYN, and for each mode of Linux's tcp_ecn from 0 to 5. */
    @ParameterizedTest
    @CsvSource({
        "OFF, 0 0 0 0 0 0 0 0",
        "ON, 0 0 0 1 0 0 0 1",
        "PASSIVE, 0 0 0 1 0 0 0 1",
        "ACCURATE, 0 2 2 1 2 2 2 2",
        "ACCURATE_IN, 0 2 2 1 2 2 2 2",
        "ACCURATE_PASSIVE, 0 2 2 1 2 2 2 2"
    })
    void answers(final EcnMode mode, final String answers) {
        final String[] expected = answers.split(" ");
        for (int syn = 0; syn < expected.length; syn++) {
            trace.noLeaks();
            trace = new TcpTrace();
            trace.listen(config().ecn(mode));
            trace.in("S" + syn + " 0:0(0) <mss 1000>").out("S." + expected[syn] + " 0:0(0) ack 1");
        }
    }

    /** Table 2 for each SYN-ACK: 2 for AccECN mode, 1 for RFC 3168, 0 for none; and whether data is ECN-capable. */
    @ParameterizedTest
    @CsvSource({
        "0, .0, not-ect",
        "1, .0, ect0",
        "2, .5, ect0",
        "3, .5, not-ect",
        "4, .5, not-ect",
        "5, .5, ect0",
        "6, .5, not-ect",
        "7, .0, not-ect"
    })
    void understands(final int synAck, final String flags, final String field) {
        final Connection connection = trace.connect(config());
        trace.out("not-ect SEWA 0:0(0)").in("S." + synAck + " 0:0(0) ack 1 <mss 1000>");
        trace.out("not-ect " + (flags.equals(".5") ? ".2" : ".0") + " 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out(field + " P" + flags + " 1:1001(1000) ack 1").quiet();
    }

    /** 3.1.5: the first SYN-ACK decides the mode; a later one does not change it. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 5, 7})
    void theFirstSynAckDecides(final int second) {
        final Connection connection = trace.connect(config());
        trace.out("SEWA 0:0(0)").in("S.2 0:0(0) ack 1 <mss 1000>").out(".2 1:1(0) ack 1");
        trace.in("S." + second + " 0:0(0) ack 1 <mss 1000>");
        // 3.2.2.1: "any retransmitted SYN/ACK that confirms that the TCP Server supports AccECN".
        trace.out(second == 0 ? ".5 1:1(0) ack 1" : ".2 1:1(0) ack 1");
        trace.write(connection, 1_000);
        trace.out("ect0 P.5 1:1001(1000) ack 1").quiet();
    }

    /**
     * 3.2.3.2.1: "MAY omit an AccECN Option ... due to insufficient option space": a SYN-ACK that is too large for the
     * link never arrives.
     */
    @ParameterizedTest
    @CsvSource({"68, timestamps, 4", "80, timestamps, 12", "68, plain, 12"})
    @OverIpv4Only
    void optionFitsTheLink(final int mtu, final String options, final int length) {
        trace.noLeaks();
        trace = new TcpTrace(LinkCapabilities.plain(LinkType.IP, mtu));
        final boolean timestamps = options.equals("timestamps");
        trace.listen(config().timestamps(true).windowScaling(true));
        trace.in("SEWA 0:0(0) <mss 1000,wscale 7" + (timestamps ? ",ts 100/0>" : ">"));
        final byte[] packet = trace.link.next();
        final int others = 4 + 4 + (timestamps ? 12 : 0);
        assertThat(packet.length - 40 - others).isEqualTo(length);
    }

    // ---- Fast Open (5.2)

    private Connection connectFast(final TcpConfig config, final int bytes) {
        trace.forgetIss();
        try {
            final TcpProtocol tcp = trace.stack.tcp();
            final TcpBinding binding = tcp.bind(new Endpoint(TcpTrace.STACK, TcpTrace.STACK_PORT), true);
            final ByteBuffer data = ByteBuffer.allocate(bytes);
            final Connection connection = (Connection) tcp.connect(
                    binding,
                    new Endpoint(TcpTrace.PEER, trace.peerPort),
                    config.fastOpen(true),
                    ConnectionObserver.NONE,
                    data,
                    trace.now());
            connection.sendQueue.copyIn(data, data.remaining()); // follows the handshake
            return connection;
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 3.2.2.1: a client that has data "SHOULD first send a pure ACK" for the SYN-ACK. */
    @Test
    void fastOpenClient() {
        final Connection first = connectFast(config(), 300);
        trace.out("SEWA 0:0(0)");
        trace.in("ect1 S.2 0:0(0) ack 1 win 5000 <mss 1000,raw 22 a 1 2 3 4 5 6 7 8>");
        trace.out("not-ect .3 1:1(0) ack 1 <" + OPTION + ">");
        trace.out("ect0 P.5 1:301(300) ack 1 <" + OPTION + ">").quiet();
        first.abort(trace.now());
        trace.drain();
        trace.peerPort++;
        connectFast(config(), 1_500);
        trace.out("not-ect SEWA 0:960(960)");
        trace.in("ce S.2 0:0(0) ack 961 win 5000 <mss 1000>");
        trace.out("not-ect .6 961:961(0) ack 1")
                .out("ect0 P.6 961:1501(540) ack 1")
                .quiet();
    }

    /** 3.2: no counter includes data of a SYN; 3.2.2.1: a first ACK with data has the handshake encoding too. */
    @Test
    void fastOpenServer() {
        final TcpListener listener = trace.listen(config().fastOpenQueue(2));
        trace.in("S 0:0(0) <mss 1000,raw 22 2>");
        final String cookie = "raw 22 a " + trace.takeCookie();
        trace.in("R 1:1(0)").quiet();
        trace.forgetIss().in("ce PSEWA 0:100(100) win 5000 <mss 1000," + cookie + ">");
        trace.out("not-ect S.6 0:0(0) ack 101 <mss 1460," + OPTION + ">").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 1_000);
        trace.out("ect0 P.5 1:1001(1000) ack 101 <>");
        assertThat(marks(trace, connection).received()).isZero();
        assertThat(marks(trace, connection).receivedBytes().ce()).isZero();
        trace.in(".4 101:101(0) ack 1001 win 5000").quiet();
        // 3.2.2.3: our SYN-ACK was not ECN-capable, and came as ECT(0).
        trace.write(connection, 1_000);
        trace.out("not-ect P.5 1001:2001(1000) ack 101").quiet();
        assertThat(connection.info(trace.now()).sent().deliveredMarked()).isZero();
    }

    /** 3.2.3.2.2 and 3.1.5 hold for the SYN-ACK of Fast Open, too. */
    @Test
    void fastOpenServerRepeatsItsSynAck() {
        final TcpListener listener = trace.listen(config().fastOpenQueue(2));
        trace.in("S 0:0(0) <mss 1000,raw 22 2>");
        final String cookie = "raw 22 a " + trace.takeCookie();
        trace.in("R 1:1(0)").quiet();
        trace.forgetIss().in("PSEWA 0:100(100) win 5000 <mss 1000," + cookie + ">");
        trace.out("S.2 0:0(0) ack 101 <mss 1460," + OPTION + ">");
        trace.advance(1_000).out("S.2 0:0(0) ack 101 <mss 1460>");
        trace.advance(2_000).out("S.0 0:0(0) ack 101 <mss 1460>");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.in(".2 101:101(0) ack 1 win 5000");
        trace.write(connection, 1_000);
        trace.out("not-ect P.5 1:1001(1000) ack 101").quiet();
    }

    // ---- 3.2.2.2: the handshake encoding is no counter

    /** "A Server MAY implement a test for such a case": the ACK of the SYN-ACK comes twice. */
    @Test
    void lateHandshakeAck() {
        final Connection connection = established(config().timestamps(false));
        trace.write(connection, 1_000);
        trace.out("P.5 1:1001(1000) ack 1").in(".2 1:1(0) ack 1").quiet();
        assertThat(connection.info(trace.now()).sent().deliveredMarked()).isZero();
        assertThat(connection.congestion.ssthresh()).isGreaterThan(1 << 29);
    }

    // ---- 3.2.2.5.2

    /** A.2.1: if ACKs cover many packets on average, a jump of eight or more does not mean lost ACKs. */
    @Test
    void thinnedAcks() {
        final Connection connection = established(config().initialWindowSegments(100));
        trace.write(connection, 100_000);
        trace.drain();
        for (int acked = 10_001; acked <= 60_001; acked += 10_000) {
            trace.in(".5 1:1(0) ack " + acked);
        }
        final long before = connection.info(trace.now()).sent().deliveredMarked();
        trace.in(".7 1:1(0) ack 70001");
        assertThat(connection.info(trace.now()).sent().deliveredMarked() - before)
                .isEqualTo(2);
        trace.drain();
    }

    /** A.1: without new data the timestamp tells which ACK is newer. */
    @Test
    void timestampsTellNewFromOld() {
        final TcpListener listener = trace.listen(config().timestamps(true));
        trace.in("SEWA 0:0(0) <mss 1000,ts 100/0>").out("S.2 0:0(0) ack 1");
        trace.in(".2 1:1(0) ack 1 <ts 101/0>");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 5_000);
        trace.drain();
        trace.in(".6 1:1(0) ack 1001 <ts 103/0>");
        trace.in(".5 1:1(0) ack 1001 <ts 102/0>");
        assertThat(connection.info(trace.now()).sent().deliveredMarked()).isOne();
        trace.in(".7 1:1(0) ack 1001 <ts 104/0>");
        assertThat(connection.info(trace.now()).sent().deliveredMarked()).isEqualTo(2);
        trace.drain();
    }

    /**
     * Sends eight rounds of 20 segments; the peer marks the ones that the argument selects.
     *
     * @return the peer's counter at the end
     */
    private int eightRounds(final Connection connection, final IntPredicate marked) {
        int acked = 1;
        int ace = 5;
        for (int round = 0; round < 8; round++) {
            trace.write(connection, 20_000);
            trace.drain();
            while (connection.sndNxt - trace.stackIss() > acked) {
                acked += 1_000;
                ace = marked.test(acked) ? ace + 1 & 7 : ace;
                trace.in("." + ace + " 1:1(0) ack " + acked);
                trace.drain();
            }
        }
        return ace;
    }

    /**
     * 3.2.2.3: if every packet of four rounds is reported as marked, the marks are not congestion: the sender stops ECT
     * and ignores the feedback.
     */
    @Test
    void everythingIsMarked() {
        final Connection connection = established(config().initialWindowSegments(20));
        final int ace = eightRounds(connection, acked -> true);
        assertThat(marks(trace, connection).feedbackRefused()).isTrue();
        final int next = connection.sndNxt - trace.stackIss();
        trace.write(connection, 1_000);
        trace.out("not-ect P.5 %d:%d(1000) ack 1".formatted(next, next + 1_000));
        final int ssthresh = connection.congestion.ssthresh();
        trace.in("." + (ace + 1 & 7) + " 1:1(0) ack " + (next + 1_000));
        assertThat(connection.congestion.ssthresh()).isEqualTo(ssthresh);
    }

    /** Heavy congestion, one packet in ten without a mark, counts as congestion. */
    @Test
    void nearlyEverythingIsMarked() {
        final Connection connection = established(config().initialWindowSegments(20));
        eightRounds(connection, acked -> acked % 10_000 != 1);
        assertThat(marks(trace, connection).feedbackRefused()).isFalse();
        final int next = connection.sndNxt - trace.stackIss();
        trace.write(connection, 1_000);
        trace.out("ect0 P.5 %d:%d(1000) ack 1".formatted(next, next + 1_000));
    }

    // ---- 3.3.4: offload

    /**
     * The device leaves CWR to the first segment that it cuts, so no super-segment is sent while the counter has that
     * bit.
     */
    @Test
    void superSegmentsHaveNoCwr() {
        trace.noLeaks();
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
        final Connection connection = established();
        trace.write(connection, 3_000);
        trace.out("ect0 P.5 1:3001(3000) ack 1").in(".5 1:1(0) ack 3001");
        trace.in("ce P.5 1:2(1) ack 3001").out(".6 3001:3001(0) ack 2");
        trace.write(connection, 3_000);
        trace.out("ect0 .6 3001:4001(1000) ack 2")
                .out("ect0 .6 4001:5001(1000) ack 2")
                .out("ect0 P.6 5001:6001(1000) ack 2")
                .quiet();
        trace.in("ce P.5 2:3(1) ack 6001").in("ce P.5 3:4(1) ack 6001");
        trace.drain();
        trace.write(connection, 3_000);
        trace.out("ect0 P.0 6001:9001(3000) ack 4").quiet();
    }

    /** BBR has its own reaction to a mark; the feedback is the same. */
    @Test
    void bbr() {
        final Connection connection = established(config().congestionControl("bbr"));
        trace.write(connection, 5_000);
        trace.drain();
        trace.in(".6 1:1(0) ack 1001");
        assertThat(connection.info(trace.now()).sent().deliveredMarked()).isOne();
        assertThat(connection.reduction.isCwr()).isFalse();
        trace.drain();
    }

    /** RFC 3168 6.1.5: the option of a peer that is not in AccECN mode is ignored. */
    @Test
    void optionsWithoutTheMode() {
        final TcpListener listener = trace.listen(config());
        trace.in("SEW 0:0(0) <mss 1000>").out("SE. 0:0(0) ack 1").in(". 1:1(0) ack 1 <" + OPTION + ">");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 1_000);
        trace.out("ect0 P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001 <ECN e0b 1 ceb 1000>");
        assertThat(marks(trace, connection).optionSeen()).isZero();
    }
}
