package io.tapstack.tcp.demux;

import io.tapstack.ip.IpPath;
import io.tapstack.wire.SipHash;

/**
 * Initial sequence numbers (RFC 6528, RFC 9293 3.4.1): {@code ISN = M + F(localip, localport, remoteip, remoteport,
 * secretkey)}, where M ticks every four microseconds. A connection that reuses a 4-tuple starts ahead of its
 * predecessor, and without the key the number is unpredictable. The same keyed hash gives the offsets of timestamp
 * clocks.
 */
public final class InitialSequenceNumber {

    private static final long NANOS_PER_TICK = 4_000;
    private static final int FOR_SEQUENCE = 0x15;
    private static final int FOR_TIMESTAMPS = 0x75;

    private final SipHash hash;

    public InitialSequenceNumber(final SipHash hash) {
        this.hash = hash;
    }

    /** Returns the ISN of a new connection. */
    public int next(final IpPath path, final int localPort, final int remotePort, final long nowNanos) {
        final int place = (int) TupleHash.of(hash, path, localPort, remotePort, FOR_SEQUENCE);
        return (int) (nowNanos / NANOS_PER_TICK) + place;
    }

    /** Returns the offset of the timestamp clock of a connection (RFC 7323 7.1). */
    public int timestampOffset(final IpPath path, final int localPort, final int remotePort) {
        return (int) TupleHash.of(hash, path, localPort, remotePort, FOR_TIMESTAMPS);
    }
}
