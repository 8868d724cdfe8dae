package io.tapstack.tcp.timing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** RFC 8985 6.2, step 1: RACK.min_RTT is a windowed minimum. */
class ShortestRoundTripTest {

    private static final long MILLIS = 1_000_000L;
    private static final long SECOND = 1_000 * MILLIS;

    private final ShortestRoundTrip shortest = new ShortestRoundTrip();

    @Test
    void noneAtFirst() {
        assertThat(shortest.nanos()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aShorterOneCountsAtOnce() {
        shortest.sample(20 * MILLIS, false, -5 * SECOND);
        shortest.sample(10 * MILLIS, false, SECOND);
        shortest.sample(15 * MILLIS, false, 2 * SECOND);
        assertThat(shortest.nanos()).isEqualTo(10 * MILLIS);
    }

    /** A path that has become longer: five minutes later that is known. */
    @Test
    void followsALongerPath() {
        shortest.sample(10 * MILLIS, false, 0);
        for (long second = 1; second <= 300; second++) {
            shortest.sample(80 * MILLIS, false, second * SECOND);
            assertThat(shortest.nanos()).isEqualTo(10 * MILLIS);
        }
        shortest.sample(80 * MILLIS, false, 301 * SECOND);
        assertThat(shortest.nanos()).isEqualTo(80 * MILLIS);
    }

    /** ACKs that a peer delays say nothing about the path, however long nothing else comes. */
    @Test
    void delayedAcksDoNotMakeItLonger() {
        shortest.sample(10 * MILLIS, false, 0);
        for (long second = 1; second <= 1_000; second++) {
            shortest.sample(50 * MILLIS, true, second * SECOND);
        }
        assertThat(shortest.nanos()).isEqualTo(10 * MILLIS);
        shortest.sample(5 * MILLIS, true, 1_001 * SECOND);
        assertThat(shortest.nanos()).isEqualTo(5 * MILLIS);
    }

    /** If nothing but delayed ones was ever measured, that is what is known. */
    @Test
    void theFirstOneCounts() {
        shortest.sample(50 * MILLIS, true, 0);
        assertThat(shortest.nanos()).isEqualTo(50 * MILLIS);
    }
}
