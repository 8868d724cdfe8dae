package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Options that delay or limit data: TCP_CORK, MSG_MORE, TCP_NODELAY, TCP_NOTSENT_LOWAT, TCP_WINDOW_CLAMP (tcp(7)). */
class CorkTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** TCP_CORK: "don't send out partial frames"; full ones go. */
    @Test
    void fullSegmentsOnly() {
        final Connection connection = trace.established(new TcpConfig().cork(true));
        trace.write(connection, 300);
        trace.quiet();
        trace.write(connection, 1_800);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
        trace.in(". 1:1(0) ack 2001").quiet();
    }

    /** "All queued partial frames are sent when the option is cleared again." */
    @Test
    void cleared() {
        final Connection connection = trace.established(new TcpConfig().cork(true));
        trace.write(connection, 300);
        trace.quiet();
        connection.config().cork(false);
        connection.configChanged(trace.now());
        trace.out("P. 1:301(300) ack 1").quiet();
    }

    /** "There is a 200 millisecond ceiling on the time for which output is corked." */
    @Test
    void ceiling() {
        final Connection connection = trace.established(new TcpConfig().cork(true));
        trace.write(connection, 300);
        trace.advance(199).quiet();
        trace.advance(1).out("P. 1:301(300) ack 1").in(". 1:1(0) ack 301").quiet();
        // Corked again.
        trace.write(connection, 10);
        trace.advance(199).quiet();
        trace.advance(1).out("P. 301:311(10) ack 1").quiet();
    }

    /** The same for MSG_MORE without a further message. */
    @Test
    void ceilingOfMore() {
        final Connection connection = trace.established(new TcpConfig());
        connection.write(ByteBuffer.allocate(300), 300, true, trace.now());
        trace.advance(199).quiet();
        trace.advance(1).out("P. 1:301(300) ack 1").quiet();
    }

    /**
     * TCP_NODELAY, set on a corked socket: "an explicit flush of pending output, even if TCP_CORK is currently set".
     */
    @Test
    void flush() {
        final Connection connection = trace.established(new TcpConfig().cork(true));
        trace.write(connection, 300);
        trace.quiet();
        connection.config().noDelay(true);
        connection.flush(trace.now());
        trace.out("P. 1:301(300) ack 1").quiet();
        trace.write(connection, 10);
        trace.quiet();
        connection.config().cork(false);
        connection.configChanged(trace.now());
        trace.out("P. 301:311(10) ack 1").quiet();
    }

    /** CLOSE sends the data of a corked connection. */
    @Test
    void closed() {
        final Connection connection = trace.established(new TcpConfig().cork(true));
        trace.write(connection, 300);
        connection.shutdownOutput(trace.now());
        trace.out("FP. 1:301(300) ack 1").quiet();
    }

    /**
     * TCP_NOTSENT_LOWAT limits the unsent data, in steps of half a window; a writer is woken when half of it is left.
     */
    @Test
    void notSentLowWater() {
        final AtomicInteger woken = new AtomicInteger();
        final Connection connection = trace.established(new TcpConfig().notSentLowWater(3_000), 2_000);
        connection.observer(new ConnectionObserver() {
            @Override
            public void writable() {
                woken.incrementAndGet();
            }
        });
        // Half of the peer's window is a segment, so the mark is three segments.
        assertThat(connection.writableBytes()).isEqualTo(3_000);
        trace.write(connection, 3_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
        assertThat(connection.writableBytes()).isEqualTo(2_000);
        assertThat(connection.isWritable()).isTrue();
        trace.write(connection, 2_000);
        trace.quiet();
        assertThat(connection.writableBytes()).isZero();
        assertThat(connection.isWritable()).isFalse();
        connection.wakeWriter();
        trace.in(". 1:1(0) ack 1001 win 2000").out(". 2001:3001(1000) ack 1").quiet();
        assertThat(woken).hasValue(0);
        assertThat(connection.isWritable()).isFalse();
        trace.in(". 1:1(0) ack 2001 win 2000").out(". 3001:4001(1000) ack 1").quiet();
        assertThat(woken).hasValue(1);
        assertThat(connection.isWritable()).isTrue();
    }

    /** TCP_WINDOW_CLAMP: "bound the size of the advertised window to this value". */
    @Test
    void windowClamp() {
        trace.established(new TcpConfig().windowClamp(5_000));
        trace.in(". 1:1001(1000) ack 1").advance(40).out(". 1:1(0) ack 1001 win 4000");
    }
}
