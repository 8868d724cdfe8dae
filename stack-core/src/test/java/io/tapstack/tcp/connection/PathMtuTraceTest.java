package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.testing.Packets;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Fragmentation needed" and a connection: RFC 1191, RFC 5927. */
@OverIpv4Only
class PathMtuTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** A router reports that the last segment is too big; the quoted sequence number is off by {@code by}. */
    private void tooBig(final byte[] segment, final int mtu, final int by) {
        final byte[] quoted = Arrays.copyOf(segment, 28);
        final ByteBuffer bytes = ByteBuffer.wrap(quoted);
        bytes.putInt(24, bytes.getInt(24) + by);
        trace.link.inject(
                Packets.ipv4(TcpTrace.PEER, TcpTrace.STACK, IpProtocol.ICMP, Packets.icmp(3, 4, mtu, quoted)));
        trace.poll();
    }

    @Test
    void segmentsShrinkAndWhatWasTooBigGoesOutAgain() { // RFC 1191 3
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_400);
        final byte[] segment = trace.link.next();
        assertThat(segment).hasSize(1_040);
        trace.out("P. 1001:1401(400) ack 1").quiet();
        tooBig(segment, 640, 0);
        trace.out(". 1:601(600) ack 1");
        assertThat(connection.mss).isEqualTo(600);
    }

    @Test
    void aMessageAboutNothingInFlightIsForged() { // RFC 5927 7.2
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        final byte[] segment = trace.link.next();
        tooBig(segment, 640, -1);
        tooBig(segment, 640, 1_000);
        trace.quiet();
        trace.dropped(DropReason.ICMP_UNMATCHED, 2);
        assertThat(connection.mss).isEqualTo(1_000);
        assertThat(connection.path.mtu()).isEqualTo(1_500);
    }

    /**
     * RFC 1191 6.5: no congestion response, so cwnd stays; and only one retransmission of all segments that were too
     * big.
     */
    @Test
    void windowStays() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 3_000);
        final byte[] first = trace.link.next();
        final byte[] second = trace.link.next();
        trace.out("P. 2001:3001(1000) ack 1").quiet();
        final int cwnd = connection.congestion.cwnd();
        tooBig(first, 640, 0);
        for (int from = 1; from < 3_001; from += 600) {
            trace.out(". " + from + ":" + (from + 600) + "(600) ack 1");
        }
        tooBig(second, 640, 0);
        trace.quiet();
        trace.in(". 1:1(0) ack 3001").quiet();
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
    }

    /**
     * RFC 5927 7.2: packets of that size were acknowledged before, so the message waits for the segment to time out.
     */
    @Test
    void whatContradictsExperienceHasToWait() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001");
        trace.write(connection, 1_000);
        final byte[] segment = trace.link.next();
        final int cwnd = connection.congestion.cwnd();
        tooBig(segment, 640, 0);
        trace.quiet();
        assertThat(connection.mss).isEqualTo(1_000);
        trace.advance(200).out(". 1001:1601(600) ack 1").out("P. 1601:2001(400) ack 1");
        assertThat(connection.congestion.cwnd()).isEqualTo(cwnd);
    }

    /** The message is discarded as forged if the segment is acknowledged. */
    @Test
    void forgedMessageHasNoEffect() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001");
        trace.write(connection, 1_000);
        final byte[] segment = trace.link.next();
        tooBig(segment, 640, 0);
        trace.in(". 1:1(0) ack 2001").quiet();
        trace.write(connection, 1_000);
        trace.out("P. 2001:3001(1000) ack 1")
                .advance(200)
                .out("P. 2001:3001(1000) ack 1")
                .quiet();
        assertThat(connection.mss).isEqualTo(1_000);
    }

    /** A claim below the acknowledged size takes effect at once if the segment has timed out already. */
    @Test
    void believedAfterATimeout() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        trace.out("P. 1:1001(1000) ack 1").in(". 1:1(0) ack 1001");
        trace.write(connection, 1_000);
        trace.out("P. 1001:2001(1000) ack 1").advance(200);
        final byte[] segment = trace.link.next();
        tooBig(segment, 640, 0);
        trace.out(". 1001:1601(600) ack 1");
    }

    /** RFC 1191 6.3: after ten minutes the larger size is tried again. */
    @Test
    void forgottenAfterTenMinutes() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        final byte[] segment = trace.link.next();
        tooBig(segment, 640, 0);
        trace.out(". 1:601(600) ack 1").out("P. 601:1001(400) ack 1").in(". 1:1(0) ack 1001");
        trace.advance(590_000);
        trace.write(connection, 1_000);
        trace.out(". 1001:1601(600) ack 1").out("P. 1601:2001(400) ack 1").in(". 1:1(0) ack 2001");
        trace.advance(10_000);
        trace.write(connection, 1_000);
        trace.out("P. 2001:3001(1000) ack 1").quiet();
    }

    /** RFC 6691, RFC 1191 3.1: our MSS option follows the size that we can receive, not the path MTU. */
    @Test
    void announcedMssKnowsNothingOfThePath() {
        final Connection first = trace.established(new TcpConfig());
        trace.write(first, 1_000);
        final byte[] segment = trace.link.next();
        tooBig(segment, 640, 0);
        trace.out(". 1:601(600) ack 1").out("P. 601:1001(400) ack 1").in(". 1:1(0) ack 1001");
        trace.peerPort++;
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1 <mss 1460>").in(". 1:1(0) ack 1");
        assertThat(trace.stack.tcp().connections())
                .extracting(connection -> ((Connection) connection).mss)
                .containsOnly(600);
    }

    /** A path narrower than 552 bytes: segments of that size without "don't fragment" (RFC 1191 3: "or not set DF"). */
    @Test
    void narrowPath() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        final byte[] segment = trace.link.next();
        assertThat(segment[6]).isEqualTo((byte) 0x40);
        tooBig(segment, 100, 0);
        final byte[] again = trace.link.next();
        assertThat(again).hasSize(552);
        assertThat(again[6]).isZero();
        trace.out("P. 513:1001(488) ack 1");
    }

    /**
     * RFC 1191 5: routers of the 4.2BSD kind report no MTU and quote a length that is 20 too large; all data still
     * arrives.
     */
    @ParameterizedTest
    @ValueSource(ints = {1_480, 1_006, 576, 296, 68})
    void oldRouters(final int linkMtu) {
        trace.established(new TcpConfig());
        trace.peerPort++;
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1460>").out("S. 0:0(0) ack 1 <mss 1460>").in(". 1:1(0) ack 1");
        final Connection connection = trace.stack.tcp().connections().stream()
                .map(Connection.class::cast)
                .filter(each -> each.mss == 1_460)
                .findFirst()
                .orElseThrow();
        final int first = connection.sndUna;
        trace.write(connection, 10_000);
        final BitSet arrived = new BitSet();
        int messages = 0;
        while (arrived.cardinality() < 10_000) {
            final List<byte[]> packets = trace.link.takeSent();
            assertThat(packets).as("with %d bytes there", arrived.cardinality()).isNotEmpty();
            for (final byte[] packet : packets) {
                if (packet.length > linkMtu && (packet[6] & 0x40) != 0) {
                    final byte[] quoted = Arrays.copyOf(packet, 28);
                    ByteBuffer.wrap(quoted).putShort(2, (short) (packet.length + 20));
                    tooBig(quoted, 0, 0);
                    messages++;
                } else {
                    final int from = ByteBuffer.wrap(packet).getInt(24) - first;
                    arrived.set(from, from + packet.length - 20 - (packet[32] >> 2 & 0x3C));
                }
            }
            trace.in(". 1:1(0) ack " + (1 + arrived.nextClearBit(0)));
        }
        assertThat(messages).isBetween(2, 30);
        assertThat(connection.path.mtu()).isEqualTo(linkMtu >= 1_006 ? 1_006 : 552);
    }

    /** TCP_MAXSEG and a message: the smaller size applies. */
    @Test
    void maxSegment() {
        final Connection connection = trace.established(new TcpConfig().maxSegment(700));
        trace.write(connection, 700);
        final byte[] segment = trace.link.next();
        tooBig(segment, 739, 0);
        trace.out(". 1:700(699) ack 1").out("P. 700:701(1) ack 1");
    }

    /** A message for the SYN: the connection begins with small segments. */
    @Test
    void beforeTheConnectionIsThere() {
        final Connection connection =
                trace.connect(new TcpConfig().timestamps(false).windowScaling(false));
        final byte[] syn = trace.link.next();
        final ByteBuffer bytes = ByteBuffer.wrap(syn);
        trace.stackIss(bytes.getInt(24));
        bytes.putShort(2, (short) 1_500); // as if a tunnel on the way had wrapped it
        tooBig(syn, 640, 0);
        trace.in("S. 0:0(0) ack 1 <mss 1000>").out(". 1:1(0) ack 1");
        assertThat(connection.mss).isEqualTo(600);
    }

    /** ip(7), IP_MTU_DISCOVER: "don't fragment", and whether a message counts. */
    @ParameterizedTest
    @CsvSource({
        "DONT, false, true",
        "WANT, true, true",
        "DO, true, true",
        "PROBE, true, false",
        "INTERFACE, false, false"
    })
    void policies(final PathMtuPolicy policy, final boolean dontFragment, final boolean counts) {
        final Connection connection = trace.established(new TcpConfig().pathMtuPolicy(policy));
        trace.write(connection, 1_000);
        final byte[] segment = trace.link.next();
        assertThat(segment[6]).isEqualTo((byte) (dontFragment ? 0x40 : 0));
        tooBig(segment, 640, 0);
        if (counts) {
            trace.out(". 1:601(600) ack 1").out("P. 601:1001(400) ack 1");
        }
        trace.quiet();
        assertThat(connection.mss).isEqualTo(counts ? 600 : 1_000);
    }

    /**
     * RFC 1191 6.5: all data in segments that were too large is retransmitted at once; small segments are still in
     * flight.
     */
    @Test
    void allThatIsTooLargeGoesOutAgain() {
        final Connection connection = trace.establishedWithSack(new TcpConfig(), 100);
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1").advance(100).in(". 1:1(0) ack 101");
        trace.write(connection, 100);
        trace.out("P. 101:201(100) ack 1").advance(1);
        byte[] last = {};
        for (int i = 0; i < 3; i++) {
            trace.write(connection, 1_000);
            last = trace.link.take();
            assertThat(last).isNotNull().hasSize(1_040);
            trace.advance(1);
        }
        trace.advance(10);
        final int cwnd = connection.congestion.cwnd();
        tooBig(last, 640, -2_000);
        for (int from = 201; from < 3_201; from += 600) {
            trace.out(". " + from + ":" + (from + 600) + "(600) ack 1");
        }
        trace.quiet();
        trace.in(". 1:1(0) ack 201").quiet().in(". 1:1(0) ack 3201").quiet();
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
        assertThat(connection.recovery.phase()).isEqualTo(LossRecovery.Phase.OPEN);
    }

    /**
     * RFC 3522 does not apply: the ACK of a small segment sent before echoes a time before the retransmission, which
     * proves nothing about the segments that were too large. The window of an earlier loss is not restored either (RFC
     * 4015 3.2).
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void nothingIsTakenBack(final boolean sack) {
        final TcpListener listener =
                trace.listen(new TcpConfig().windowScaling(false).congestionControl("newreno"));
        trace.in("S 0:0(0) <mss 1012,ts 1/0" + (sack ? ",sackOK>" : ">"));
        trace.out("S. 0:0(0) ack 1").advance(100);
        trace.in(". 1:1(0) ack 1 <ts 1/0>");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        final String echo = Integer.toUnsignedString(connection.timestamps.value(trace.now()));
        byte[] first = {};
        trace.advance(1);
        for (int i = 0; i < 20; i++) {
            trace.write(connection, 1_000);
            final byte[] segment = trace.link.take();
            first = i == 0 && segment != null ? segment : first;
        }
        trace.advance(10);
        tooBig(first, 652, 0);
        trace.drain(); // as much as the window allows
        trace.in(". 1:1(0) ack 101 <ts 1/" + echo + ">");
        assertThat(trace.stack.statistics().undoneRecoveries).isZero();
        assertThat(connection.recovery.phase()).isEqualTo(LossRecovery.Phase.LOSS);
        trace.drain(); // And more.
        connection.abort(trace.now());
        trace.drain(); // The reset.
    }

    /** A path MTU that another connection learned bounds the segments that a device cuts from super-segments. */
    @Test
    void r22PathMtuOfOthersAndSuperSegments() {
        final TcpTrace offloading = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
        final TcpListener l = offloading.listen(new TcpConfig().timestamps(false));
        offloading.in("S 0:0(0) win 65535 <mss 1460>");
        offloading.out("S. 0:0(0) ack 1");
        offloading.in(". 1:1(0) ack 1");
        final Connection c = TcpTrace.accept(l);
        c.path.reduceMtu(1_000); // by another connection
        offloading.write(c, 10_000);
        assertThat(c.mss).isEqualTo(960);
        offloading.noLeaks();
    }
}
