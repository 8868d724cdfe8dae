package io.tapstack.echo;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Decides which datagrams the echo service answers. A service that answers every datagram is one half of an endless
 * loop (CERT CA-1996-01): one datagram with a forged source starts it. The other half is a service too, such as echo
 * (7), daytime (13), chargen (19) or DNS (53), so nothing goes to the ports below 1,024, nor to our own port. Another
 * echo on a high port looks like a client, but one that never rests: a peer that has had its burst is answered once a
 * second, and the circling datagram is not answered in between, which ends the loop.
 *
 * <p>Confined to the thread that receives.
 */
final class EchoLimit {

    /** The decision about a datagram. */
    enum Verdict {
        ANSWERED,
        /** Its source port is that of a service, or 0. */
        SERVICE_PORT,
        /** Its source is a group or broadcast address. */
        NO_HOST,
        /** Its sender has exhausted its answers. */
        TOO_MANY
    }

    /** RFC 6335 6: below are the system ports, which are those of services. */
    static final int FIRST_PORT_OF_CLIENTS = 1_024;

    /** Answers to one peer at once: a loop on a fast link uses them up in a second, and few tests ask for more. */
    static final int BURST = 5_000;

    static final long INTERVAL_NANOS = 1_000_000_000L;

    /** A peer that has been silent for this long is in no loop, and gets its burst again. */
    static final long SILENCE_NANOS = 10_000_000_000L;

    /** Peers that are remembered; the one with the longest silence is evicted. */
    static final int MAX_PEERS = 1_024;

    /** A token bucket. */
    private static final class Peer {
        int tokens = BURST;
        long filledAt;
        long heardAt;
    }

    private final Map<InetAddress, Peer> peers = new LinkedHashMap<>(16, 0.75f, /* accessOrder */ true) {
        @Override
        protected boolean removeEldestEntry(final Map.Entry<InetAddress, Peer> eldest) {
            return size() > MAX_PEERS;
        }
    };
    private final int ownPort;
    private final long[] counts = new long[Verdict.values().length];

    EchoLimit(final int ownPort) {
        this.ownPort = ownPort;
    }

    /** Decides about a datagram from {@code source}, and counts it. */
    Verdict judge(final InetSocketAddress source, final long nowNanos) {
        final Verdict verdict = verdict(source, nowNanos);
        counts[verdict.ordinal()]++;
        return verdict;
    }

    private Verdict verdict(final InetSocketAddress source, final long nowNanos) {
        if (source.getPort() < FIRST_PORT_OF_CLIENTS || source.getPort() == ownPort) {
            return Verdict.SERVICE_PORT;
        }
        final InetAddress address = source.getAddress();
        if (address.isMulticastAddress() || isLimitedBroadcast(address)) {
            return Verdict.NO_HOST;
        }
        return takeToken(peers.computeIfAbsent(address, unknown -> newPeer(nowNanos)), nowNanos)
                ? Verdict.ANSWERED
                : Verdict.TOO_MANY;
    }

    private static Peer newPeer(final long nowNanos) {
        final Peer peer = new Peer();
        peer.filledAt = nowNanos;
        peer.heardAt = nowNanos;
        return peer;
    }

    private static boolean takeToken(final Peer peer, final long nowNanos) {
        if (nowNanos - peer.heardAt >= SILENCE_NANOS) {
            peer.tokens = BURST;
        }
        peer.heardAt = nowNanos;
        final long tokens = (nowNanos - peer.filledAt) / INTERVAL_NANOS;
        peer.filledAt += tokens * INTERVAL_NANOS;
        peer.tokens = (int) Math.min(BURST, peer.tokens + tokens);
        if (peer.tokens == 0) {
            return false;
        }
        peer.tokens--;
        return true;
    }

    private static boolean isLimitedBroadcast(final InetAddress address) {
        for (final byte part : address.getAddress()) {
            if (part != -1) {
                return false;
            }
        }
        return true;
    }

    /** The number of datagrams with this verdict. */
    long count(final Verdict verdict) {
        return counts[verdict.ordinal()];
    }

    int peers() {
        return peers.size();
    }

    /** The counts, for a log. */
    @Override
    public String toString() {
        return count(Verdict.ANSWERED) + " answered, not answered: " + count(Verdict.SERVICE_PORT)
                + " from ports of services, " + count(Verdict.TOO_MANY) + " over the limit of their sender, "
                + count(Verdict.NO_HOST) + " from no host";
    }
}
