package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpInfo.Congestion;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Values of TCP_INFO in virtual time that the scripts of {@code packetdrill/info} do not cover. Those compare whole
 * connections, field by field, with the kernel.
 */
class TcpInfoTraceTest {

    private static final long MILLIS = 1_000_000L;

    private TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private static TcpConfig config() {
        return new TcpConfig().congestionControl("reno");
    }

    private TcpInfo info(final Connection connection) {
        return connection.info(trace.now());
    }

    /**
     * RFC 4898 tcpEStatsPerfSegsOut: a super-segment counts as the segments that the device cuts; a FIN on data does
     * not add one.
     */
    @Test
    void superSegments() {
        trace.noLeaks();
        trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
        final Connection connection = trace.established(config());
        trace.write(connection, 4_000);
        trace.out("P. 1:4001(4000) ack 1");
        assertThat(info(connection).flight().unacked()).isEqualTo(4);
        assertThat(info(connection).sent().dataSegments()).isEqualTo(4);
        connection.write(java.nio.ByteBuffer.allocate(2_000), 2_000, true, trace.now());
        trace.drain();
        connection.shutdownOutput(trace.now());
        trace.drain();
        final int unacked = info(connection).flight().unacked();
        trace.in(". 1:1(0) ack 4001");
        assertThat(info(connection).flight().unacked()).isEqualTo(unacked - 4);
        trace.in(". 1:1(0) ack 6002");
        assertThat(info(connection).flight().unacked()).isZero();
        assertThat(info(connection).sent().delivered()).as("SYN and all").isEqualTo(1 + unacked);
    }

    /** Small segments count one each, whatever the MSS. */
    @Test
    void smallSegments() {
        final Connection connection = trace.established(config().noDelay(true));
        for (int i = 0; i < 5; i++) {
            trace.write(connection, 10);
        }
        assertThat(trace.drain()).isEqualTo(5);
        assertThat(info(connection).flight().unacked()).isEqualTo(5);
        trace.in(". 1:1(0) ack 31");
        assertThat(info(connection).flight().unacked()).isEqualTo(2);
        assertThat(info(connection).sent().delivered()).isEqualTo(4);
    }

    /**
     * Linux: TCP_CHRONO_SNDBUF_LIMITED: all is sent, the application waits for room, and the network could take more.
     */
    @Test
    void limitedByTheSendBuffer() {
        final Connection connection = trace.established(config().sendBufferBytes(4_096));
        while (trace.write(connection, 4_000) > 0) {
            trace.drain();
        }
        assertThat(info(connection).flight().notSentBytes()).isZero();
        trace.advance(70);
        final TcpInfo.Limited waiting = info(connection).limited();
        assertThat(waiting.sendBufferNanos()).isEqualTo(70 * MILLIS);
        assertThat(waiting.busyNanos()).isEqualTo(70 * MILLIS);
        trace.in(". 1:1(0) ack " + (connection.sndNxt - trace.stackIss()));
        trace.advance(50);
        assertThat(info(connection).limited()).isEqualTo(waiting);
    }

    /** Waiting for the congestion window counts as busy only. */
    @Test
    void limitedByTheNetwork() {
        final Connection connection = trace.established(config());
        trace.write(connection, 30_000);
        trace.drain();
        trace.advance(70);
        assertThat(info(connection).limited()).isEqualTo(new TcpInfo.Limited(70 * MILLIS, 0, 0));
        connection.abort(trace.now());
        trace.drain();
        trace.advance(1_000);
        assertThat(info(connection).limited().busyNanos()).as("over").isEqualTo(70 * MILLIS);
        assertThat(info(connection).state()).isEqualTo(TcpState.CLOSED);
    }

    /** RFC 9293 3.8.6.1: probes of a closed window, answered or not. */
    @Test
    void probes() {
        final Connection connection = trace.established(config());
        trace.in(". 1:1(0) ack 1 win 0");
        trace.write(connection, 1_000);
        trace.advance(1_100);
        final int first = trace.drain();
        assertThat(first).isPositive();
        assertThat(info(connection).timers().probes()).isEqualTo(first);
        assertThat(info(connection).timers().backoff()).isEqualTo(first);
        trace.in(". 1:1(0) ack 1 win 0");
        assertThat(info(connection).timers().probes()).isZero();
        assertThat(info(connection).timers().backoff()).isEqualTo(first);
        assertThat(info(connection).limited().peerWindowNanos()).isEqualTo(1_100 * MILLIS);
    }

    /** RFC 9293 3.8.4: probes of a silent peer count, too. */
    @Test
    void keepAlives() {
        final Connection connection = trace.established(config().keepAlive(true));
        trace.advance(config().keepAliveIdleNanos() / MILLIS + 10);
        assertThat(trace.drain()).isOne();
        assertThat(info(connection).timers().probes()).isOne();
        trace.in(". 1:1(0) ack 1");
        assertThat(info(connection).timers().probes()).isZero();
    }

