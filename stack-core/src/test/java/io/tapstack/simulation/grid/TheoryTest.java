package io.tapstack.simulation.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.link.Impairment;
import io.tapstack.tcp.congestion.CongestionControls;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compares our TCP over simulated links with theory, and with plain sense. */
class TheoryTest {

    private static final long MILLIS = 1_000_000L;
    private static final int MIB = 1 << 20;

    /** Of 1500 bytes, with timestamps. */
    private static final int SEGMENT = 1_448;

    private static final double BYTES_PER_MEGABIT = 125_000;

    static Set<String> congestionControls() {
        return CongestionControls.BUILT_IN.names();
    }

    /**
     * Mathis et al., "The macroscopic behavior of the TCP congestion avoidance algorithm", 1997: MSS / RTT * C /
     * sqrt(p). C is sqrt(3/2) for losses at regular intervals if the window grows by a segment each round trip, as it
     * does where bytes are counted (RFC 3465), whether ACKs are delayed or not; 1.31 for losses at random, which a
     * quarter more or less includes.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.2, 0.5, 1, 2})
    void renoKeepsToTheFormulaOfMathis(final double lossPercent) {
        assertThat(shareOfMathis("reno", lossPercent)).isBetween(0.75, 1.25);
    }

    /** RFC 9438 4.3: never less than Reno, which it follows where Reno is faster. */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.2, 0.5, 1, 2})
    void cubicIsAtLeastAsFast(final double lossPercent) {
        assumeTrue(CongestionControls.BUILT_IN.names().contains("cubic"));
        assertThat(shareOfMathis("cubic", lossPercent)).isGreaterThan(0.95);
    }

    /** The median throughput of a flow with a round trip of 100 ms and random loss, where the formula says 1. */
    private static double shareOfMathis(final String congestionControl, final double lossPercent) {
        final double loss = lossPercent / 100;
        final long delayNanos = 50 * MILLIS;
        final Impairment back = Impairment.NONE.withDelay(delayNanos);
        // More than a hundred losses; the formula is not about the first segments, and not significant for fewer
        // losses.
        final Plan plan = Plan.of(congestionControl, back.withLoss(loss), back, (long) (150 / loss * SEGMENT));
        final double[] megabits = LongStream.rangeClosed(1, 5)
                .mapToDouble(seed -> BulkRun.of(plan, seed).megabitsPerSecond())
                .sorted()
                .toArray();
        return megabits[2] * BYTES_PER_MEGABIT / (SEGMENT * (1e9 / (2 * delayNanos)) * Math.sqrt(1.5 / loss));
    }

    /**
     * Chiu and Jain, 1989: additive increase and multiplicative decrease lead equal flows to equal shares; BBR has its
     * own way.
     */
    @ParameterizedTest
    @MethodSource("congestionControls")
    void twoEqualFlowsShareABottleneck(final String congestionControl) {
        assertThat(medianFairness(bottleneck(congestionControl, 10, 20, 64, 40).withFlows(2, 0)))
                .isGreaterThan(0.95);
        assertThat(medianFairness(bottleneck(congestionControl, 20, 50, 128, 40).withFlows(2, 0)))
                .isGreaterThan(0.95);
        assertThat(medianFairness(bottleneck(congestionControl, 5, 10, 32, 40).withFlows(2, 0)))
                .isGreaterThan(0.95);
    }

    /**
     * Lakshman and Madhow, "The performance of TCP/IP for networks with high bandwidth-delay products and random loss",
     * 1997: flows of Reno that share a queue get shares like the inverse of the round trip, to a power between 1 and 2.
     * The round trip is that of the line and a part of the queue, from none to all.
     */
    @ParameterizedTest
    @ValueSource(ints = {40, 120})
    void unequalRoundTripsShareAsTheorySays(final int spreadMillis) {
        final double empty = (40.0 + spreadMillis) / 40;
        final double queue = 32.768 * 8 / 10; // ms
        final double full = (40 + spreadMillis + queue) / (40 + queue);
        assertThat(medianFairness(bottleneck("reno", 10, 20, 32, 60).withFlows(2, spreadMillis * MILLIS)))
                .isBetween(fairnessOf(empty * empty), fairnessOf(full));
    }

    /**
     * RFC 9438 3.3: CUBIC's window does not depend on the round trip, so that shares are like its inverse, not like its
     * square.
     */
    @Test
    void cubicMindsTheRoundTripLess() {
        assertThat(medianFairness(bottleneck("cubic", 10, 20, 32, 60).withFlows(2, 120 * MILLIS)))
                .isGreaterThan(medianFairness(bottleneck("reno", 10, 20, 32, 60).withFlows(2, 120 * MILLIS)) + 0.05);
    }

    /** Jain's index of two flows of which one gets {@code ratio} times the share of the other one. */
    private static double fairnessOf(final double ratio) {
        return Outcome.jain(1_000_000, (long) (ratio * 1_000_000));
    }

    private static double medianFairness(final Plan plan) {
        final double[] found = LongStream.rangeClosed(1, 3)
                .mapToDouble(seed -> BulkRun.of(plan, seed).fairness())
                .sorted()
                .toArray();
        return found[1];
    }

    /** With a queue as large as the capacity of the line, a single flow leaves hardly any of it unused. */
    @ParameterizedTest
    @MethodSource("congestionControls")
    void aLineIsUsed(final String congestionControl) {
        final Plan plan = bottleneck(congestionControl, 10, 20, 64, 40);
        // Tahoe starts from one segment after each loss, which takes about a quarter of the time.
        final double expected = congestionControl.equals("tahoe") ? 7 : 9;
        assertThat(BulkRun.of(plan, 1).megabitsPerSecond()).isGreaterThan(expected);
    }

    /** {@code seconds} seconds' worth of bytes through a bottleneck. */
    private static Plan bottleneck(
            final String congestionControl,
            final double mbps,
            final int delayMillis,
            final int queueKib,
            final int seconds) {
        final Impairment back = Impairment.NONE.withDelay(delayMillis * MILLIS);
        final long bytesPerSecond = (long) (mbps * BYTES_PER_MEGABIT);
        final Impairment forward = back.withRate(bytesPerSecond, queueKib << 10);
        return Plan.of(congestionControl, forward, back, bytesPerSecond * seconds);
    }

    /** Round trips that vary by up to a quarter, in order: neither ACKs nor timers indicate a loss. */
    @ParameterizedTest
    @MethodSource("congestionControls")
    void jitterIsNoLoss(final String congestionControl) {
        for (final int delayMillis : new int[] {1, 10, 50, 300}) {
            final Impairment way =
                    Impairment.NONE.withDelay(delayMillis * MILLIS).withJitter(delayMillis * MILLIS / 4);
            final Plan plan = Plan.of(congestionControl, way, way, 2 * MIB);
            for (final Plan either : new Plan[] {plan, plan.withOffload()}) {
                for (long seed = 1; seed <= 3; seed++) {
                    final Outcome outcome = BulkRun.of(either, seed);
                    assertThat(outcome.retransmitted())
                            .as("%s, %d ms, seed %d: segments sent again", congestionControl, delayMillis, seed)
                            .isZero();
                    assertThat(outcome.timeouts()).isZero();
                }
            }
        }
    }

    /**
     * RFC 8985 6.2: once reordering has been seen, segments get time to arrive out of order, a quarter of the round
     * trip to begin with. The first recoveries are undone (RFC 4015), so throughput does not suffer.
     */
    @ParameterizedTest
    @MethodSource("congestionControls")
    void reorderingIsNoLoss(final String congestionControl) {
        final Impairment way = Impairment.NONE.withDelay(20 * MILLIS);
        final long rate = (long) (20 * BYTES_PER_MEGABIT);
        final Impairment forward = way.withRate(rate, 256 << 10);
        final double clean =
                BulkRun.of(Plan.of(congestionControl, forward, way, 8 * MIB), 1).megabitsPerSecond();
        for (final double share : new double[] {0.01, 0.1, 0.3}) {
            for (final int heldMillis : new int[] {1, 5, 10}) {
                final Impairment reordered = forward.withReordering(share, heldMillis * MILLIS);
                final Outcome outcome = BulkRun.of(Plan.of(congestionControl, reordered, way, 8 * MIB), 1);
                final String which = "%s, %.0f %% held back for %d ms, %s"
                        .formatted(congestionControl, 100 * share, heldMillis, outcome);
                assertThat(outcome.megabitsPerSecond()).as(which).isGreaterThan(0.7 * clean);
                // The queue overflows at the end of slow start; further retransmissions were spurious. CUBIC with the
                // most and longest reordering has between 2 and 240 of 5,800 segments, by chance.
                assertThat(outcome.retransmitted() - outcome.lost()).as(which).isLessThan(300);
                // Tahoe has nothing in flight behind a retransmission that the full queue drops.
                assertThat(outcome.timeouts()).as(which).isLessThanOrEqualTo(congestionControl.equals("tahoe") ? 1 : 0);
            }
        }
    }

    /**
     * One in ten of all frames is affected, each way; {@link BulkRun} fails if a byte is wrong or an end is not
     * reached.
     */
    @ParameterizedTest
    @MethodSource("congestionControls")
    void everythingArrivesThroughTenPercentOfLoss(final String congestionControl) {
        final Impairment lossy = Impairment.NONE.withLoss(0.1).withDelay(5 * MILLIS);
        final Stream<Impairment> ways = Stream.of(
                lossy,
                lossy.withDelay(0),
                lossy.withDelay(150 * MILLIS),
                lossy.withReordering(0.1, 3 * MILLIS),
                lossy.withDuplication(0.1),
                lossy.withCorruption(0.1),
                lossy.withRate(1_250_000, 32 << 10));
        ways.forEach(way -> {
            for (long seed = 1; seed <= 4; seed++) {
                final Plan plan = Plan.of(congestionControl, way, way.withRate(0, 0), MIB / 4);
                BulkRun.of(plan, seed);
                BulkRun.of(plan.withOffload(), seed);
            }
        });
    }

    /**
     * With one packet in five lost each way a timeout is followed by another with a probability of 0.36, so that a wait
     * is a few seconds at most (RFC 6298): a round trip measured over a wait would make the next one longer, and so on,
     * up to two minutes.
     */
    @ParameterizedTest
    @ValueSource(strings = {"reno", "cubic"})
    void waitsDoNotAddUp(final String congestionControl) {
        final Impairment way = Impairment.NONE.withLoss(0.2).withDelay(10 * MILLIS);
        for (long seed = 1; seed <= 4; seed++) {
            final Outcome outcome = BulkRun.of(Plan.of(congestionControl, way, way, MIB / 2), seed);
            assertThat(outcome.nanos() / 1_000_000_000.0)
                    .as("seconds, %s", outcome)
                    .isLessThan(10.0 * outcome.timeouts() + 10);
        }
    }

    @Test
    void jainsIndex() {
        assertThat(Outcome.jain(5, 5)).isEqualTo(1);
        assertThat(Outcome.jain(5, 0, 0, 0)).isEqualTo(0.25);
    }
}
