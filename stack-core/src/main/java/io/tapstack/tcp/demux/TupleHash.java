package io.tapstack.tcp.demux;

import io.tapstack.ip.IpPath;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;

/**
 * A keyed hash of a 4-tuple and one more word. Without the key the hash is unpredictable, even from the hashes of other
 * tuples.
 */
public final class TupleHash {

    private TupleHash() {}

    /** Returns the hash; {@code purpose} is the additional word. */
    public static long of(
            final SipHash hash, final IpPath path, final int localPort, final int remotePort, final int purpose) {
        final IpAddress local = path.source();
        final IpAddress remote = path.destination();
        final long ours = hash.hash(local.high(), local.low());
        final long theirs = hash.hash(ours ^ remote.high(), remote.low());
        return hash.hash(theirs, (long) purpose << 32 | (long) localPort << 16 | remotePort);
    }
}
