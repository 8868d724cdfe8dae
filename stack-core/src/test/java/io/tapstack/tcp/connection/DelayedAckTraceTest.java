package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When to acknowledge: RFC 9293 3.8.6.3 (SHLD-18, SHLD-19, MUST-40) and 3.10.7.4 (MUST-58), RFC 5681 4.2. */
class DelayedAckTraceTest {

    private final TcpTrace trace = new TcpTrace();

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** MUST-40: within 500 ms of the first unacknowledged segment; later segments do not delay it. */
    @Test
    void timerRunsFromTheFirst() {
        trace.established(new TcpConfig());
        trace.in("P. 1:11(10) ack 1").advance(30);
        trace.in("P. 11:21(10) ack 1").advance(9).quiet();
        trace.advance(1).out(". 1:1(0) ack 21").quiet();
        trace.advance(500).quiet();
    }

    /** SHLD-19: every second full-sized segment, of whatever size the peer's are. */
    @ParameterizedTest
    @ValueSource(ints = {536, 1_000, 1_460})
    void everySecondFullSizedSegment(final int size) {
        trace.established(new TcpConfig());
        int at = 1;
        for (int i = 1; i <= 10; i++) {
            trace.in(". " + at + ":" + (at + size) + "(" + size + ") ack 1");
            at += size;
            if (i % 2 == 0) {
                trace.out(". 1:1(0) ack " + at);
            }
            trace.quiet();
        }
    }

    /** Small segments add up to full ones. */
    @Test
    void smallSegmentsAddUp() {
        trace.established(new TcpConfig());
        int at = 1;
        while (at < 1_073 - 134) {
            trace.in("P. " + at + ":" + (at + 134) + "(134) ack 1").quiet();
            at += 134;
        }
        trace.in("P. " + at + ":" + (at + 134) + "(134) ack 1")
                .out(". 1:1(0) ack " + (at + 134))
                .quiet();
    }

    /** A segment joined from many by an offloading device counts as many. */
    @Test
    void largeSegment() {
        trace.established(new TcpConfig());
        trace.in(". 1:8001(8000) ack 1").out(". 1:1(0) ack 8001").quiet();
    }

    /** MUST-58: in a burst of super-segments, every second of the largest is acknowledged, and the last. */
    @Test
    void superSegmentsTogether() {
        trace.listen(new TcpConfig().timestamps(false).receiveBufferBytes(1 << 20));
        trace.in("S 0:0(0) <mss 1000,wscale 7>").out("S. 0:0(0) ack 1 win 65535 <mss 1460,wscale 5>");
        // The window of a SYN-ACK is not scaled; the first ACK opens it.
        trace.in(". 1:3001(3000) ack 1").out(". 1:1(0) ack 3001");
        trace.inTogether(
                ". 3001:43001(40000) ack 1",
                ". 43001:83001(40000) ack 1",
                ". 83001:123001(40000) ack 1",
                ". 123001:163001(40000) ack 1",
                ". 163001:203001(40000) ack 1");
        trace.out(". 1:1(0) ack 163001").out(". 1:1(0) ack 203001").quiet();
        trace.advance(1_000).quiet();
    }

    /** Segments behind a super-segment, however small, share its ACK. */
    @Test
    void smallSegmentBehindASuperSegment() {
        trace.established(new TcpConfig());
        trace.inTogether(". 1:40001(40000) ack 1", "P. 40001:40011(10) ack 1");
        trace.out(". 1:1(0) ack 40011").quiet();
        trace.in("P. 40011:40021(10) ack 1").quiet();
        trace.advance(40).out(". 1:1(0) ack 40021").quiet();
    }

    /** Plain segments in a burst are acknowledged as if they arrived one by one. */
    @Test
    void fullSegmentsTogether() {
        trace.established(new TcpConfig());
        trace.inTogether(
                ". 1:1461(1460) ack 1",
                ". 1461:2921(1460) ack 1",
                ". 2921:4381(1460) ack 1",
                ". 4381:5841(1460) ack 1");
        trace.out(". 1:1(0) ack 2921").out(". 1:1(0) ack 5841").quiet();
    }

    /** RFC 5681 4.2: data out of order is acknowledged at once, in the middle of a burst too. */
    @Test
    void outOfOrderInABurst() {
        trace.established(new TcpConfig());
        trace.inTogether(". 1:20001(20000) ack 1", ". 40001:60001(20000) ack 1", ". 20001:40001(20000) ack 1");
        trace.out(". 1:1(0) ack 20001").out(". 1:1(0) ack 60001").quiet();
    }

    /** Data sent in the meantime carries the ACK. */
    @Test
    void nothingIsLeftToSayAfterData() {
        final Connection connection = trace.established(new TcpConfig());
        connection.observer(new ConnectionObserver() {
            @Override
            public void readable() {
                trace.write(connection, 10);
            }
        });
        trace.inTogether("P. 1:20001(20000) ack 1");
        trace.out("P. 1:11(10) ack 20001").quiet();
    }

    /** The connection ends before the end of the burst. */
    @Test
    void resetInABurst() {
        trace.established(new TcpConfig());
        trace.inTogether(". 1:20001(20000) ack 1", "R 20001:20001(0)").quiet();
    }

    /** RFC 1122 4.2.3.2: a delay of 0 acknowledges at once. */
    @Test
    void noDelay() {
        trace.established(new TcpConfig().delayedAckNanos(0));
        trace.in("P. 1:2(1) ack 1").out(". 1:1(0) ack 2").quiet();
    }

    /** ACKs are not acknowledged, as two stacks would exchange them without end. */
    @Test
    void acksAreNotAcknowledged() {
        final Connection connection = trace.established(new TcpConfig());
        trace.in(". 1:1(0) ack 1").in(". 1:1(0) ack 1 win 77").advance(1_000).quiet();
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1").in(". 1:1(0) ack 11").advance(1_000).quiet();
    }

    /** Data, FIN and retransmissions carry the ACK, and end the delay. */
    @Test
    void carried() {
        final Connection connection = trace.established(new TcpConfig());
        trace.write(connection, 10);
        trace.out("P. 1:11(10) ack 1").advance(180).in("P. 1:11(10) ack 1").quiet();
        trace.advance(20).out("P. 1:11(10) ack 11").quiet();
        trace.in("P. 11:21(10) ack 11").quiet();
        assertThat(trace.read(connection, 100)).isEqualTo(20);
        connection.shutdownOutput(trace.now());
        trace.out("F. 11:11(0) ack 21").advance(100).quiet();
    }

    /** A FIN is acknowledged at once. */
    @Test
    void fin() {
        trace.established(new TcpConfig());
        trace.in("P. 1:11(10) ack 1")
                .quiet()
                .in("F. 11:11(0) ack 1")
                .out(". 1:1(0) ack 12")
                .quiet();
        trace.advance(1_000).quiet();
    }
}
