package io.tapstack.tcp;

import io.tapstack.wire.TcpHeader;

/** What a connection counts of itself, for {@link TcpInfo}. Allocates nothing but the snapshot. */
final class ConnectionFigures {

    private final TcpConnection tcb;
    private long segmentsIn;
    private long segmentsOut;
    private long dataSegmentsIn;
    private long dataSegmentsOut;
    private long segmentsRetransmitted;
    private long bytesSent;
    private long bytesRetransmitted;
    private long dataSentNanos;
    private long dataReceivedNanos;
    private long ackReceivedNanos;

    // Sequence numbers wrap, so how far they have come is added up at each segment.
    private boolean active;
    private boolean following;
    private int sndUnaSeen;
    private int rcvNxtSeen;
    private long bytesAcked;
    private long bytesReceived;

    ConnectionFigures(final TcpConnection tcb) {
        this.tcb = tcb;
        final long nowNanos = tcb.protocol.timers().nowNanos();
        this.dataSentNanos = nowNanos;
        this.dataReceivedNanos = nowNanos;
        this.ackReceivedNanos = nowNanos;
    }

    /** A segment came, and is not processed yet. */
    void arrived(final Segment segment, final long nowNanos) {
        active |= tcb.state == TcpState.SYN_SENT;
        follow();
        segmentsIn++;
        if (segment.payloadLength() > 0) {
            dataSegmentsIn++;
            dataReceivedNanos = nowNanos;
        }
        if (segment.has(TcpHeader.ACK)) {
            ackReceivedNanos = nowNanos;
        }
    }

    /** A segment, or a super-segment, was handed to the device. */
    void sent(final int payload, final long nowNanos) {
        final int segments = Math.max(1, (payload + tcb.mss - 1) / tcb.mss);
        segmentsOut += segments;
        if (payload > 0) {
            dataSegmentsOut += segments;
            bytesSent += payload;
            dataSentNanos = nowNanos;
        }
    }

    /** What was {@link #sent} last was sent before. */
    void retransmitted(final int payload) {
        segmentsRetransmitted += Math.max(1, (payload + tcb.mss - 1) / tcb.mss);
        bytesRetransmitted += payload;
    }

    /** How much the peer had acknowledged before the segment that {@linkplain #arrived is here}, but {@code limit} at most. */
    int acknowledged(final int limit) {
        return (int) Math.max(0, Math.min(limit, bytesAcked));
    }

    private void follow() {
        if (tcb.state.isSynchronized()) {
            if (!following) {
                following = true;
                rcvNxtSeen = tcb.irs + 1;
                // As Linux counts: the SYN of an active open is something that was acknowledged.
                sndUnaSeen = active ? tcb.iss : tcb.iss + 1;
            }
            bytesAcked += tcb.sndUna - sndUnaSeen;
            bytesReceived += tcb.rcvNxt - rcvNxtSeen;
            sndUnaSeen = tcb.sndUna;
            rcvNxtSeen = tcb.rcvNxt;
        }
    }

    TcpInfo snapshot(final long nowNanos) {
        follow();
        final RoundTripEstimator estimator = tcb.estimator;
        final int mss = Math.max(1, tcb.mss);
        return new TcpInfo(
                tcb.state,
                tcb.recovery.phase(),
                tcb.timeouts,
                tcb.persistTimer.unanswered(),
                estimator.backoff(),
                tcb.timestamps.enabled(),
                tcb.sackAgreed,
                tcb.scaleAgreed,
                tcb.windowScale.sendShift(),
                tcb.windowScale.receiveShift(),
                estimator.rto(),
                tcb.config.delayedAckNanos(),
                tcb.mss,
                tcb.segmentSize.largestReceived(),
                tcb.segmentSize.offered(),
                tcb.path.mtu(),
                (tcb.sndNxt - tcb.sndUna + mss - 1) / mss,
                tcb.scoreboard.segmentsSacked(),
                (tcb.scoreboard.bytesLost() + mss - 1) / mss,
                tcb.scoreboard.segmentsSentAgain(),
                nowNanos - dataSentNanos,
                nowNanos - dataReceivedNanos,
                nowNanos - ackReceivedNanos,
                tcb.receiveBufferBytes(),
                estimator.srtt(),
                estimator.rttvar(),
                estimator.minimum() == Long.MAX_VALUE ? 0 : estimator.minimum(),
                tcb.congestion.cwnd(),
                tcb.congestion.ssthresh(),
                segmentsOut,
                segmentsIn,
                dataSegmentsOut,
                dataSegmentsIn,
                segmentsRetransmitted,
                bytesSent,
                bytesRetransmitted,
                bytesAcked,
                bytesReceived,
                Math.max(0, tcb.queueEnd() - tcb.sndNxt),
                tcb.congestion.pacingRate(),
                tcb.sndWnd);
    }
}
