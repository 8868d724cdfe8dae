package io.tapstack.tcp.connection;

import static java.lang.Integer.toUnsignedLong;

import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.LossRecovery.Phase;
import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.TcpHeader;

/**
 * What a connection counts of itself, for {@link TcpInfo}; {@link InfoSnapshot} puts it together. Allocates nothing.
 */
final class ConnectionCounters {

    final SendChronograph chronograph;
    final TimeoutCounters timeouts = new TimeoutCounters();

    private final ControlBlock tcb;

    // 32 bits without a sign, as in Linux's struct tcp_info: each connection has these.
    private int segmentsIn;
    private int segmentsOut;
    private int dataSegmentsIn;
    private int dataSegmentsOut;
    private int segmentsAgain;
    private int segmentsOutOfOrder;
    private int delivered;
    private int deliveredMarked;
    private int duplicates;

    private long bytesSent;
    private long bytesAgain;
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

    ConnectionCounters(final ControlBlock tcb) {
        this.tcb = tcb;
        this.chronograph = new SendChronograph(tcb);
        begin(tcb.host.timers.nowNanos());
    }

    private void begin(final long nowNanos) {
        dataSentNanos = nowNanos;
        dataReceivedNanos = nowNanos;
        ackReceivedNanos = nowNanos;
    }

    // ---- Life

    /** True once data has come. */
    boolean hasReceivedData() {
        return dataSegmentsIn != 0;
    }

    /**
     * A listener has answered the peer's SYN; since {@code synAckNanos} the timer has repeated that {@code timesAgain}.
     */
    void handshakeTakenOver(final int timesAgain, final long synAckNanos, final long nowNanos) {
        segmentsIn = 1;
        segmentsOut += timesAgain;
        segmentsAgain = timesAgain;
        timeouts.before(timesAgain, synAckNanos, nowNanos);
    }

    /** The handshake is complete: the peer has our SYN. */
    void established(final long nowNanos) {
        begin(nowNanos);
        delivered++;
        timeouts.madeGood(nowNanos);
    }

    /** Something was sent, or could have been. */
    void look(final long nowNanos) {
        chronograph.look(nowNanos);
        if (tcb.recovery.phase() != Phase.LOSS && tcb.state.isSynchronized()) {
            timeouts.madeGood(nowNanos);
        }
    }

    /** The connection is over. */
    void closed(final long nowNanos) {
        chronograph.look(nowNanos);
        timeouts.madeGood(nowNanos);
    }

    // ---- What comes

    /** A segment came, and is not processed yet. */
    void arrived(final Segment segment) {
        active |= tcb.state == TcpState.SYN_SENT;
        follow();
        final int segments = segment.segments();
        segmentsIn += segments;
        dataSegmentsIn += segment.payloadLength() > 0 ? segments : 0;
    }

    /** Its ACK was acceptable, and has told loss recovery this. */
    void acknowledged(final Segment segment, final AckArrival arrival) {
        ackReceivedNanos = arrival.nowNanos;
        int segments = arrival.deliveredSegments();
        final int again = arrival.duplicateBytes();
        if (again > 0 && again <= tcb.maxSndWnd) {
            final int reported = MaximumSegmentSize.segments(again, tcb.mss);
            duplicates += reported;
            // What was not sent twice cannot have come twice from us (RFC 2883 5).
            segments += Integer.compareUnsigned(duplicates, segmentsAgain) <= 0 ? reported : 0;
        }
        delivered += segments;
        if (tcb.ecn.accurate() == null && tcb.ecn.isAgreed() && segment.has(TcpHeader.ECE)) {
            deliveredMarked += segments;
        }
    }

    /** Its payload was new and in order. */
    void dataArrived(final long nowNanos) {
        dataReceivedNanos = nowNanos;
    }

    /** Its payload came before its turn. */
    void outOfOrder(final Segment segment) {
        segmentsOutOfOrder += segment.segments();
    }

    // ---- What goes

    /** A segment, or a super-segment that is cut into pieces of {@code largest} bytes, was handed to the device. */
    void sent(final int payload, final int largest, final long nowNanos) {
        final int segments = MaximumSegmentSize.segments(payload, largest);
        segmentsOut += segments;
        if (payload > 0) {
            dataSegmentsOut += segments;
            bytesSent += payload;
            dataSentNanos = nowNanos;
        }
    }

    /** What was {@link #sent} last was sent before. */
    void sentAgain(final int payload) {
        segmentsAgain += MaximumSegmentSize.segments(payload, tcb.mss);
        bytesAgain += payload;
    }

    /**
     * How much the peer had acknowledged before the segment that {@linkplain #arrived is here}, but {@code limit} at
     * most.
     */
    int acknowledged(final int limit) {
        return (int) Math.max(0, Math.min(limit, bytesAcked));
    }

    // ---- What is asked for

    private void follow() {
        if (!following && tcb.state.isSynchronized()) {
            following = true;
            rcvNxtSeen = tcb.irs + 1;
            // As Linux counts: the SYN of an active open is something that was acknowledged.
            sndUnaSeen = active ? tcb.iss : tcb.iss + 1;
        }
        if (following) {
            bytesAcked += tcb.sndUna - sndUnaSeen;
            bytesReceived += tcb.rcvNxt - rcvNxtSeen;
            sndUnaSeen = tcb.sndUna;
            rcvNxtSeen = tcb.rcvNxt;
        }
    }

    TcpInfo.Sent sent() {
        follow();
        final AccurateEcn accurateEcn = tcb.ecn.accurate();
        return new TcpInfo.Sent(
                toUnsignedLong(segmentsOut),
                toUnsignedLong(dataSegmentsOut),
                toUnsignedLong(segmentsAgain),
                bytesSent,
                bytesAgain,
                bytesAcked,
                toUnsignedLong(delivered),
                accurateEcn == null ? toUnsignedLong(deliveredMarked) : accurateEcn.sender.marks(),
                toUnsignedLong(duplicates),
                tcb.recovery.reorderingsSeen());
    }

    TcpInfo.Received received() {
        follow();
        return new TcpInfo.Received(
                toUnsignedLong(segmentsIn),
                toUnsignedLong(dataSegmentsIn),
                bytesReceived,
                toUnsignedLong(segmentsOutOfOrder));
    }

    long sinceDataSent(final long nowNanos) {
        return nowNanos - dataSentNanos;
    }

    long sinceDataReceived(final long nowNanos) {
        return nowNanos - dataReceivedNanos;
    }

    long sinceAckReceived(final long nowNanos) {
        return nowNanos - ackReceivedNanos;
    }
}