    /** Without SACK each duplicate ACK stands for a segment that the peer has (Linux: tcp_add_reno_sack). */
    @Test
    void withoutSack() {
        final Connection connection = trace.established(config());
        trace.write(connection, 10_000);
        trace.drain();
        trace.in(". 1:1(0) ack 1").in(". 1:1(0) ack 1");
        assertThat(info(connection).flight().sacked()).isEqualTo(2);
        assertThat(info(connection).congestion()).isEqualTo(Congestion.DISORDER);
        assertThat(info(connection).flight().lost()).isZero();
        trace.in(". 1:1(0) ack 1");
        final TcpInfo recovering = info(connection);
        assertThat(recovering.congestion()).isEqualTo(Congestion.RECOVERY);
        assertThat(recovering.flight().sacked()).isEqualTo(3);
        assertThat(recovering.flight().lost()).isOne();
        assertThat(recovering.flight().retransmitted()).isOne();
        trace.in(". 1:1(0) ack 10001");
        assertThat(info(connection).flight()).isEqualTo(new TcpInfo.Flight(0, 0, 0, 0, 3, 0));
    }

    /** A segment marked lost by mistake (RFC 3708) is not lost any more. */
    @Test
    void undone() {
        final Connection connection = trace.establishedWithSack(config(), 100);
        trace.write(connection, 10_000);
        trace.drain();
        trace.advance(100).in(". 1:1(0) ack 1 <sack 3001-6001>");
        final TcpInfo recovering = info(connection);
        assertThat(recovering.congestion()).isEqualTo(Congestion.RECOVERY);
        assertThat(recovering.flight().lost()).isEqualTo(3);
        trace.drain();
        trace.in(". 1:1(0) ack 3001 <sack 3001-6001>");
        trace.drain();
        // All retransmissions arrived as duplicates.
        for (int left = 1; left <= 2_001; left += 1_000) {
            trace.in(". 1:1(0) ack 6001 <sack " + left + "-" + (left + 1_000) + ">");
        }
        assertThat(info(connection).flight().lost()).isZero();
        assertThat(info(connection).congestion()).isEqualTo(Congestion.OPEN);
        assertThat(info(connection).sent().duplicates()).isEqualTo(3);
    }

    /**
     * RFC 2883 5: duplicates beyond the number of retransmissions are forged: they are counted, but not as delivered.
     */
    @Test
    void duplicatesOfWhatWasSentOnce() {
        final Connection connection = trace.establishedWithSack(config(), 100);
        trace.write(connection, 2_000);
        trace.drain();
        trace.in(". 1:1(0) ack 2001 <sack 1-1001>");
        assertThat(info(connection).sent().duplicates()).isOne();
        assertThat(info(connection).sent().delivered()).isEqualTo(3);
    }

    /** The round trip of the receiver, measured by the windows that the peer fills. */
    @Test
    void receiversRoundTrip() {
        final Connection connection = trace.established(config().receiveBufferBytes(2_920));
        assertThat(info(connection).roundTrip().receiverNanos())
                .as("the handshake is not a receiver's")
                .isZero();
        trace.in(". 1:1461(1460) ack 1").in(". 1461:2921(1460) ack 1");
        trace.read(connection, 4_000);
        trace.drain();
        trace.advance(30).in(". 2921:4381(1460) ack 1");
        assertThat(info(connection).roundTrip().receiverNanos()).isEqualTo(30 * MILLIS);
        trace.drain();
    }

    /**
     * The minimum is a microsecond, as the clock stands still within a poll and zero means that nothing was measured.
     */
    @Test
    void receiversRoundTripWithinAPoll() {
        final Connection connection = trace.established(config().receiveBufferBytes(2_920));
        trace.in(". 1:1461(1460) ack 1").in(". 1461:2921(1460) ack 1");
        trace.read(connection, 4_000);
        trace.in(". 2921:4381(1460) ack 1");
        assertThat(info(connection).roundTrip().receiverNanos()).isEqualTo(1_000);
        trace.drain();
    }

    /** RFC 6298 5: timeouts in a row are one recovery; the next one is another. */
    @Test
    void timeouts() {
        final Connection connection = trace.established(config());
        trace.write(connection, 1_000);
        trace.advance(700);
        trace.in(". 1:1(0) ack 1001");
        final TcpInfo.Timeouts first = info(connection).timeouts();
        assertThat(first.count()).isEqualTo(2);
        assertThat(first.recoveries()).isOne();
        assertThat(first.nanos()).isEqualTo(500 * MILLIS);
        trace.drain();
        trace.write(connection, 1_000);
        trace.advance(1_000);
        trace.in(". 1:1(0) ack 2001");
        assertThat(info(connection).timeouts().recoveries()).isEqualTo(2);
        trace.drain();
    }

    /** RFC 7413: the reason why Fast Open failed, and its success. */
    @Test
    void fastOpenWithoutCookie() {
        final Connection connection = trace.connect(config().fastOpen(true));
        trace.drain();
        assertThat(info(connection).agreed().fastOpenFailure()).isEqualTo(TcpInfo.FastOpenFailure.COOKIE_UNAVAILABLE);
        assertThat(info(connection).agreed().synDataTaken()).isFalse();
        connection.abort(trace.now());
    }
}
