package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.testing.Decisions;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One host with several stacks behind queues: a fuzzer says at which queue a frame comes in, whether it comes at all,
 * when and how often, and which stack has its turn. Every byte of every connection arrives, and nothing is left.
 */
class StackGroupFuzzTest {

    private static final int RANDOM_BYTES = 1_000;

    @FuzzTest
    void anyQueueAnyTurn(final byte[] input) throws Exception {
        new SteeredRun(new Decisions(input)).play();
    }

    /** The same without a fuzzer, so that every test run sees something of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void anythingAtRandom(final long seed) throws Exception {
        final byte[] input = new byte[RANDOM_BYTES];
        new SplittableRandom(seed).nextBytes(input);
        final SteeredRun run = new SteeredRun(new Decisions(input));
        run.play();
        assertThat(run.connections()).as("connections").isPositive();
    }
}
