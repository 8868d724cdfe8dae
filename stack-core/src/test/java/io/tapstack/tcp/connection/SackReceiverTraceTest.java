package io.tapstack.tcp.connection;

import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** RFC 2018 (SACK blocks of a receiver) and RFC 2883 (reports of duplicates). */
class SackReceiverTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @BeforeEach
    void established() {
        trace.establishedWithSack(new TcpConfig(), 0);
    }

    @AfterEach
    void noLeaks() {
        trace.noLeaks();
    }

    /** RFC 2018 2: the option is in the SYN-ACK only if it was in the SYN. */
    @Test
    void notOfferedToAPeerWithout() {
        final TcpTrace other = new TcpTrace();
        other.established(new TcpConfig());
        other.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 1 <>");
        other.noLeaks();
    }

    /** 3: a block for data out of order; none when the gap is filled. */
    @Test
    void oneBlock() {
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 1 <sack 1001-2001>");
        trace.in(". 2001:3001(1000) ack 1").out(". 1:1(0) ack 1 <sack 1001-3001>");
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 3001 <>").quiet();
    }

    /** 4: the first block contains the latest segment; then follow the most recently reported blocks. */
    @Test
    void latestFirst() {
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 1 <sack 1001-2001>");
        trace.in(". 5001:6001(1000) ack 1").out(". 1:1(0) ack 1 <sack 5001-6001 1001-2001>");
        trace.in(". 3001:4001(1000) ack 1").out(". 1:1(0) ack 1 <sack 3001-4001 5001-6001 1001-2001>");
        trace.in(". 2001:3001(1000) ack 1").out(". 1:1(0) ack 1 <sack 1001-4001 5001-6001>");
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 4001 <sack 5001-6001>");
    }

    /** 3: four blocks have room without timestamps; the oldest is left out. */
    @Test
    void atMostFour() {
        for (int i = 1; i <= 5; i++) {
            trace.in(". " + i * 2_000 + ":" + (i * 2_000 + 1_000) + "(1000) ack 1");
        }
        for (int i = 1; i <= 4; i++) {
            trace.out(". 1:1(0) ack 1");
        }
        trace.out(". 1:1(0) ack 1 <sack 10000-11000 8000-9000 6000-7000 4000-5000>")
                .quiet();
    }

    /** 3: sent data has the blocks if there is room, else a pure ACK in front of it has them. */
    @Test
    void withDataOfOurs() {
        final Connection connection =
                (Connection) trace.stack.tcp().connections().get(0);
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 1 <sack 1001-2001>");
        trace.write(connection, 100);
        trace.out("P. 1:101(100) ack 1 <sack 1001-2001>");
        trace.write(connection, 1_000);
        trace.in(". 3001:4001(1000) ack 101");
        trace.out(". 101:1101(1000) ack 1 <>")
                .out(". 1101:1101(0) ack 1 <sack 3001-4001 1001-2001>")
                .quiet();
    }

    /** A FIN takes a sequence number, out of order too. */
    @Test
    void earlyFin() {
        trace.in("F. 1001:1501(500) ack 1").out(". 1:1(0) ack 1 <sack 1001-1502>");
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 1502 <>").quiet();
    }

    /** RFC 2883 4.1.1: the whole segment is a duplicate. */
    @Test
    void duplicateSegment() {
        trace.in(". 1:1001(1000) ack 1").advance(50).out(". 1:1(0) ack 1001 <>");
        trace.in(". 1:1001(1000) ack 1").out(". 1:1(0) ack 1001 <sack 1-1001>");
        trace.in(". 2001:3001(1000) ack 1")
                .out(". 1:1(0) ack 1001 <sack 2001-3001>")
                .quiet();
    }

    /** RFC 2883 4.2: the duplicate is inside a block, which follows. */
    @Test
    void duplicateOutOfOrder() {
        trace.in(". 1001:3001(2000) ack 1").out(". 1:1(0) ack 1 <sack 1001-3001>");
        trace.in(". 1001:2001(1000) ack 1").out(". 1:1(0) ack 1 <sack 1001-2001 1001-3001>");
        trace.in(". 4001:5001(1000) ack 1")
                .out(". 1:1(0) ack 1 <sack 4001-5001 1001-3001>")
                .quiet();
    }

    /** RFC 2883 4.1.2 and 4.3: a part of the segment is a duplicate. */
    @Test
    void partialDuplicate() {
        trace.in(". 1:1001(1000) ack 1").advance(50).out(". 1:1(0) ack 1001 <>");
        trace.in(". 501:1501(1000) ack 1")
                .out(". 1:1(0) ack 1501 <sack 501-1001>")
                .quiet();
    }
}
