package io.tapstack.simulation.grid;

import io.tapstack.link.Impairment;
import io.tapstack.tcp.TcpConfig;
import java.util.function.IntFunction;

/**
 * What a {@link BulkRun} does.
 *
 * @param forward what happens to data, of all flows together
 * @param back what happens to ACKs
 * @param spreadNanos how much longer the round trip of each sending host is than that of the one before it
 * @param hosts how many hosts send; flows are dealt out to them in turn
 * @param flows how many connections there are
 * @param bytes how many bytes of payload are to arrive, of all flows together
 * @param mtu largest IP packet in bytes
 * @param offload whether senders have network cards that cut super-segments
 * @param load what is sent, if not all that there is room for
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
        Load load,
        IntFunction<TcpConfig> config) {

    private static final int MTU = 1_500;
    private static final int MIN_BUFFER = 256 << 10;
    private static final int MAX_BUFFER = 32 << 20;
    private static final double NANOS = 1e9;

    /** One flow that the buffers never hold back, and that does not give up. */
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
                Load.STEADY,
                flow -> new TcpConfig()
                        .congestionControl(congestionControl)
                        .sendBufferBytes(buffer)
                        .receiveBufferBytes(buffer)
                        .synRetries(50)
                        .synAckRetries(50)
                        .dataRetries(100)
                        .orphanRetries(100));
    }

    /** Four times what fits the line and its queue: slow start goes on to twice of that before it hears of a loss. */
    private static int bufferFor(final Impairment forward, final Impairment back) {
        final double seconds =
                (forward.latency().longestNanos() + back.latency().longestNanos()) / NANOS;
        final double line = forward.bottleneck().bytesPerSecond() == 0
                ? MAX_BUFFER
                : seconds * forward.bottleneck().bytesPerSecond();
        return (int) Math.min(
                MAX_BUFFER, MIN_BUFFER + 4 * (line + forward.bottleneck().queueBytes()));
    }

    /** With so many connections, on as many hosts, but no more than a few. */
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

    /** With something else that happens to data; buffers stay as they are. */
    Plan withForward(final Impairment other) {
        return new Plan(other, back, spreadNanos, hosts, flows, bytes, mtu, offload, load, config);
    }

    /** With something else that happens to ACKs; buffers stay as they are. */
    Plan withBack(final Impairment other) {
        return new Plan(forward, other, spreadNanos, hosts, flows, bytes, mtu, offload, load, config);
    }

    /** With something else that is sent. */
    Plan withLoad(final Load other) {
        return new Plan(forward, back, spreadNanos, hosts, flows, bytes, mtu, offload, other, config);
    }
}
