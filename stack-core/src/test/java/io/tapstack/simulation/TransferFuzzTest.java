package io.tapstack.simulation;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tapstack.buffer.BufferPool;
import io.tapstack.link.Impairment;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.testing.Decisions;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two stacks, and a network between them that loses, doubles and delays the frames that the fuzzer chooses: every byte
 * arrives, and no {@link TcpWitness} fails.
 */
class TransferFuzzTest {

    private static final int MOST_LOSSES = 100;
    private static final long MILLIS = 1_000_000L;
    private static final CablePlan.Ends[] ENDS = CablePlan.Ends.values();

    @FuzzTest
    void everyByteArrives(final byte[] input) {
        run(new Decisions(input));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void atRandom(final long seed) {
        final byte[] input = new byte[1_000];
        new SplittableRandom(seed).nextBytes(input);
        run(new Decisions(input));
    }

    private static void run(final Decisions in) {
        final int up = in.oneOf(100_000, 1, 3_000, 20_000, 500_000);
        final int down = in.oneOf(0, 1, 3_000, 20_000);
        final long delay = in.oneOf(10, 0, 1, 100) * MILLIS;
        final Impairment oneWay = Impairment.NONE.withDelay(delay);
        final CablePlan.Ends ends = ENDS[in.below(ENDS.length)];
        final Scenario scenario = new Scenario(
                1,
                CablePlan.perfect(ends).impaired(oneWay, oneWay),
                BufferPool.DEFAULT_LIMIT_BYTES,
                in.oneIn(8),
                config(in),
                config(in),
                TrafficScript.of(up, down, (received, ended) -> up, TrafficScript.Ending.SHUTDOWN),
                TrafficScript.of(down, up, (received, ended) -> down, TrafficScript.Ending.SHUTDOWN));
        final DecidedLink.Losses losses = new DecidedLink.Losses(MOST_LOSSES);
        final Simulation simulation = new Simulation(scenario, null, end -> new DecidedLink(end, in, losses));
        try {
            simulation.run();
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError(simulation + "\n" + scenario, e);
        }
    }

    private static TcpConfig config(final Decisions in) {
        final List<String> controls = new ArrayList<>(CongestionControls.BUILT_IN.names());
        // No end gives up before the network has lost all that it may lose.
        final TcpConfig config = new TcpConfig()
                .synRetries(127)
                .synAckRetries(127)
                .dataRetries(1_000)
                .orphanRetries(1_000);
        final int choice = in.octet();
        return config.sack((choice & 1) == 0)
                .timestamps((choice & 2) == 0)
                .windowScaling((choice & 4) == 0)
                .noDelay((choice & 8) != 0)
                .receiveBufferBytes((choice & 16) == 0 ? 1 << 20 : 8_000)
                .congestionControl(controls.get((choice >>> 5) % controls.size()));
    }
}
