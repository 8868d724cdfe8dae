package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.SipHash;

/**
 * Initial sequence numbers (RFC 6528, RFC 9293 3.4.1): {@code ISN = M + F(localip, localport, remoteip, remoteport, secretkey)},
 * where M ticks every four microseconds. A connection that reuses a 4-tuple starts ahead of its predecessor, and nobody without the key
 * can guess where. The same keyed hash gives ephemeral ports and timestamp clocks their offsets.
 */
final class InitialSequenceNumber {

    private static final long NANOS_PER_TICK = 4_000;

    private final SipHash hash;

    InitialSequenceNumber(final SipHash hash) {
        this.hash = hash;
    }

    /** The ISN for a connection that starts now. */
    int next(final Endpoint local, final Endpoint remote, final long nowNanos) {
        return (int) (nowNanos / NANOS_PER_TICK) + (int) tupleHash(local, remote, 0x15);
    }

    /** Where the timestamp clock of this connection starts (RFC 7323 7.1). */
    int timestampOffset(final Endpoint local, final Endpoint remote) {
        return (int) tupleHash(local, remote, 0x75);
    }

    private long tupleHash(final Endpoint local, final Endpoint remote, final int purpose) {
        final long ours = hash.hash(local.address().high(), local.address().low());
        final long theirs =
                hash.hash(ours ^ remote.address().high(), remote.address().low());
        return hash.hash(theirs, (long) purpose << 32 | (long) local.port() << 16 | remote.port());
    }
}
