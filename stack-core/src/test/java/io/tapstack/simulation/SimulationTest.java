package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.StackStatistics;
import io.tapstack.link.PcapngWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whole connections over all kinds of bad links. {@code -Dtapstack.seeds=N} runs more of them,
 * {@code -Dtapstack.seed=N} a certain one.
 */
class SimulationTest {

    private static final int SEEDS = 1_000;

    @TestFactory
    Stream<DynamicTest> everyByteArrivesInOrderAndOnce() {
        final Long only = Long.getLong("tapstack.seed");
        final LongStream seeds = only != null
                ? LongStream.of(only)
                : LongStream.rangeClosed(1, Integer.getInteger("tapstack.seeds", SEEDS));
        return seeds.mapToObj(seed -> DynamicTest.dynamicTest("seed " + seed, () -> run(seed)));
    }

    private static void run(final long seed) throws IOException {
        final Scenario scenario = Scenario.of(seed);
        try {
            new Simulation(scenario).run();
        } catch (final AssertionError | RuntimeException e) {
            throw new AssertionError("""
                    %s
                    %s
                    To run it again: -Dtest=SimulationTest -Dtapstack.seed=%d
                    Both ends are captured in %s""".formatted(e.getMessage(), scenario, seed, capture(scenario)), e);
        }
    }

    /** Runs it once more, the same way but with a capture. */
    private static Path capture(final Scenario scenario) throws IOException {
        final Path file = Path.of("target", "simulation-" + scenario.seed() + ".pcapng");
        try (PcapngWriter writer = new PcapngWriter(Files.newOutputStream(file))) {
            new Simulation(scenario, writer).run();
        } catch (final AssertionError | RuntimeException expected) {
            // It fails as before.
        }
        return file;
    }

    @ParameterizedTest
    @EnumSource(CablePlan.Ends.class)
    void nothingIsSentTwiceOverACleanLink(final CablePlan.Ends ends) {
        final Simulation simulation = new Simulation(Scenario.upload(ends, 1_000_000));
        simulation.run();
        final StackStatistics sender = simulation.network().left().stack().statistics();
        final StackStatistics receiver = simulation.network().right().stack().statistics();
        assertThat(sender.segmentsRetransmitted).isZero();
        assertThat(receiver.segmentsRetransmitted).isZero();
        assertThat(sender.drops()).isZero();
        assertThat(receiver.drops()).isZero();
    }

    @Test
    void sameSeedSameFrames() {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(captureOf(seed)).as("seed %d", seed).isEqualTo(captureOf(seed));
        }
        assertThat(captureOf(1)).isNotEqualTo(captureOf(2));
    }

    private static byte[] captureOf(final long seed) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        new Simulation(Scenario.of(seed), new PcapngWriter(out)).run();
        return out.toByteArray();
    }
}
