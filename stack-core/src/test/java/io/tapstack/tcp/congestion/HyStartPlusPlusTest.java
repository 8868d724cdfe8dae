package io.tapstack.tcp.congestion;

import static io.tapstack.tcp.congestion.Acks.MSS;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 9406 4.2 and 4.3. */
class HyStartPlusPlusTest {

    private static final long MILLIS = 1_000_000L;

    private final HyStartPlusPlus hyStart = new HyStartPlusPlus();
    private int una;
    private int nxt = 20_000;

    /** A round of ACKs with this round trip. @return by how much the window has grown in it */
    private int round(final long rttNanos, final int acks) {
        int growth = 0;
        final int end = nxt;
        for (int i = 1; i <= acks; i++) {
            final AckSample ack = Acks.of(MSS);
            una = i == acks ? end : una + 1;
            nxt += MSS;
            ack.sndUna = una;
            ack.sndNxt = nxt;
            ack.rttNanos = rttNanos;
            growth += hyStart.growth(ack, MSS);
        }
        return growth;
    }

    /** 4.3: L = 8 for a sender that does not pace. */
    @Test
    void limit() {
        final AckSample ack = Acks.of(8 * MSS);
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(8 * MSS);
        ack.ackedBytes = 12 * MSS;
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(8 * MSS);
        ack.ackedBytes = 40 * MSS;
        assertThat(hyStart.growth(ack, MSS)).isEqualTo(20 * MSS);
    }

    /** Round trips that do not get longer: slow start goes on. */
    @Test
    void steadyRoundTrips() {
        for (int i = 0; i < 20; i++) {
            assertThat(round(50 * MILLIS, 10)).isEqualTo(10 * MSS);
        }
        assertThat(hyStart.isConservative()).isFalse();
    }

    /** RttThresh = max(4 ms, min(lastRoundMinRTT / 8, 16 ms)). */
    @Test
    void threshold() {
        assertThat(isConservativeAfter(8, 11)).isFalse();
        assertThat(isConservativeAfter(8, 12)).isTrue();
        assertThat(isConservativeAfter(80, 89)).isFalse();
        assertThat(isConservativeAfter(80, 90)).isTrue();
        assertThat(isConservativeAfter(400, 415)).isFalse();
        assertThat(isConservativeAfter(400, 416)).isTrue();
    }

    private static boolean isConservativeAfter(final long millisBefore, final long millis) {
        final HyStartPlusPlusTest test = new HyStartPlusPlusTest();
        test.round(millisBefore * MILLIS, 10);
        test.round(millisBefore * MILLIS, 10);
        test.round(millis * MILLIS, 10);
        return test.hyStart.isConservative();
    }

    /** N_RTT_SAMPLE = 8: fewer are not enough to tell. */
    @Test
    void tooFewSamples() {
        round(50 * MILLIS, 10);
        round(50 * MILLIS, 10);
        round(90 * MILLIS, 7);
        assertThat(hyStart.isConservative()).isFalse();
        round(90 * MILLIS, 10);
        assertThat(hyStart.isConservative()).as("as long as the round before").isFalse();
    }

    /** A single long round trip among short ones says nothing: the minimum counts. */
    @Test
    void minimumOfTheRound() {
        round(50 * MILLIS, 10);
        round(50 * MILLIS, 10);
        final AckSample outlier = Acks.of(MSS);
        outlier.sndUna = una;
        outlier.sndNxt = nxt;
        outlier.rttNanos = 50 * MILLIS;
        hyStart.growth(outlier, MSS);
        round(90 * MILLIS, 9);
        assertThat(hyStart.isConservative()).isFalse();
    }

    /** CSS_GROWTH_DIVISOR = 4 and CSS_ROUNDS = 5, of which the one that it began in is the first. */
    @Test
    void conservativeSlowStart() {
        round(50 * MILLIS, 10);
        round(50 * MILLIS, 10);
        round(60 * MILLIS, 10);
        assertThat(hyStart.isConservative()).isTrue();
        for (int i = 0; i < 3; i++) {
            assertThat(round(60 * MILLIS, 8)).isEqualTo(2 * MSS);
            assertThat(hyStart.isDone()).isFalse();
        }
        round(60 * MILLIS, 8);
        assertThat(hyStart.isDone()).isTrue();
    }

    /** Round trips that get shorter again: it was no queue, and slow start goes on. */
    @Test
    void backToSlowStart() {
        round(50 * MILLIS, 10);
        round(50 * MILLIS, 10);
        round(60 * MILLIS, 10);
        round(60 * MILLIS, 10);
        round(55 * MILLIS, 10);
        assertThat(hyStart.isConservative()).isFalse();
        assertThat(round(55 * MILLIS, 10)).isEqualTo(10 * MSS);
        assertThat(hyStart.isDone()).isFalse();
    }
}
