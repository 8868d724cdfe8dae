package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.ip.IcmpError;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpBinding;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keep-alives (RFC 9293 3.8.4), ICMP errors (RFC 5461, RFC 5927), malformed segments, ports, and a full device. */
class LifeTraceTest {

    private static final long SECOND = 1_000_000_000L;

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    // ---- Keep-alive

    /** MUST-25: off unless asked for. */
    @Test
    void noKeepAliveUnlessAskedFor() {
        trace.established(new TcpConfig());
        trace.advance(100L * 3_600 * 1_000).quiet();
    }

    /** {@code <SEQ=SND.NXT-1><ACK=RCV.NXT>}; the answer restarts the idle time. */
    @Test
    void keepAlive() {
        final Connection connection = trace.established(new TcpConfig()
                .keepAlive(true)
                .keepAliveIdleNanos(10 * SECOND)
                .keepAliveIntervalNanos(2 * SECOND)
                .keepAliveCount(3));
        trace.advance(9_999).quiet();
        trace.advance(1).out(". 0:0(0) ack 1").quiet();
        trace.in(". 1:1(0) ack 1").quiet();
        // MUST-29: one probe without answer means nothing.
        trace.advance(9_999).quiet();
        trace.advance(1).out(". 0:0(0) ack 1");
        trace.advance(2_000).out(". 0:0(0) ack 1");
        trace.advance(2_000).out(". 0:0(0) ack 1");
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.advance(2_000).out("R. 1:1(0) ack 1").quiet();
        assertThat(connection.error()).isEqualTo(SocketError.ETIMEDOUT);
    }

    // ---- ICMP

    /** An unreachable error in SYN-SENT ends the connect at once. */
    @ParameterizedTest
    @EnumSource(
            value = IcmpError.class,
            names = {"HOST_UNREACHABLE", "PORT_UNREACHABLE", "NET_UNREACHABLE", "PROTOCOL_UNREACHABLE"})
    void unreachableInSynSent(final IcmpError error) {
        final Connection connection = trace.connect(new TcpConfig());
        trace.out("S 0:0(0)");
        assertThat(IcmpErrors.apply(connection, error, 0, connection.iss, trace.now()))
                .isTrue();
        assertThat(connection.state()).isEqualTo(TcpState.CLOSED);
        assertThat(connection.error()).isNotNull();
    }

    /** RFC 5927 5: a synchronized connection survives the error and keeps it as a soft error. */
    @ParameterizedTest
    @EnumSource(IcmpError.class)
    void nothingEndsASynchronizedConnection(final IcmpError error) {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        IcmpErrors.apply(connection, error, 0, connection.sndUna, trace.now());
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.in(". 1:1(0) ack 101").quiet();
    }

    /** RFC 5927 4.1: an error that quotes a sequence number not in flight is a forgery, or too old. */
    @Test
    void sequenceNumberIsChecked() {
        final Connection connection = trace.connect(new TcpConfig());
        trace.out("S 0:0(0)");
        final int iss = connection.iss;
        assertThat(IcmpErrors.apply(connection, IcmpError.PORT_UNREACHABLE, 0, iss + 1, trace.now()))
                .isFalse();
        assertThat(IcmpErrors.apply(connection, IcmpError.PORT_UNREACHABLE, 0, iss - 1, trace.now()))
                .isFalse();
        assertThat(connection.state()).isEqualTo(TcpState.SYN_SENT);
    }

    /** RFC 1122 4.2.3.5: after the last retry the soft error, not the timeout, is the reason. */
    @Test
    void reportedReasonWins() {
        final Connection connection = trace.established(new TcpConfig().dataRetries(1));
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1");
        IcmpErrors.apply(connection, IcmpError.HOST_UNREACHABLE, 0, connection.sndUna, trace.now());
        trace.advance(200).out("P. 1:101(100) ack 1");
        trace.advance(400);
        assertThat(connection.error()).isEqualTo(SocketError.EHOSTUNREACH);
    }

    // ---- Malformed segments

    @Test
    void wrongChecksum() {
        trace.listen(new TcpConfig());
        trace.in("S 0:0(0)", packet -> packet.put(TcpTrace.TCP + 16, (byte) (packet.get(TcpTrace.TCP + 16) + 1)))
                .quiet();
        trace.dropped(DropReason.TCP_CHECKSUM, 1);
    }

    @Test
    void dataOffsetTooSmall() {
        trace.listen(new TcpConfig());
        trace.in("S 0:0(0)", packet -> offset(packet, 4)).quiet();
        trace.dropped(DropReason.TCP_DATA_OFFSET, 1);
    }

    @Test
    void dataOffsetBeyondTheSegment() {
        trace.listen(new TcpConfig());
        trace.in("S 0:0(0)", packet -> offset(packet, 15)).quiet();
        trace.dropped(DropReason.TCP_DATA_OFFSET, 1);
    }

    /** Changes the data offset and corrects the checksum. */
    private static void offset(final java.nio.ByteBuffer packet, final int words) {
        final int before = packet.getShort(TcpTrace.TCP + 12) & 0xFFFF;
        packet.put(TcpTrace.TCP + 12, (byte) (words << 4));
        final int after = packet.getShort(TcpTrace.TCP + 12) & 0xFFFF;
        // RFC 1624: HC' = ~(~HC + ~m + m')
        long sum = (~packet.getShort(TcpTrace.TCP + 16) & 0xFFFF) + (~before & 0xFFFF) + after;
        sum = (sum & 0xFFFF) + (sum >>> 16);
        sum = (sum & 0xFFFF) + (sum >>> 16);
        packet.putShort(TcpTrace.TCP + 16, (short) ~sum);
    }

