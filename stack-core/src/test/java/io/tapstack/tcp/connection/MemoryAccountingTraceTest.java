package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.event.DropReason;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Charged memory equals held memory, per connection and per stack, at any time, and is zero at the end. */
class MemoryAccountingTraceTest {

    private static final LinkCapabilities PLAIN = LinkCapabilities.plain(LinkType.IP, 1_500);

    /**
     * After any writes, reads, receptions and ACKs, the connection is charged for the blocks that it has from the pool.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void chargedIsHeld(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final TcpTrace trace = new TcpTrace(PLAIN);
        final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(60_000));
        for (int step = 0; step < 2_000; step++) {
            switch (random.nextInt(4)) {
                case 0 -> trace.write(connection, 1 + random.nextInt(5_000));
                case 1 -> trace.read(connection, 1 + random.nextInt(20_000));
                case 2 -> trace.in(". 1:1(0) ack " + (connection.sndNxt - connection.iss) + " win 60000");
                default -> {
                    final int from = connection.rcvNxt - connection.irs + random.nextInt(3) * random.nextInt(5_000);
                    final int length = 1 + random.nextInt(1_460);
                    trace.in(". " + from + ":" + (from + length) + "(" + length + ") ack 1");
                }
            }
            trace.drain(); // any number
            assertThat((long) connection.heldBytes())
                    .isEqualTo(trace.stack.pool().bytesInUse());
        }
        trace.in("R " + (connection.rcvNxt - connection.irs) + ":" + (connection.rcvNxt - connection.irs) + "(0)");
        // Received data may still be read.
        trace.read(connection, 1 << 20);
        assertThat(connection.heldBytes()).isZero();
        trace.noLeaks();
    }

    /**
     * A peer that sends single bytes occupies at most twice the buffer, in order or not (65,536-byte read buffers full
     * of small pieces).
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void crumbs(final int stride) {
        final TcpTrace trace = new TcpTrace(new LinkCapabilities(LinkType.IP, 1_500, true, true, 65_535));
        final Connection connection = trace.established(new TcpConfig().receiveBufferBytes(20_000));
        for (int at = 1; at < 20_000; at += stride) {
            trace.in(". " + at + ":" + (at + 1) + "(1) ack 1");
            trace.drain(); // ACKs.
            assertThat(connection.heldBytes()).isLessThanOrEqualTo(2 * 20_000 + BufferPool.SUPER);
        }
        trace.noLeaks();
    }

    /** RFC 2018 8: data out of order may be discarded; under pressure as much as needed is, the farthest first. */
    @Test
    void pruning() {
        final TcpTrace trace = new TcpTrace(PLAIN, 100_000);
        final Connection connection = trace.established(new TcpConfig());
        for (int at = 2_001; at < 60_000; at += 4_000) {
            trace.in(". " + at + ":" + (at + 1_000) + "(1000) ack 1").out(". 1:1(0) ack 1");
        }
        assertThat(connection.reassembly.pieces()).isEqualTo(15);
        final Region[] hoard = new Region[5];
        for (int i = 0; i < hoard.length; i++) {
            hoard[i] = trace.stack.pool().region(BufferPool.BLOCK);
        }
        assertThat(trace.stack.pool().underPressure()).isTrue();
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 1001");
        assertThat(connection.reassembly.pieces()).isBetween(1, 10);
        trace.dropped(DropReason.TCP_REASSEMBLY_PRUNED, 1);
        // The nearest data is kept.
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 3001");
        for (final Region block : hoard) {
            block.release();
        }
        trace.noLeaks();
    }
}
