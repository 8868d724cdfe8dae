package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Nagle's algorithm (RFC 9293 3.7.4, in Minshall's form: docs/decisions/0003), TCP_NODELAY, MSG_MORE, and PSH (3.8.2).
 */
class NagleTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** One small segment may be in flight; the next waits for more data. */
    @Test
    void smallWritesAreCollected() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1").quiet();
        trace.write(connection, 10);
        trace.write(connection, 10);
        trace.quiet();
        trace.in(". 1:1(0) ack 11").out("P. 11:31(20) ack 1").quiet();
    }

    /** A full segment never waits. */
    @Test
    void fullSegmentsGo() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1");
        trace.write(connection, 990);
        trace.quiet();
        trace.write(connection, 510);
        trace.out(". 11:1011(1000) ack 1").quiet();
    }

    /**
     * The tail of a large write is sent if no small segment is in flight: it does not wait for the peer's delayed ACK.
     */
    @Test
    void tailOfALargeWrite() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 2_100);
        trace.out(". 1:1001(1000) ack 1")
                .out(". 1001:2001(1000) ack 1")
                .out("P. 2001:2101(100) ack 1")
                .quiet();
    }

    /** TCP_NODELAY (MUST-17). */
    @Test
    void noDelay() {
        final Connection connection = trace.established(new TcpConfig().noDelay(true));
        trace.write(connection, 10);
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1").out("P. 11:21(10) ack 1").quiet();
    }

    /** Turning the option on sends the waiting data. */
    @Test
    void switchedOnLater() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 10);
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1").quiet();
        connection.config().noDelay(true);
        connection.configChanged(trace.now());
        trace.out("P. 11:21(10) ack 1").quiet();
    }

    /** MSG_MORE: a message that is not complete waits, but not for ever. */
    @Test
    void more() {
        final Connection connection = trace.established(new TcpConfig().noDelay(true));
        final java.nio.ByteBuffer head = java.nio.ByteBuffer.allocate(100);
        connection.write(head, 100, true, trace.now());
        trace.quiet();
        trace.write(connection, 50);
        trace.out("P. 1:151(150) ack 1").in(". 1:1(0) ack 151").quiet();
        connection.write(head.clear(), 100, true, trace.now());
        trace.advance(199).quiet();
        trace.advance(1).out("P. 151:251(100) ack 1").quiet();
    }

    /** CLOSE sends the waiting data. */
    @Test
    void closeSendsTheTail() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1");
        trace.write(connection, 10);
        trace.quiet();
        connection.close(trace.now());
        trace.out("FP. 11:21(10) ack 1").quiet();
    }

    /** The mark of the last small segment does not go stale after 3 GiB of full segments. */
    @Test
    void r11NagleMarkerGoesStale() {
        final Connection c = trace.established(new TcpConfig());
        trace.write(c, 10);
        trace.link.take();
        trace.in(". 1:1(0) ack 11");
        // 3 GiB of full segments later.
        for (int i = 0; i < 3; i++) {
            c.sndNxt += 1 << 30;
            c.sndUna = c.sndNxt - 1;
            c.recovery.established(c.sndUna, c.mss);
            trace.in(". 1:1(0) ack " + Integer.toUnsignedString(c.sndNxt - c.iss));
        }
        trace.write(c, 10);
        assertThat(trace.link.take()).isNotNull();
    }
}
