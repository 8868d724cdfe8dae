package io.tapstack.tcp.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.StackEvents;
import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fast retransmit and fast recovery: RFC 5681 3.2, RFC 6582, with NewReno; limited transmit: RFC 3042. */
class FastRetransmitTraceTest {

    private final TcpTrace trace = new TcpTrace();
    private final Connection connection = trace.established(new TcpConfig().congestionControl("newreno"));

    @AfterEach
    void nothingIsLeft() {
        trace.noLeaks();
    }

    /** Ten segments in flight, which is the initial window, and as many waiting. */
    private void flight() {
        trace.write(connection, 20_000);
        for (int i = 0; i < 10; i++) {
            trace.out(segment(1 + 1000 * i));
        }
        trace.quiet();
    }

    private static String segment(final int seq) {
        return ". " + seq + ":" + (seq + 1000) + "(1000) ack 1";
    }

    /** RFC 3042: one new segment for each of the first two duplicates; RFC 5681 3.2 step 2: the third retransmits. */
    @Test
    void thirdDuplicateRetransmits() {
        flight();
        trace.in(". 1:1(0) ack 1").out(segment(10_001)).quiet();
        trace.in(". 1:1(0) ack 1").out(segment(11_001)).quiet();
        trace.in(". 1:1(0) ack 1").out(segment(1)).quiet();
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
        assertThat(connection.recovery.inRecovery()).isTrue();
        assertThat(connection.statistics.fastRecoveries).isEqualTo(1);
        assertThat(connection.statistics.retransmissionTimeouts).isZero();
    }

    /** Step 4: each further duplicate inflates the window; step 5: sends new data when that allows it. */
    @Test
    void inflation() {
        flight();
        trace.in(". 1:1(0) ack 1").out(segment(10_001));
        trace.in(". 1:1(0) ack 1").out(segment(11_001));
        trace.in(". 1:1(0) ack 1").out(segment(1));
        // 12 in flight; the window is 5 + 3, and one more with each duplicate.
        trace.in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 1").out(segment(12_001)).quiet();
        trace.in(". 1:1(0) ack 1").out(segment(13_001)).quiet();
    }

    /** RFC 5681 3.2: forged duplicates do not open the window without limit. */
    @Test
    void madeUpDuplicates() {
        flight();
        for (int i = 0; i < 1_000; i++) {
            trace.in(". 1:1(0) ack 1");
        }
        assertThat(connection.recovery.window(0)).isLessThanOrEqualTo(20_000);
        trace.drain(); // The rest of the data, at most.
    }

    /** RFC 6582 3.2 step 3: a partial ACK sends the next hole again at once. */
    @Test
    void partialAck() {
        flight();
        trace.in(". 1:1(0) ack 1").out(segment(10_001));
        trace.in(". 1:1(0) ack 1").out(segment(11_001));
        trace.in(". 1:1(0) ack 1").out(segment(1));
        trace.in(". 1:1(0) ack 3001").out(segment(3_001)).quiet();
        assertThat(connection.recovery.inRecovery()).isTrue();
        trace.in(". 1:1(0) ack 12001");
        assertThat(connection.recovery.inRecovery()).isFalse();
    }

    /** RFC 6582 3.2 step 3: a full ACK ends recovery, and deflates to no more than ssthresh, without a burst. */
    @Test
    void fullAck() {
        flight();
        trace.in(". 1:1(0) ack 1").out(segment(10_001));
        trace.in(". 1:1(0) ack 1").out(segment(11_001));
        trace.in(". 1:1(0) ack 1").out(segment(1));
        trace.in(". 1:1(0) ack 12001").out(segment(12_001)).out(segment(13_001)).quiet();
        assertThat(connection.congestion.cwnd()).isEqualTo(2_000);
        assertThat(connection.congestion.ssthresh()).isEqualTo(5_000);
    }

    /** RFC 5681 2: a duplicate has no data, and does not change the window. */
    @Test
    void whatIsNoDuplicate() {
        flight();
        trace.in(". 1:1(0) ack 1 win 65000").in(". 1:1(0) ack 1 win 64000").in(". 1:1(0) ack 1 win 63000");
        trace.in(". 1:11(10) ack 1 win 63000").in(". 11:21(10) ack 1 win 63000").in(". 21:31(10) ack 1 win 63000");
        assertThat(connection.recovery.inRecovery()).isFalse();
        assertThat(connection.read(java.nio.ByteBuffer.allocate(100), false, trace.now()))
                .isEqualTo(30);
    }

    /** RFC 6582 3.2 step 2: duplicates of retransmissions after a timeout are not a new loss. */
    @Test
    void noFastRetransmitAfterATimeoutForTheSameData() {
        flight();
        trace.advance(200).out(segment(1)).quiet();
        trace.in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .in(". 1:1(0) ack 1")
                .quiet();
        trace.in(". 1:1(0) ack 10001");
        assertThat(connection.recovery.inRecovery()).isFalse();
    }

    /** The observer gets each retransmission and its cause. */
    @Test
    void observed() {
        final StringBuilder seen = new StringBuilder();
        trace.stack.statistics().observer(new StackEvents() {
            @Override
            public void retransmitted(
                    final io.tapstack.event.Flow flow,
                    final int sequence,
                    final int length,
                    final RetransmitCause cause) {
                seen.append(sequence - trace.stackIss())
                        .append(' ')
                        .append(length)
                        .append(' ')
                        .append(cause);
            }
        });
        flight();
        trace.in(". 1:1(0) ack 1").in(". 1:1(0) ack 1").in(". 1:1(0) ack 1");
        assertThat(seen).hasToString("1 1000 FAST_RETRANSMIT");
        assertThat(trace.stack.statistics().segmentsRetransmitted).isEqualTo(1);
    }
}
