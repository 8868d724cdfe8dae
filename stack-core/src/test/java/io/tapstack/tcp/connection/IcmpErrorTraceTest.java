package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.event.DropReason;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpState;
import io.tapstack.testing.Packets;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ICMP errors as they come from the network: RFC 1122 4.2.3.9, RFC 5461, RFC 5927. */
@OverIpv4Only
class IcmpErrorTraceTest {

    private static final IpAddress ROUTER = IpAddress.parse("192.0.2.254");

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private byte[] sent() {
        final byte[] packet = trace.link.next();
        return packet;
    }

    /** An error that quotes {@code quotedBytes} of {@code packet}. */
    private void icmp(final int type, final int code, final byte[] packet, final int quotedBytes) {
        final byte[] quoted = Arrays.copyOf(packet, quotedBytes);
        trace.link.inject(Packets.ipv4(ROUTER, TcpTrace.STACK, IpProtocol.ICMP, Packets.icmp(type, code, 0, quoted)));
        trace.poll();
    }

    /**
     * RFC 5461 4: an error in SYN-SENT ends the connection at once: the application can try another address. RFC 1122
     * 4.2.3.9: Time Exceeded and Parameter Problem are handled the same way.
     */
    @ParameterizedTest
    @CsvSource({
        "3, 0, ENETUNREACH",
        "3, 1, EHOSTUNREACH",
        "3, 2, ENOPROTOOPT",
        "3, 3, ECONNREFUSED",
        "3, 9, ENETUNREACH",
        "3, 13, EHOSTUNREACH",
        "11, 0, EHOSTUNREACH",
        "11, 1, EHOSTUNREACH",
        "12, 0, EPROTO"
    })
    void unreachableWhileConnecting(final int type, final int code, final SocketError error) {
        final Connection connection = trace.connect(new TcpConfig());
        icmp(type, code, sent(), 28);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(error);
        trace.advance(200_000).quiet();
    }

    /** RFC 6633: Source Quench is ignored (RFC 9293 3.9.2.2, MUST-55). */
    @Test
    void sourceQuench() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        final int cwnd = connection.congestion.cwnd();
        icmp(4, 0, sent(), 28);
        assertThat(connection.congestion.cwnd()).isEqualTo(cwnd);
        assertThat(connection.softError()).isNull();
    }

    /** RFC 5927 5.2: a synchronized connection survives hard errors too. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 5, 13})
    void synchronizedConnectionLives(final int code) {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 1_000);
        icmp(3, code, sent(), 28);
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        assertThat(connection.error()).isNull();
        assertThat(connection.softError()).isNotNull();
        trace.advance(200).out("P. 1:1001(1000) ack 1");
        trace.in(". 1:1(0) ack 1001").quiet();
    }

    /** A half-open connection survives too: its peer may become reachable. */
    @Test
    void synReceived() {
        final TcpListener listener = trace.listen(new TcpConfig());
        trace.in("S 0:0(0) <mss 1000>");
        icmp(3, 1, sent(), 28);
        assertThat(listener.halfOpen()).isEqualTo(1);
        trace.advance(1_000).out("S. 0:0(0) ack 1");
    }

    /** RFC 5927 4.1: the quoted sequence number has to be in flight: SND.UNA =< SEG.SEQ < SND.NXT. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 100_000, Integer.MIN_VALUE})
    void sequenceNumberNotInFlight(final int by) {
        final Connection connection = trace.connect(new TcpConfig());
        final byte[] syn = sent();
        final ByteBuffer bytes = ByteBuffer.wrap(syn);
        bytes.putInt(24, bytes.getInt(24) + by);
        icmp(3, 3, syn, 28);
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.dropped(DropReason.ICMP_UNMATCHED, 1);
    }

    /** The quoted port belongs to no connection. */
    @ParameterizedTest
    @ValueSource(ints = {20, 22})
    void anotherConnection(final int portOffset) {
        final Connection connection = trace.connect(new TcpConfig());
        final byte[] syn = sent();
        syn[portOffset + 1]++;
        icmp(3, 3, syn, 28);
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
        trace.dropped(DropReason.ICMP_UNMATCHED, 1);
    }

    /** RFC 792 promises eight bytes of the segment; fewer identify no connection. */
    @ParameterizedTest
    @ValueSource(ints = {0, 19, 20, 24, 27})
    void quotesTooLittle(final int quotedBytes) {
        final Connection connection = trace.connect(new TcpConfig());
        icmp(3, 3, sent(), quotedBytes);
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
    }

    /** The quoted source has to be ours: a quotation of the peer's segment is a forgery. */
    @Test
    void quotesThePeersSegment() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 100);
        final byte[] segment = sent();
        final ByteBuffer bytes = ByteBuffer.wrap(segment);
        bytes.putInt(12, TcpTrace.PEER.ipv4Bits()).putInt(16, TcpTrace.STACK.ipv4Bits());
        icmp(3, 3, segment, 28);
        assertThat(connection.softError()).isNull();
    }

    /** RFC 1122 4.2.3.5: after the last retry the reported error ends the connection. */
    @Test
    void reasonForGivingUp() {
        final Connection connection = trace.established(new TcpConfig().dataRetries(1));
        trace.write(connection, 1_000);
        icmp(11, 0, sent(), 28);
        trace.advance(10_000);
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isEqualTo(SocketError.EHOSTUNREACH);
    }

    /** RFC 1122 4.2.3.9: an ACK of new data clears a soft error, which is not the cause of a later failure. */
    @Test
    void overWhenSomethingIsAcknowledged() {
        final Connection connection = trace.established(new TcpConfig().dataRetries(1));
        trace.write(connection, 1_000);
        icmp(3, 1, sent(), 28);
        assertThat(connection.softError()).isEqualTo(SocketError.EHOSTUNREACH);
        trace.in(". 1:1(0) ack 1001");
        assertThat(connection.softError()).isNull();
        trace.write(connection, 1_000);
        trace.advance(10_000);
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
        trace.drain(); // And again.
    }
}
