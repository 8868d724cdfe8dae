package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Scaled windows in traffic: RFC 7323 2.2 to 2.4, RFC 9293 3.8.6 (SHLD-14). */
class WindowScaleTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** A buffer of 400,000 bytes: the shift is 3, so a step 8 bytes. */
    private Connection established() {
        final TcpListener listener =
                trace.listen(new TcpConfig().timestamps(false).sack(false).receiveBufferBytes(400_000));
        trace.in("S 0:0(0) win 10 <mss 1000,wscale 7>").out("S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 3>");
        trace.in(". 1:1(0) ack 1 win 16").quiet();
        final Connection connection = TcpTrace.accept(listener);
        assertThat(connection).isNotNull();
        return connection;
    }

    /** 2.2: the window of the ACK is scaled: 16 stands for 2048 bytes. */
    @Test
    void peersWindow() {
        trace.write(established(), 5_000);
        trace.out(". 1:1001(1000) ack 1 win 50000")
                .out(". 1001:2001(1000) ack 1")
                .quiet();
    }

    /** 2.4: rounding does not shrink the window: the right edge stays or advances. */
    @Test
    void rightEdgeNeverMovesBack() {
        final Connection connection = established();
        int at = 1;
        int edge = 1;
        for (int i = 0; i < 200; i++) {
            final int length = 1 + i * 7 % 1_400;
            trace.in("P. " + at + ":" + (at + length) + "(" + length + ") ack 1");
            at += length;
            if (i % 3 == 0) {
                trace.read(connection, 500 + i);
            }
            trace.advance(40);
            for (byte[] packet = trace.link.take(); packet != null; packet = trace.link.take()) {
                final java.nio.ByteBuffer bytes = java.nio.ByteBuffer.wrap(packet);
                final int promised = bytes.getInt(TcpTrace.TCP + 8)
                        - trace.peerIss
                        + ((bytes.getShort(TcpTrace.TCP + 14) & 0xFFFF) << 3);
                assertThat(promised).as("the edge after %d segments", i).isGreaterThanOrEqualTo(edge);
                edge = promised;
            }
        }
        assertThat(trace.read(connection, 400_000)).isPositive();
    }

    /**
     * 2.2: "The window field in a segment where the SYN bit is set (i.e., a <SYN> or <SYN,ACK>) MUST NOT be scaled".
     */
    @Test
    void synAckOfThePeer() {
        final Connection connection =
                trace.connect(new TcpConfig().timestamps(false).sack(false));
        trace.out("S 0:0(0) win 65535 <mss 1460,wscale 7>");
        trace.in("S. 0:0(0) ack 1 win 2000 <mss 1000,wscale 14>").out(". 1:1(0) ack 1");
        trace.write(connection, 5_000);
        trace.out(". 1:1001(1000) ack 1").out(". 1001:2001(1000) ack 1").quiet();
    }

    /** 1.3: the option is ignored in a segment without SYN. */
    @Test
    void onlyInASyn() {
        final Connection connection = trace.established(new TcpConfig(), 1_000);
        trace.in(". 1:1(0) ack 1 win 1000 <wscale 7>").in(". 1:1(0) ack 1 win 1000");
        trace.write(connection, 3_000);
        trace.out(". 1:1001(1000) ack 1 <>").quiet();
    }

    /** 2.2: not agreed: the window is limited to 65,535, whatever the buffer. */
    @Test
    void bufferWithoutScaling() {
        final TcpListener listener =
                trace.listen(new TcpConfig().timestamps(false).sack(false));
        trace.in("S 0:0(0) <mss 1000>").out("S. 0:0(0) ack 1 win 65535 <mss 1460>");
        trace.in(". 1:1(0) ack 1");
        trace.in(". 65537:65538(1) ack 1").out(". 1:1(0) ack 1 win 65535").quiet();
        assertThat(TcpTrace.accept(listener).reassembly.pieces()).isZero();
    }

    /** A repeated SYN-ACK has the same option as the first. */
    @Test
    void repeatedSynAck() {
        trace.listen(new TcpConfig().timestamps(false).sack(false).receiveBufferBytes(400_000));
        trace.in("S 0:0(0) <mss 1000,wscale 0>").out("S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 3>");
        trace.advance(1_000)
                .out("S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 3>")
                .quiet();
    }

    /** 2.2: the shift of the first SYN applies, even if the buffer has changed since. */
    @Test
    void bufferThatChangesBetweenSynAndSynAck() {
        final Connection connection =
                trace.connect(new TcpConfig().timestamps(false).sack(false).receiveBufferBytes(400_000));
        trace.out("S 0:0(0) win 65535 <mss 1460,wscale 3>");
        connection.config().receiveBufferBytes(60_000);
        connection.configChanged(trace.now());
        trace.advance(1_000).out("S 0:0(0) <mss 1460,wscale 3>");
        trace.in("S. 0:0(0) ack 1 win 2000 <mss 1000,wscale 0>").out(". 1:1(0) ack 1 win " + (60_000 >> 3));
        trace.quiet();
    }

    /** RFC 7323 2.3: rounding up to the scale has a limit: small segments do not exceed SO_RCVBUF. */
    @Test
    void r9WindowCreeps() {
        final TcpListener l =
                trace.listen(new TcpConfig().timestamps(false).quickAck(true).receiveBufferBytes(1 << 20));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 5>");
        trace.out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final Connection c = TcpTrace.accept(l);
        int seq = 1;
        for (int i = 0; i < 50_000; i++, seq += 31) {
            trace.in(". " + seq + ":" + (seq + 31) + "(31) ack 1");
            trace.link.takeSent();
        }
        assertThat(c.readableBytes()).isLessThanOrEqualTo((1 << 20) + 1_460 + 32);
    }

    /** RFC 7323 2.4: rounding down to the scale does not shrink the announced window. */
    @Test
    void r18RightEdgeMovesBack() {
        final TcpListener l = trace.listen(new TcpConfig().timestamps(false).receiveBufferBytes(1 << 29));
        trace.in("S 0:0(0) win 65535 <mss 1000,wscale 5>");
        trace.out("S. 0:0(0) ack 1");
        trace.in(". 1:1(0) ack 1");
        final Connection c = TcpTrace.accept(l);
        int seq = 1;
        for (int i = 0; i < 5_000; i++) {
            final int before = c.rcvAdv;
            final int n = 700 + i % 31;
            trace.in("P. " + seq + ":" + (seq + n) + "(" + n + ") ack 1");
            seq += n;
            trace.read(c, i % 3 == 0 ? 100 : 1_000);
            trace.poll();
            trace.link.takeSent();
            assertThat(c.rcvAdv - before).as("step " + i).isNotNegative();
        }
    }
}
