package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.event.DropReason;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A stack under memory pressure continues the work that frees memory, in small steps, and delays the rest. */
class MemoryPressureTraceTest {

    private static final int LIMIT = 10_000;

    private final TcpTrace trace = new TcpTrace(LinkCapabilities.plain(LinkType.IP, 1_500), LIMIT);
    private final Connection connection = trace.established(new TcpConfig().quickAck(true));
    private final Region hoard = trace.stack.pool().region(BufferPool.BLOCK);

    @AfterEach
    void noLeaks() {
        hoard.release();
        connection.close(trace.now());
        trace.noLeaks();
    }

    @Test
    void dataInOrderIsTakenWhileTheApplicationHasNothingElseToRead() {
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 1001");
        trace.in(". 1001:2001(1000) ack 1").quiet().dropped(DropReason.NO_MEMORY, 1);
        trace.read(connection, 1_000);
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 2001");
    }

    @Test
    void dataOutOfOrderMakesWayForDataInOrder() {
        hoard.release();
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 1");
        hoard();
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 1001");
        assertThat(connection.readableBytes()).isEqualTo(1_000);
    }

    /** Takes the memory again. */
    private void hoard() {
        final Region again = trace.stack.pool().region(BufferPool.BLOCK);
        assertThat(again).isSameAs(hoard);
    }
}
