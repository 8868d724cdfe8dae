package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** draft-ietf-ccwg-bbr 4.1: delivery rate samples. Times in milliseconds. */
class DeliveryRateTest {

    private static final long MS = 1_000_000;

    private final SackScoreboard scoreboard = new SackScoreboard(new SentSegmentPool());
    private final DeliveryRate rate = scoreboard.rate();
    private int next;
    private int una;

    private void send(final int bytes, final long millis) {
        scoreboard.sent(next, next + bytes, false, 1_000, millis * MS);
        next += bytes;
    }

    private void ack(final int bytes, final long millis) {
        ack(bytes, millis * MS, MS);
    }

    private void ack(final int bytes, final long nanos, final long minRtt) {
        una += bytes;
        final AckArrival ack = new AckArrival();
        ack.begin(nanos, una, next);
        ack.minRttNanos = minRtt;
        scoreboard.take(ack, (segment, delivered, a) -> {});
    }

    /** Paced sending: a segment each millisecond, and an ACK for each 10 ms later. */
    @Test
    void steady() {
        for (int t = 0; t < 30; t++) {
            send(1_000, t);
            if (t >= 10) {
                ack(1_000, t);
            }
        }
        assertThat(rate.bytesPerSecond()).isBetween(900_000L, 1_100_000L);
        assertThat(rate.rttNanos()).isEqualTo(10 * MS);
        assertThat(rate.isAppLimited()).isFalse();
    }

    /** ACKs that were held up and come together do not look like a fast network: the interval is the sender's. */
    @Test
    void compressedAcks() {
        for (int t = 0; t < 10; t++) {
            send(1_000, t);
        }
        for (int i = 0; i < 10; i++) {
            ack(1_000, 20);
        }
        assertThat(rate.bytesPerSecond()).isLessThanOrEqualTo(1_100_000L);
    }

    /** A burst does not either: the interval is that of the ACKs. */
    @Test
    void burst() {
        send(1_000, 0);
        ack(1_000, 10);
        send(10_000, 10);
        for (int i = 1; i <= 10; i++) {
            ack(1_000, 20 + i);
        }
        assertThat(rate.bytesPerSecond()).isLessThanOrEqualTo(1_000_000L);
    }

    /** What was in flight when the application had nothing more says so; what comes later does not. */
    @Test
    void applicationLimited() {
        send(1_000, 0);
        rate.applicationLimited(scoreboard.bytesInNetwork());
        ack(1_000, 10);
        assertThat(rate.isAppLimited()).isFalse();
        rate.applicationLimited(0);
        send(1_000, 20);
        ack(1_000, 30);
        assertThat(rate.isAppLimited()).isTrue();
        send(1_000, 40);
        ack(1_000, 50);
        assertThat(rate.isAppLimited()).isFalse();
    }

    /**
     * TCP_INFO: the last sample that the network has limited stays; one that the application has limited only if it is
     * better.
     */
    @Test
    void whatIsReported() {
        assertThat(rate.lastRate()).isZero();
        assertThat(rate.isLastRateAppLimited()).isTrue();
        send(10_000, 0);
        ack(10_000, 10);
        assertThat(rate.lastRate()).isEqualTo(1_000_000);
        assertThat(rate.isLastRateAppLimited()).isFalse();
        rate.applicationLimited(0);
        send(1_000, 20);
        ack(1_000, 30);
        assertThat(rate.lastRate()).isEqualTo(1_000_000);
        assertThat(rate.isLastRateAppLimited()).isFalse();
        rate.applicationLimited(0);
        send(40_000, 40);
        ack(40_000, 50);
        assertThat(rate.lastRate()).isEqualTo(4_000_000);
        assertThat(rate.isLastRateAppLimited()).isTrue();
        send(1_000, 60);
        ack(1_000, 70);
        assertThat(rate.lastRate()).as("slower, but the network's own").isEqualTo(100_000);
        assertThat(rate.isLastRateAppLimited()).isFalse();
    }

    /** Nor can one shorter than the stack's clock can tell, if the shortest round trip was one that it could not. */
    @Test
    void noTimeAtAll() {
        send(50_000, 0);
        ack(50_000, 1, 0);
        assertThat(rate.bytesPerSecond()).isZero();
        assertThat(rate.lastRate()).isZero();
    }

    /** No interval shorter than the shortest round trip can be true. */
    @Test
    void noSample() {
        send(1_000, 0);
        ack(1_000, 0);
        assertThat(rate.intervalNanos()).isZero();
        assertThat(rate.bytesPerSecond()).isZero();
    }
}