    /** MUST-57: a SYN to a broadcast or multicast address is dropped silently. */
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.255", "255.255.255.255", "224.0.0.1"})
    @OverIpv4Only
    void broadcast(final String address) {
        trace.listen(new TcpConfig());
        trace.in("S 0:0(0)", packet -> {
            packet.putInt(16, IpAddress.parse(address).ipv4Bits());
            packet.putShort(10, (short) 0);
            packet.putShort(10, (short)
                    io.tapstack.wire.InternetChecksum.finish(io.tapstack.wire.InternetChecksum.sum(packet, 0, 20)));
        });
        trace.quiet();
        trace.dropped(DropReason.TCP_BROADCAST, 1);
    }

    // ---- A device that is full

    /** Nothing is lost or sent twice; sending continues when there is room. */
    @Test
    void deviceIsFull() {
        final Connection connection = trace.established(new TcpConfig());
        trace.link.room(2);
        trace.write(connection, 5_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
        trace.link.room(Integer.MAX_VALUE);
        trace.poll();
        trace.out(". 2001:3001(1000) ack 1")
                .out(". 3001:4001(1000) ack 1")
                .out("P. 4001:5001(1000) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 5001").quiet();
    }

    // ---- Ports

    @Test
    void portsConflict() throws SocketErrorException {
        final TcpProtocol tcp = trace.stack.tcp();
        final TcpBinding first = tcp.bind(new Endpoint(TcpTrace.STACK, 99), false);
        assertThat(refusal(new Endpoint(TcpTrace.STACK, 99), false)).isEqualTo(SocketError.EADDRINUSE);
        assertThat(refusal(TcpTrace.any(99), true)).isEqualTo(SocketError.EADDRINUSE);
        assertThat(refusal(new Endpoint(TcpTrace.PEER, 98), false)).isEqualTo(SocketError.EADDRNOTAVAIL);
        first.close();
        final TcpBinding second = tcp.bind(TcpTrace.any(99), true);
        final TcpBinding third = tcp.bind(new Endpoint(TcpTrace.STACK, 99), true);
        tcp.listen(second, 1, new TcpConfig());
        assertThat(refusal(new Endpoint(TcpTrace.STACK, 99), true)).isEqualTo(SocketError.EADDRINUSE);
        third.close();
    }

    private @org.jspecify.annotations.Nullable SocketError refusal(final Endpoint local, final boolean reuse) {
        try {
            trace.stack.tcp().bind(local, reuse);
            return null;
        } catch (final SocketErrorException e) {
            return e.error();
        }
    }

    /**
     * MUST-44: an active open without a local address uses the one that IP selects for the peer; MUST-45: so do its
     * later segments.
     */
    @Test
    void localAddress() throws SocketErrorException {
        final Endpoint remote = new Endpoint(TcpTrace.PEER, 80);
        final TcpConnection connection =
                trace.stack.tcp().connect(null, remote, new TcpConfig(), ConnectionObserver.NONE, trace.now());
        assertThat(connection.local().address()).isEqualTo(TcpTrace.STACK);
        for (int i = 0; i < 3; i++) {
            final byte[] syn = trace.link.take();
            assertThat(syn).isNotNull();
            assertThat(TcpTrace.source(syn)).isEqualTo(TcpTrace.STACK);
            trace.advance(4_000);
        }
        trace.drain(); // Further SYNs.
    }

    /** MUST-46: an OPEN to a broadcast address, the subnet's too, or to a group is an error; nothing is sent. */
    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.255", "255.255.255.255", "224.0.0.1", "239.255.255.255", "ff02::1"})
    void invalidRemoteAddress(final String address) {
        final Endpoint remote = new Endpoint(IpAddress.parse(address), 80);
        assertThatThrownBy(() ->
                        trace.stack.tcp().connect(null, remote, new TcpConfig(), ConnectionObserver.NONE, trace.now()))
                .isInstanceOfSatisfying(
                        SocketErrorException.class, e -> assertThat(e.error()).isEqualTo(SocketError.ENETUNREACH));
        trace.quiet();
        assertThat(trace.stack.tcp().connections()).isEmpty();
    }

    /** RFC 6335 6, RFC 6056 3: ephemeral ports are in the dynamic range, and not consecutive. */
    @Test
    void ephemeralPorts() throws SocketErrorException {
        final Endpoint remote = new Endpoint(TcpTrace.PEER, 80);
        final TcpConnection one =
                trace.stack.tcp().connect(null, remote, new TcpConfig(), ConnectionObserver.NONE, trace.now());
        final TcpConnection two =
                trace.stack.tcp().connect(null, remote, new TcpConfig(), ConnectionObserver.NONE, trace.now());
        assertThat(one.local().port())
                .isBetween(49_152, 65_535)
                .isNotEqualTo(two.local().port());
    }

    /** ABORT of an ended connection does nothing and is not counted. */
    @Test
    void abortedOnce() {
        final Connection connection = trace.established(new TcpConfig());
        connection.abort(trace.now());
        trace.out("R. 1:1(0) ack 1");
        connection.abort(trace.now());
        trace.quiet();
        assertThat(trace.stack.statistics().connectionsAborted).isOne();
    }
}
