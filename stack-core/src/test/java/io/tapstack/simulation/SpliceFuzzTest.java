package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.error.SocketErrorException;
import io.tapstack.testing.Decisions;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A client, a splicing proxy and a server, over a network that the fuzzer controls, and users that call in any order:
 * the bytes read are those written, a splice ends once, and no resource is left.
 */
class SpliceFuzzTest {

    private static final int RANDOM_BYTES = 1_500;

    @FuzzTest
    void joinedInAnyState(final byte[] input) throws SocketErrorException {
        new SplicedCalls(new Decisions(input)).play();
    }

    /** The same without a fuzzer, so that every test run covers some of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void anythingAtRandom(final long seed) throws SocketErrorException {
        final byte[] input = new byte[RANDOM_BYTES];
        new SplittableRandom(seed).nextBytes(input);
        final SplicedCalls calls = new SplicedCalls(new Decisions(input));
        calls.play();
        assertThat(calls.steps()).as("steps").isGreaterThan(50);
    }
}
