package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.timing.ReceiveTuning;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The receive buffer follows the bytes that the application reads in a round trip (Linux: tcp_rcv_space_adjust). The
 * round trip is 100 ms.
 */
class ReceiveTuningTraceTest {

    private static final int START = 64 << 10;
    private static final int LIMIT = 6 << 20;
    private static final int PIECE = 8_000;

    private TcpTrace trace = new TcpTrace();
    private int at = 1;

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    private Connection established(final TcpConfig config) {
        final TcpListener listener = trace.listen(config.timestamps(false).quickAck(true));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 7>").out("S. 0:0(0) ack 1");
        trace.advance(100).in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    /**
     * The peer sends bytes, the application reads them, and slightly more than a round trip passes.
     *
     * @return the window at the end
     */
    private int roundTrip(final Connection connection, final int bytes, final boolean read) {
        int window = 0;
        for (int sent = 0; sent < bytes; sent += PIECE, at += PIECE) {
            trace.in(". " + at + ":" + (at + PIECE) + "(" + PIECE + ") ack 1");
            if (read) {
                trace.read(connection, PIECE);
            }
        }
        trace.advance(110);
        for (byte[] packet = trace.link.take(); packet != null; packet = trace.link.take()) {
            window = ByteBuffer.wrap(packet).getShort(TcpTrace.TCP + 14) & 0xFFFF;
        }
        return window << connection.windowScale.receiveShift();
    }

    /** RFC 7323 2.3: the shift fits the largest buffer, although the buffer starts small. */
    @Test
    void scaleIsChosenForTheLimit() {
        trace.connect(new TcpConfig().timestamps(false));
        trace.out("S 0:0(0) win 65535 <mss 1460,sackOK,wscale 7>");
    }

    /** Twice the bytes read, and more while the peer's window grows: the buffer may double with each round trip. */
    @Test
    void growsAheadOfAPeerInSlowStart() {
        final Connection connection = established(new TcpConfig());
        int bytes = 16_000;
        for (int round = 0; round < 8; round++) {
            final int window = roundTrip(connection, bytes, true);
            if (round > 0) {
                assertThat(window).as("the window after %d bytes", bytes).isGreaterThanOrEqualTo(2 * bytes - PIECE);
            }
            bytes = Math.min(2 * bytes, window / PIECE * PIECE);
        }
        assertThat(connection.receiveBufferBytes()).isBetween(1 << 20, LIMIT);
    }

    /** Never beyond the limit. */
    @Test
    void limit() {
        final Connection connection = established(new TcpConfig().tunedReceiveBuffer(START, 300_000));
        for (int round = 0; round < 8; round++) {
            roundTrip(connection, 64_000, true);
        }
        assertThat(connection.receiveBufferBytes()).isEqualTo(300_000);
    }

    /** The buffer of an application that reads little does not grow. */
    @Test
    void slowConnectionStaysSmall() {
        final Connection connection = established(new TcpConfig());
        trace.advance(110);
        for (int round = 0; round < 50; round++) {
            roundTrip(connection, PIECE, true);
        }
        assertThat(connection.receiveBufferBytes()).isEqualTo(START);
    }

    /** Unread data does not grow the buffer: the window closes. */
    @Test
    void nothingIsRead() {
        final Connection connection = established(new TcpConfig());
        assertThat(roundTrip(connection, 64_000, false)).isLessThan(2_100);
        assertThat(connection.receiveBufferBytes()).isEqualTo(START);
    }

    /** SO_RCVBUF, before or after the handshake, fixes the size. */
    @Test
    void fixedSize() {
        final Connection connection = established(new TcpConfig().receiveBufferBytes(100_000));
        for (int round = 0; round < 5; round++) {
            roundTrip(connection, 64_000, true);
        }
        assertThat(connection.receiveBufferBytes()).isEqualTo(100_000);
        connection.config().receiveBufferBytes(50_000);
        assertThat(connection.receiveBufferBytes()).isEqualTo(50_000);
    }

    /** {@code rcvwnd} sets the initial window, which still grows. */
    @Test
    void chosenStart() {
        final TcpListener listener =
                trace.listen(new TcpConfig().timestamps(false).quickAck(true).tunedReceiveBuffer(20_000, LIMIT));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 7>").out("S. 0:0(0) ack 1 win 20000");
        trace.advance(100).in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        for (int round = 0; round < 5; round++) {
            roundTrip(connection, 16_000, true);
        }
        assertThat(connection.receiveBufferBytes()).isGreaterThan(30_000);
    }

    /** Without a round trip of the handshake, as after a lost SYN, the windows give one. */
    @Test
    void roundTripFromTheWindows() {
        final TcpListener listener =
                trace.listen(new TcpConfig().timestamps(false).quickAck(true));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 7>").out("S. 0:0(0) ack 1");
        trace.advance(1_000).out("S. 0:0(0) ack 1").in(". 1:1(0) ack 1");
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection.receiveWindow.tuning().roundTrip().nanos()).isZero();
        for (int round = 0; round < 6; round++) {
            roundTrip(connection, 64_000, true);
        }
        assertThat(connection.receiveWindow.tuning().roundTrip().nanos()).isBetween(100_000_000L, 200_000_000L);
        assertThat(connection.receiveBufferBytes()).isGreaterThan(2 * 64_000);
    }

    /**
     * Under memory pressure the buffer returns to its initial size; the announced window does not shrink (RFC 9293
     * 3.8.6, SHLD-14).
     */
    @Test
    void memoryPressure() {
        trace = new TcpTrace(LinkCapabilities.plain(LinkType.IP, 1_500), 200_000);
        final Connection connection = established(new TcpConfig());
        for (int round = 0; round < 4; round++) {
            roundTrip(connection, 64_000, true);
        }
        assertThat(connection.receiveBufferBytes()).isGreaterThan(2 * 64_000);
        final int edge = connection.rcvAdv;
        final Region[] hoard = new Region[13];
        for (int i = 0; i < hoard.length; i++) {
            hoard[i] = trace.stack.pool().region(BufferPool.BLOCK);
        }
        roundTrip(connection, PIECE, true);
        assertThat(connection.receiveBufferBytes()).isEqualTo(START);
        assertThat(connection.rcvAdv).isEqualTo(edge);
        for (final Region block : hoard) {
            block.release();
        }
    }

    /** Any number of bytes in a round trip, even a long one by the peer's timestamps, causes no overflow. */
    @Test
    void noOverflow() {
        final BufferPool pool = new BufferPool();
        final ReceiveTuning tuning = new ReceiveTuning(new TcpConfig(), pool);
        tuning.established(10_000_000_000L, 1_000, 0);
        for (int second = 1; second <= 11; second++) {
            tuning.taken(Integer.MAX_VALUE, 1_000, second * 1_000_000_000L);
        }
        assertThat(tuning.bufferBytes()).isEqualTo(LIMIT);
    }
}
