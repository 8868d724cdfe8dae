package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The send buffer follows the congestion window (Linux: tcp_sndbuf_expand). */
class SendTuningTraceTest {

    private static final int START = 20_000;
    private static final int LIMIT = 200_000;

    private TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection established(final TcpConfig config) {
        final TcpListener listener = trace.listen(config.timestamps(false));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 7>").out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1 win 65535");
        return TcpTrace.accept(listener);
    }

    /** The application fills the buffer and the peer acknowledges all of it, for some round trips. */
    private void send(final Connection connection, final int roundTrips) {
        for (int round = 0; round < roundTrips; round++) {
            while (connection.writableBytes() > 0) {
                trace.write(connection, connection.writableBytes());
            }
            trace.drain(); // Data.
            final int sent = connection.sndNxt - connection.iss;
            trace.in(". 1:1(0) ack " + sent + " win 65535");
        }
        trace.drain(); // Data.
    }

    /** Twice the window, so that there is always a whole window to send when one is acknowledged. */
    @Test
    void followsTheCongestionWindow() {
        final Connection connection = established(new TcpConfig().tunedSendBuffer(START, LIMIT));
        assertThat(connection.sendBufferBytes()).isEqualTo(START);
        send(connection, 3);
        assertThat(connection.sendBufferBytes()).isBetween(START + 1, LIMIT);
        assertThat(connection.sendBufferBytes()).isEqualTo(2 * connection.congestion.cwnd());
        send(connection, 10);
        assertThat(connection.sendBufferBytes()).isEqualTo(LIMIT);
    }

    /** The buffer shrinks with the window too, as data that cannot be sent soon need not be held. */
    @Test
    void shrinksAfterATimeout() {
        final Connection connection = established(new TcpConfig().tunedSendBuffer(START, LIMIT));
        send(connection, 5);
        trace.write(connection, 10_000);
        trace.advance(1_000);
        assertThat(connection.sendBufferBytes()).isEqualTo(START);
        assertThat(connection.writableBytes()).isZero();
        trace.drain(); // Retransmissions.
    }

    /** SO_SNDBUF fixes the size. */
    @Test
    void fixedSize() {
        final Connection connection = established(new TcpConfig().sendBufferBytes(30_000));
        send(connection, 10);
        assertThat(connection.sendBufferBytes()).isEqualTo(30_000);
    }

    /** A peer with a small window does not need a large buffer. */
    @Test
    void smallWindowOfThePeer() {
        final Connection connection = established(new TcpConfig().tunedSendBuffer(START, LIMIT));
        send(connection, 10);
        trace.write(connection, 100);
        trace.drain(); // Data.
        trace.in(". 1:1(0) ack " + (connection.sndNxt - connection.iss) + " win 10");
        assertThat(connection.sendBufferBytes()).isEqualTo(2 * START);
    }

    /** Under memory pressure no buffer is larger than its initial size. */
    @Test
    void memoryIsTight() {
        trace = new TcpTrace(LinkCapabilities.plain(LinkType.IP, 1_500), 1_000_000);
        final Connection connection = established(new TcpConfig().tunedSendBuffer(START, LIMIT));
        send(connection, 10);
        assertThat(connection.sendBufferBytes()).isEqualTo(LIMIT);
        final Region[] hoard = new Region[46];
        for (int i = 0; i < hoard.length; i++) {
            hoard[i] = trace.stack.pool().region(BufferPool.BLOCK);
        }
        assertThat(trace.stack.pool().underPressure()).isFalse();
        assertThat(connection.sendBufferBytes()).isEqualTo(START);
        for (final Region block : hoard) {
            block.release();
        }
    }
}
