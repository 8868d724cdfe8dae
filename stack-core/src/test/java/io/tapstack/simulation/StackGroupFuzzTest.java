package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.testing.Decisions;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One host with several stacks behind queues: the fuzzer chooses the queue, the time and the number of copies of each
 * frame, and the stack that runs. Every byte of every connection arrives, and no resource is left.
 */
class StackGroupFuzzTest {

    private static final int RANDOM_BYTES = 1_000;

    @FuzzTest
    void anyQueueAnyTurn(final byte[] input) throws Exception {
        new SteeredRun(new Decisions(input)).play();
    }

    /** The same without a fuzzer, so that every test run covers some of it. */
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
