package io.tapstack.simulation;

import io.tapstack.buffer.BufferPool;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkType;
import io.tapstack.tcp.TcpConfig;
import java.util.SplittableRandom;

/**
 * Everything that makes a run what it is.
 *
 * @param seed what all other chance in the run begins with
 * @param cable what kind of devices there are at the ends
 * @param capacityFrames frames that fit the cable, one way
 * @param toServer what happens to frames of the client
 * @param toClient what happens to frames of the server
 * @param impairedAtSender whether frames suffer before they are on the cable, or behind it; with offloads only behind it, where they are
 *     single segments again
 * @param simultaneousOpen whether the server calls the client as the client calls the server
 * @param memoryLimitBytes what each stack may keep
 */
record Scenario(
        long seed,
        LinkType type,
        int mtu,
        Cable cable,
        int capacityFrames,
        Impairment toServer,
        Impairment toClient,
        boolean impairedAtSender,
        boolean simultaneousOpen,
        long memoryLimitBytes,
        TcpConfig clientConfig,
        TcpConfig serverConfig,
        Script client,
        Script server) {

    /** What kind of devices there are at the ends of the cable. */
    enum Cable {
        /** They take nothing over. */
        PLAIN,
        /** Network cards with checksum and segmentation offload at both ends. */
        CARDS,
        /** One at the client's end only. */
        CARD_AND_PLAIN,
        /** As between a stack and the kernel over a TAP: super-segments arrive whole. */
        LOCAL
    }

    /** A bulk transfer of {@code bytes} over a perfect link. */
    static Scenario clean(final Cable cable, final int mtu, final long bytes) {
        final Script sender = new Script(
                bytes,
                0,
                (received, ended) -> bytes,
                16_384,
                0,
                16_384,
                0,
                false,
                Script.Ending.SHUTDOWN,
                Script.NEVER);
        final Script receiver = new Script(
                0, bytes, (received, ended) -> 0, 1, 0, 16_384, 0, false, Script.Ending.FOLLOW, Script.NEVER);
        final Impairment delay = Impairment.NONE.withDelay(1_000_000);
        return new Scenario(
                1,
                LinkType.IP,
                mtu,
                cable,
                256,
                delay,
                delay,
                false,
                false,
                BufferPool.DEFAULT_LIMIT_BYTES,
                new TcpConfig(),
                new TcpConfig(),
                sender,
                receiver);
    }

    /** The scenario that {@code seed} stands for. */
    static Scenario of(final long seed) {
        return new ScenarioDice(new SplittableRandom(seed)).roll(seed);
    }

    boolean aborts() {
        return client.abortNanos() != Script.NEVER || server.abortNanos() != Script.NEVER;
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
                        type,
                        mtu,
                        cable,
                        capacityFrames,
                        impairedAtSender ? "sender" : "receiver",
                        simultaneousOpen ? ", simultaneous open" : "",
                        memoryLimitBytes == BufferPool.DEFAULT_LIMIT_BYTES ? "" : ", memory " + memoryLimitBytes,
                        toServer,
                        toClient,
                        client,
                        describe(clientConfig),
                        server,
                        describe(serverConfig));
    }

    private static String describe(final TcpConfig config) {
        return "send buffer %d, receive buffer %d, max segment %d, IW %d%s%s%s%s"
                .formatted(
                        config.sendBufferBytes(),
                        config.receiveBufferBytes(),
                        config.maxSegment(),
                        config.initialWindowSegments(),
                        config.timestamps() ? "" : ", no timestamps",
                        config.windowScaling() ? "" : ", no window scaling",
                        config.noDelay() ? ", no delay" : "",
                        config.quickAck() ? ", quick ACK" : "");
    }
}
