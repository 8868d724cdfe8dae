package io.tapstack.tcp.connection;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/**
 * Path MTU discovery of one connection: by ICMP messages of routers (RFC 1191), with the caution of RFC 5927 7.2, and
 * by its own {@linkplain PathMtuProbing probes}.
 *
 * <p>A message that quotes a sequence number in flight takes effect at once if no larger packet was ever acknowledged:
 * this is how a connection learns of a narrow path. Otherwise it takes effect when the quoted segment times out, so
 * that a forged message cannot slow down a working connection. Linux has no such delay; on a path that really becomes
 * narrower it costs one RTO.
 */
final class PathMtuDiscovery {

    final PathMtuProbing probing;
    private final ControlBlock tcb;
    private int pathMtu;

    // The largest acknowledged packet, and a larger one in flight: maxsizeacked and maxsizesent of RFC 5927 7.2.
    private int acknowledgedBytes;
    private int candidateBytes;
    private int candidateEnd;

    // A message that is delayed: claimedmtu and claimedtcpseq of RFC 5927 7.2.
    private boolean claimed;
    private int claimedMtu;
    private int claimedSeq;

    PathMtuDiscovery(final ControlBlock tcb) {
        this.tcb = tcb;
        this.probing = new PathMtuProbing(tcb);
        this.pathMtu = mtu();
    }

    /**
     * Updates the MSS if the path MTU has changed: the IP layer's entry has expired (RFC 1191 6.3), or another
     * connection has updated it.
     */
    void look() {
        final int now = mtu();
        if (now != pathMtu) {
            pathMtu = now;
            tcb.segmentSize.update();
        }
    }

    /** The largest packet in bytes: the path MTU, or the MTU of the link if the application ignores the path MTU. */
    int mtu() {
        return tcb.config.pathMtuPolicy().usesPathMtu() ? tcb.path.mtu() : tcb.path.linkMtu();
    }

    /** Options and payload of the largest packet, in bytes. */
    int largestSegment() {
        return mtu() - tcb.path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
    }

    /**
     * Applies probing to the size of segments.
     *
     * @param largest largest payload that the peer and the path allow, in bytes
     * @return payload of a full segment in bytes
     */
    int limit(final int largest) {
        final int limit = probing.limit(largest);
        if (limit < tcb.mss) {
            candidateBytes = 0; // the candidate is sent again in smaller segments
        }
        return limit;
    }

    /** A segment was sent, in packets of up to {@code largest} bytes of payload. */
    void sent(final int seq, final int payload, final int largest) {
        final int packet = Math.min(payload, largest) + overhead();
        if (packet > acknowledgedBytes && packet > candidateBytes) {
            candidateBytes = packet;
            candidateEnd = seq + payload;
        }
    }

    /** SND.UNA has moved. */
    void acknowledged() {
        if (candidateBytes > 0 && SequenceNumber.greaterOrEqual(tcb.sndUna, candidateEnd)) {
            acknowledgedBytes = candidateBytes;
            candidateBytes = 0;
        }
        if (claimed && SequenceNumber.greaterThan(tcb.sndUna, claimedSeq)) {
            claimed = false; // the quoted segment has arrived
        }
        probing.acknowledged();
    }

    /** "Fragmentation needed" has arrived for the segment in flight that starts at {@code seq}. */
    void tooBig(final int mtu, final int seq, final long nowNanos) {
        if (!tcb.config.pathMtuPolicy().believesMessages()) {
            return;
        }
        if (mtu < acknowledgedBytes && tcb.timeouts == 0) {
            claimed = true;
            claimedMtu = mtu;
            claimedSeq = seq;
            return;
        }
        if (believe(mtu) && tcb.maySendData()) {
            // RFC 1191 6.5: retransmit at once, without a congestion response, and only once for all messages about a
            // flight.
            tcb.recovery.tooLarge(tcb.timerEvent(nowNanos));
            tcb.timing.cancel();
            tcb.transmit(nowNanos);
        }
    }

    /**
     * The retransmission timer has expired.
     *
     * @return true if the segment was lost because of its size, not because of congestion
     */
    boolean timedOut() {
        probing.timedOut();
        if (!claimed || claimedSeq != tcb.sndUna) {
            return false;
        }
        claimed = false;
        return believe(claimedMtu);
    }

    /**
     * Reduces the path MTU to that of a message.
     *
     * @return true if segments are smaller now
     */
    private boolean believe(final int mtu) {
        final int before = tcb.mss;
        tcb.path.reduceMtu(mtu);
        acknowledgedBytes = Math.min(acknowledgedBytes, mtu());
        look();
        return tcb.mss < before;
    }

    private int overhead() {
        final int options = tcb.timestamps.enabled() ? TcpOptions.TIMESTAMPS_LENGTH : 0;
        return tcb.path.ipHeaderLength() + TcpHeader.MIN_LENGTH + options;
    }
}
