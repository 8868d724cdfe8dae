package io.tapstack.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.ip.SocketErrorException;
import io.tapstack.testing.Decisions;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Frames, time and calls in any order against a whole stack: nothing throws, nothing leaks, nothing hangs, what is received is what was sent,
 * and what is sent is what was written.
 */
class StackFuzzTest {

    private static final int RANDOM_BYTES = 20_000;

    @FuzzTest
    void frameTimeAndCall(final byte[] input) throws SocketErrorException {
        new StackScript(new Decisions(input)).play();
    }

    /** The same without a fuzzer, so that every test run sees something of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anythingAtRandom(final long seed) throws SocketErrorException {
        final byte[] input = new byte[RANDOM_BYTES];
        new SplittableRandom(seed).nextBytes(input);
        final StackScript script = new StackScript(new Decisions(input));
        script.play();
        assertThat(script.steps()).as("steps").isGreaterThan(500);
    }
}
