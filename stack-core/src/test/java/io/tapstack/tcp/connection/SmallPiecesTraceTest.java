package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import org.junit.jupiter.api.Test;

/** A stream of many small slices: a packet refers to 32 of them at most, however small they are. */
class SmallPiecesTraceTest {

    private final TcpTrace trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
    private final Connection connection = trace.established(new TcpConfig().noDelay(true));

    private void writeByReference(final int pieces) {
        for (int piece = 0; piece < pieces; piece++) {
            final Region region = trace.stack.pool().region(BufferPool.SMALL);
            trace.append(connection, region, 2);
            region.release();
            trace.out(". %d:%d(2) ack 1".formatted(1 + 2 * piece, 3 + 2 * piece));
        }
    }

    /** RFC 5681 3.1: after a timeout the window is one segment of any size. */
    @Test
    void retransmissionOfMoreSlicesThanAPacketHoldsTakesTwoSegments() {
        writeByReference(40);
        trace.advance(250);
        trace.out(". 1:65(64) ack 1").quiet();
        trace.in(". 1:1(0) ack 65").out(". 65:81(16) ack 1").quiet();
        trace.in(". 1:1(0) ack 81");
        assertThat(connection.unacknowledgedBytes()).isZero();
        assertThat(connection.state()).isEqualTo(TcpState.ESTABLISHED);
        trace.noLeaks();
    }

    @Test
    void finGoesOutAgainWithTheLastOfThem() {
        writeByReference(40);
        connection.shutdownOutput(trace.now());
        trace.out("F. 81:81(0) ack 1");
        trace.advance(250);
        trace.out(". 1:65(64) ack 1").quiet();
        trace.in(". 1:1(0) ack 65").out("F. 65:81(16) ack 1").quiet();
        trace.in(". 1:1(0) ack 82");
        assertThat(connection.state()).isEqualTo(TcpState.FIN_WAIT_2);
        trace.noLeaks();
    }
}
