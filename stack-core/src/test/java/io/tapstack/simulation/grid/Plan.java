package io.tapstack.simulation.grid;

import io.tapstack.link.Impairment;
import io.tapstack.tcp.TcpConfig;
import java.util.function.IntFunction;

/**
 * The plan of a {@link BulkRun}.
 *
 * @param forward impairment of data, of all flows together
 * @param back impairment of ACKs
 * @param spreadNanos difference of round trips between one sending host and the next
 * @param hosts sending hosts, which take turns in starting flows
 * @param flows number of connections
 * @param bytes payload to arrive, of all flows together
 * @param mtu largest IP packet in bytes
 * @param offload true if senders have network cards that cut super-segments
 * @param load the traffic, if not all that fits
 * @param config options of the connection with a number; copied for its other end
 */
record Plan(
        Impairment forward,
        Impairment back,
        long spreadNanos,
        int hosts,
        int flows,
        long bytes,
        int mtu,
        boolean offload,
        GridLoad load,
        IntFunction<TcpConfig> config) {

    private static final int MTU = 1_500;
    private static final int MIN_BUFFER = 256 << 10;
    private static final int MAX_BUFFER = 32 << 20;
    private static final double NANOS = 1e9;

    /** One flow that the buffers never limit, and that does not give up. */
    static Plan of(final String congestionControl, final Impairment forward, final Impairment back, final long bytes) {
        final int buffer = bufferFor(forward, back);
        return new Plan(
                forward,
                back,
                0,
                1,
                1,
                bytes,
                MTU,
                false,
                GridLoad.STEADY,
                flow -> new TcpConfig()
                        .congestionControl(congestionControl)
                        .sendBufferBytes(buffer)
                        .receiveBufferBytes(buffer)
                        .synRetries(50)
                        .synAckRetries(50)
                        .dataRetries(100)
                        .orphanRetries(100));
    }

    /** Four times the capacity of the line and its queue: slow start reaches twice that before it learns of a loss. */
    private static int bufferFor(final Impairment forward, final Impairment back) {
        final double seconds =
                (forward.latency().longestNanos() + back.latency().longestNanos()) / NANOS;
        final double line = forward.bottleneck().bytesPerSecond() == 0
                ? MAX_BUFFER
                : seconds * forward.bottleneck().bytesPerSecond();
        return (int) Math.min(
                MAX_BUFFER, MIN_BUFFER + 4 * (line + forward.bottleneck().queueBytes()));
    }

    /** With this many connections, on as many hosts, but no more than a few. */
    Plan withFlows(final int count, final long newSpreadNanos) {
        return new Plan(forward, back, newSpreadNanos, Math.min(count, 4), count, bytes, mtu, offload, load, config);
    }

    /** With network cards that cut super-segments. */
    Plan withOffload() {
        return new Plan(forward, back, spreadNanos, hosts, flows, bytes, mtu, true, load, config);
    }

    /** With other options. */
    Plan withConfig(final IntFunction<TcpConfig> newConfig) {
        return new Plan(forward, back, spreadNanos, hosts, flows, bytes, mtu, offload, load, newConfig);
    }

    /** With another impairment of data; buffers stay as they are. */
    Plan withForward(final Impairment other) {
        return new Plan(other, back, spreadNanos, hosts, flows, bytes, mtu, offload, load, config);
    }

    /** With another impairment of ACKs; buffers stay as they are. */
    Plan withBack(final Impairment other) {
        return new Plan(forward, other, spreadNanos, hosts, flows, bytes, mtu, offload, load, config);
    }

    /** With another load. */
    Plan withLoad(final GridLoad other) {
        return new Plan(forward, back, spreadNanos, hosts, flows, bytes, mtu, offload, other, config);
    }
}
