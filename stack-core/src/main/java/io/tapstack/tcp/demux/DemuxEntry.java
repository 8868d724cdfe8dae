package io.tapstack.tcp.demux;

import io.tapstack.event.Flow;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.segment.RateLimit;
import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/** An entry of the demultiplexer, by its 4-tuple: a connection, or a record of one before or after its life. */
public abstract class DemuxEntry implements Flow {

    // RFC 5961 7: for each, as a common limit alone tells about other people's connections.
    private static final int CHALLENGE_ACKS = 10;
    private static final long CHALLENGE_INTERVAL_NANOS = 5_000_000_000L;

    /** From our address to the peer's. */
    public final IpPath path;

    private final int ports;

    /** Who else may bind to our port while this is here. */
    public PortSharing sharing = PortSharing.NONE;

    /** Of the 4-tuple; {@link ConnectionTable}'s. */
    int hash;

    // Made with the first challenge: most never need one.
    private @Nullable RateLimit challengeAcks;

    public DemuxEntry(final IpPath path, final int localPort, final int remotePort) {
        this.path = path;
        this.ports = localPort << 16 | remotePort;
    }

    public final int localPort() {
        return ports >>> 16;
    }

    public final int remotePort() {
        return ports & 0xFFFF;
    }

    /** True if the entry's local port counts when a binding asks for the port. */
    public boolean holdsPort() {
        return true;
    }

    /** True if a suspicious segment may be answered: neither this one nor all together too often (RFC 5961 7). */
    public final boolean mayChallenge(final ChallengeAckLimit all, final long nowNanos) {
        RateLimit limit = challengeAcks;
        if (limit == null) {
            limit = new RateLimit(CHALLENGE_ACKS, CHALLENGE_INTERVAL_NANOS);
            challengeAcks = limit;
        }
        return limit.tryTake(nowNanos) && all.tryTake(nowNanos);
    }

    @Override
    public Endpoint local() {
        return new Endpoint(path.source(), localPort());
    }

    @Override
    public Endpoint remote() {
        return new Endpoint(path.destination(), remotePort());
    }
}
