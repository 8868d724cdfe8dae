package io.tapstack.tcp.connection;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/**
 * What a connection believes of its path's MTU: the messages of routers (RFC 1191), with the caution of RFC 5927 7.2,
 * and its own {@linkplain PathMtuProbing probes}.
 *
 * <p>A message that quotes a sequence number in flight is believed at once as long as no larger packet was ever
 * acknowledged: that is how a connection first learns of a narrow path. Later, a message that contradicts what was seen
 * to pass has to wait until the segment it quotes times out, so that a forged one cannot slow down a connection that
 * works. Linux has no such delay; a path that really gets narrower costs us one RTO.
 */
final class PathMtuDiscovery {

    final PathMtuProbing probing;
    private final ControlBlock tcb;
    private int pathMtu;

    // Largest packet that was acknowledged, and one in flight that is larger: maxsizeacked and maxsizesent of RFC
    // 5927 7.2.
    private int acknowledgedBytes;
    private int candidateBytes;
    private int candidateEnd;

    // A message that has to wait: claimedmtu and claimedtcpseq.
    private boolean claimed;
    private int claimedMtu;
    private int claimedSeq;

    PathMtuDiscovery(final ControlBlock tcb) {
        this.tcb = tcb;
        this.probing = new PathMtuProbing(tcb);
        this.pathMtu = mtu();
    }

    /** RFC 1191 6.3: what is known of the path can have been forgotten, or another connection has learned something. */
    void look() {
        final int now = mtu();
        if (now != pathMtu) {
            pathMtu = now;
            tcb.segmentSize.update();
        }
    }

    /** Largest packet in bytes that the path takes, as far as is known and the application wants to know. */
    int mtu() {
        return tcb.config.pathMtuPolicy().usesPathMtu() ? tcb.path.mtu() : tcb.path.linkMtu();
    }

    /** The same in bytes behind the fixed TCP header: options and payload. */
    int largestSegment() {
        return mtu() - tcb.path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
    }

    /** @param largest what the peer and the path allow. @return how many bytes of payload segments may have */
    int limit(final int largest) {
        final int limit = probing.limit(largest);
        if (limit < tcb.mss) {
            candidateBytes = 0; // It goes out again in pieces.
        }
        return limit;
    }

    /** A segment went out, in packets of up to {@code largest} bytes of payload. */
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
            claimed = false; // what was too big has arrived
        }
        probing.acknowledged();
    }

    /** "Fragmentation needed" came, about the segment in flight that starts at {@code seq}. */
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
            // RFC 1191 6.5: again at once, and not as after a congestion; but not for every message about the same
            // flight.
            tcb.recovery.tooLarge(tcb.timerEvent(nowNanos));
            tcb.timing.cancel();
            tcb.transmit(nowNanos);
        }
    }

    /**
     * The retransmission timer has expired.
     *
     * @return true if the segment was lost for its size, and not to congestion
     */
    boolean timedOut() {
        probing.timedOut();
        if (!claimed || claimedSeq != tcb.sndUna) {
            return false;
        }
        claimed = false;
        return believe(claimedMtu);
    }

    /** @return true if segments are smaller now */
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
