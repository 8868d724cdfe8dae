package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.testing.Decisions;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests of any kind and in any order to the agent in virtual time, with peers at the other end of its link: each is
 * answered by the wire format, time goes forward, no call throws, and no resource is left.
 */
class AgentFuzzTest {

    private static final int RANDOM_BYTES = 4_000;

    @FuzzTest
    void requests(final byte[] input) throws Exception {
        new AgentScript(new Decisions(input), false).play();
        new AgentScript(new Decisions(input), true).play();
    }

    /** The same without a fuzzer, so that every test run covers some of it. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void anythingAtRandom(final long seed) throws Exception {
        anythingAtRandom(seed, false);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14, 15, 16, 17, 18})
    void anythingAtRandomOverIpv6(final long seed) throws Exception {
        anythingAtRandom(seed, true);
    }

    private static void anythingAtRandom(final long seed, final boolean ipv6) throws Exception {
        final byte[] input = new byte[RANDOM_BYTES];
        new SplittableRandom(seed).nextBytes(input);
        final AgentScript script = new AgentScript(new Decisions(input), ipv6);
        script.play();
        assertThat(script.steps()).as("requests").isGreaterThan(100);
    }
}
