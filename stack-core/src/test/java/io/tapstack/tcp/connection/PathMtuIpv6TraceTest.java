package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.tcp.MtuProbingMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.testing.Packets;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ICMPv6 errors about connections (RFC 4443, RFC 5461, RFC 5927), and the path MTU of IPv6 (RFC 8201). */
@OverIpv6Only
class PathMtuIpv6TraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** A router sends an error about {@code segment}, whose quoted sequence number is off by {@code by}. */
    private void icmp(final int type, final int code, final int word, final byte[] segment, final int by) {
        final byte[] quoted = Arrays.copyOf(segment, Math.min(segment.length, 1_232));
        final ByteBuffer bytes = ByteBuffer.wrap(quoted);
        bytes.putInt(TcpTrace.TCP + 4, bytes.getInt(TcpTrace.TCP + 4) + by);
        trace.link.inject(Packets.ipv6(
                TcpTrace.PEER,
                TcpTrace.STACK,
                IpProtocol.ICMPV6,
                Packets.icmpv6(TcpTrace.PEER, TcpTrace.STACK, type, code, word, quoted)));
        trace.poll();
    }

    private Connection withMss1460() {
        final TcpListener listener =
                trace.listen(new TcpConfig().timestamps(false).windowScaling(false));
        trace.in("S 0:0(0) win 65535 <mss 1460>")
                .out("S. 0:0(0) ack 1 <mss 1460>")
                .in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** RFC 8201 5.4: segments shrink, and all that was too big is sent again at once. */
    @Test
    void segmentsShrink() {
        final Connection connection = withMss1460();
        trace.write(connection, 2_920);
        final byte[] first = trace.link.next();
        assertThat(first).hasSize(1_520);
        trace.link.next();
        final int cwnd = connection.congestion.cwnd();
        icmp(2, 0, 1_280, first, 0);
        trace.out(". 1:1221(1220) ack 1").out(". 1221:2441(1220) ack 1").out("P. 2441:2921(480) ack 1");
        assertThat(connection.mss).isEqualTo(1_220);
        trace.in(". 1:1(0) ack 2921").quiet();
        assertThat(connection.congestion.cwnd()).isGreaterThanOrEqualTo(cwnd);
    }

    /** RFC 8201 4: an MTU below 1,280 is not believed, nor one that is not below the estimate. */
    @ParameterizedTest
    @ValueSource(ints = {0, 68, 1_279, 1_520, 9_000, -1})
    void otherSizesAreNotBelieved(final int mtu) {
        final Connection connection = withMss1460();
        trace.write(connection, 1_460);
        icmp(2, 0, mtu, trace.link.next(), 0);
        trace.quiet().dropped(DropReason.ICMP_UNMATCHED, 1);
        assertThat(connection.mss).isEqualTo(1_460);
    }

    /** RFC 5927 7.2. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 1_460})
    void aMessageAboutNothingInFlightIsForged(final int by) {
        final Connection connection = withMss1460();
        trace.write(connection, 1_460);
        icmp(2, 0, 1_280, trace.link.next(), by);
        trace.quiet().dropped(DropReason.ICMP_UNMATCHED, 1);
        assertThat(connection.mss).isEqualTo(1_460);
    }

    /** IPV6_MTU_DISCOVER: whether a message counts. */
    @ParameterizedTest
    @CsvSource({"DONT, true", "WANT, true", "DO, true", "PROBE, false", "INTERFACE, false"})
    void policies(final PathMtuPolicy policy, final boolean counts) {
        final Connection connection = trace.established(new TcpConfig().pathMtuPolicy(policy));
        assertThat(connection.path.mtu()).isEqualTo(1_520);
        trace.write(connection, 1_000);
        icmp(2, 0, 1_300, trace.link.next(), 0);
        trace.drain();
        assertThat(connection.pathMtu.mtu()).isEqualTo(counts ? 1_300 : 1_520);
    }

    /** RFC 4821 7.2: the search starts at what every link takes, and a probe is larger. */
    @Test
    void probingStartsAtTheLeastOfAllLinks() {
        final TcpListener listener = trace.listen(
                new TcpConfig().timestamps(false).windowScaling(false).mtuProbing(MtuProbingMode.ON));
        trace.in("S 0:0(0) win 65535 <mss 1460>")
                .out("S. 0:0(0) ack 1 <mss 1460>")
                .in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        assertThat(connection.mss).isEqualTo(1_220);
        trace.write(connection, 20_000);
        assertThat(trace.link.next().length).isBetween(1_300, 1_520);
        assertThat(trace.link.next()).hasSize(1_280);
        trace.drain();
    }

    /** RFC 5461 4: an error in SYN-SENT ends the connection at once; the errno is Linux's. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, ENETUNREACH",
        "1, 1, EACCES",
        "1, 3, EHOSTUNREACH",
        "1, 4, ECONNREFUSED",
        "3, 0, EHOSTUNREACH",
        "4, 1, EPROTO"
    })
    void unreachableWhileConnecting(final int type, final int code, final SocketError error) {
        final Connection connection = trace.connect(new TcpConfig());
        icmp(type, code, 0, trace.link.next(), 0);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(error);
        trace.advance(200_000).quiet();
    }

    /** RFC 5927 5.2: a synchronized connection survives. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void synchronizedConnectionLives(final int code) {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        icmp(1, code, 0, trace.link.next(), 0);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(connection.softError()).isNotNull();
        trace.advance(200).out("P. 1:1001(1000) ack 1");
    }

    /** RFC 6437 2, 3: one label for all packets of a connection, which others do not have. */
    @Test
    void aConnectionHasOneFlowLabel() {
        final Connection connection = withMss1460();
        trace.write(connection, 2_920);
        final int label = ByteBuffer.wrap(trace.link.next()).getInt(0) & 0xF_FFFF;
        assertThat(label).isNotZero();
        assertThat(ByteBuffer.wrap(trace.link.next()).getInt(0) & 0xF_FFFF).isEqualTo(label);
        trace.peerPort++;
        trace.forgetIss();
        trace.in("S 0:0(0) <mss 1460>");
        assertThat(ByteBuffer.wrap(trace.link.next()).getInt(0) & 0xF_FFFF).isNotEqualTo(label);
    }

    @Test
    void theHopLimitIsThatOfTheConnection() {
        final Connection connection = trace.established(new TcpConfig().timeToLive(7));
        trace.write(connection, 10);
        assertThat(TcpTrace.hopLimit(ByteBuffer.wrap(trace.link.next()))).isEqualTo(7);
    }
}
