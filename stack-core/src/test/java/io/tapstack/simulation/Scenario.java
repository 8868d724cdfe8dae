package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.link.Impairment;
import io.tapstack.tcp.TcpConfig;
import java.util.SplittableRandom;

/**
 * All properties of a run. The client is on the left.
 *
 * @param seed of all other random numbers of the run
 * @param memoryLimitBytes of each stack
 * @param simultaneousOpen true if the server calls the client as the client calls the server
 */
record Scenario(
        long seed,
        CablePlan cable,
        long memoryLimitBytes,
        boolean simultaneousOpen,
        TcpConfig clientConfig,
        TcpConfig serverConfig,
        TrafficScript client,
        TrafficScript server) {

    private static final long USUAL_DELAYED_ACK_NANOS = new TcpConfig().delayedAckNanos();

    /** The scenario of {@code seed}. */
    static Scenario of(final long seed) {
        return new ScenarioDice(new SplittableRandom(seed)).roll(seed);
    }

    /** A bulk transfer of {@code bytes} from the client to the server over a perfect link of a millisecond. */
    static Scenario upload(final CablePlan.Ends ends, final int bytes) {
        final TrafficScript sender =
                TrafficScript.of(bytes, 0, (received, ended) -> bytes, TrafficScript.Ending.SHUTDOWN);
        final TrafficScript receiver = TrafficScript.of(0, bytes, (received, ended) -> 0, TrafficScript.Ending.FOLLOW);
        final Impairment delay = Impairment.NONE.withDelay(1_000_000);
        return new Scenario(
                1,
                CablePlan.perfect(ends).impaired(delay, delay),
                BufferPool.DEFAULT_LIMIT_BYTES,
                false,
                new TcpConfig(),
                new TcpConfig(),
                sender,
                receiver);
    }

    boolean aborts() {
        return client.abortNanos() != TrafficScript.NEVER || server.abortNanos() != TrafficScript.NEVER;
    }

    /** True if TCP has no reason to send anything twice. */
    boolean isCalm() {
        return cable.isCalm()
                && memoryLimitBytes == BufferPool.DEFAULT_LIMIT_BYTES
                && clientConfig.delayedAckNanos() <= USUAL_DELAYED_ACK_NANOS
                && serverConfig.delayedAckNanos() <= USUAL_DELAYED_ACK_NANOS
                && !aborts();
    }

    @Override
    public String toString() {
        return """
                seed %d: %s, MTU %d, %s, %d frames fit the cable, impaired at the %s%s%s
                  to server: %s
                  to client: %s
                  client: %s
                          %s
                  server: %s
                          %s""".formatted(
                        seed,
                        cable.type(),
                        cable.mtu(),
                        cable.ends(),
                        cable.capacityFrames(),
                        cable.impairedAtSender() ? "sender" : "receiver",
                        simultaneousOpen ? ", simultaneous open" : "",
                        memoryLimitBytes == BufferPool.DEFAULT_LIMIT_BYTES ? "" : ", memory " + memoryLimitBytes,
                        cable.toRight(),
                        cable.toLeft(),
                        client,
                        describe(clientConfig),
                        server,
                        describe(serverConfig));
    }

    private static String describe(final TcpConfig config) {
        return "%s%s, send buffer %d, receive buffer %d, max segment %d, IW %d, delayed ACK %.1f ms%s%s%s%s"
                .formatted(
                        config.congestionControl(),
                        config.maxPacingRate() > 0 ? " at most " + config.maxPacingRate() + " bytes/s" : "",
                        config.sendBufferBytes(),
                        config.receiveBufferBytes(),
                        config.maxSegment(),
                        config.initialWindowSegments(),
                        config.delayedAckNanos() / 1e6,
                        config.timestamps() ? "" : ", no timestamps",
                        config.windowScaling() ? "" : ", no window scaling",
                        config.noDelay() ? ", no delay" : "",
                        config.quickAck() ? ", quick ACK" : "");
    }
}
