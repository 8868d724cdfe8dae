package io.tapstack.tcp.demux;

import io.tapstack.event.Flow;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.segment.RateLimit;
import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/** An entry of the demultiplexer, by its 4-tuple: a connection, or a record before or after its lifetime. */
public abstract class DemuxEntry implements Flow {

    // RFC 5961 7: a limit per connection, as a shared limit alone reveals the traffic of other connections.
    private static final int CHALLENGE_ACKS = 10;
    private static final long CHALLENGE_INTERVAL_NANOS = 5_000_000_000L;

    /** The path from our address to the peer's. */
    public final IpPath path;

    private final int ports;

    /** The sharing of our port while this entry exists. */
    public PortSharing sharing = PortSharing.NONE;

    /** Hash of the 4-tuple; used by {@link ConnectionTable}. */
    int hash;

    // Created with the first challenge ACK: most connections send none.
    private @Nullable RateLimit challengeAcks;

    public DemuxEntry(final IpPath path, final int localPort, final int remotePort) {
        this.path = path;
        this.ports = localPort << 16 | remotePort;
    }

    /** Our port. */
    public final int localPort() {
        return ports >>> 16;
    }

    /** The peer's port. */
    public final int remotePort() {
        return ports & 0xFFFF;
    }

    /** True if the entry's local port counts as in use for a binding. */
    public boolean holdsPort() {
        return true;
    }

    /**
     * True if a suspicious segment may be answered, within the limit of this connection and the common limit (RFC 5961
     * 7).
     */
    public final boolean mayChallenge(final ChallengeAckLimit all, final long nowNanos) {
        RateLimit limit = challengeAcks;
        if (limit == null) {
            limit = new RateLimit(CHALLENGE_ACKS, CHALLENGE_INTERVAL_NANOS);
            challengeAcks = limit;
        }
        return limit.tryTake(nowNanos) && all.tryTake(nowNanos);
    }

    @Override
    public final Endpoint local() {
        return new Endpoint(path.source(), localPort());
    }

    @Override
    public final Endpoint remote() {
        return new Endpoint(path.destination(), remotePort());
    }
}
