package io.tapstack.tcp.connection;

import static java.lang.Integer.toUnsignedLong;

import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.LossRecovery.Phase;
import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.TcpHeader;

/** The counters of a connection for {@link TcpInfo}, which {@link InfoSnapshot} collects. Allocates nothing. */
final class ConnectionCounters {

    final SendChronograph chronograph;
    final TimeoutCounters timeouts = new TimeoutCounters();

    private final ControlBlock tcb;

    // Unsigned 32 bits, as in Linux's struct tcp_info, to save memory in each connection.
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

    // Sequence numbers wrap, so each segment adds its progress to a 64-bit sum.
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

    // ---- States

    /** True once data has been received. */
    boolean hasReceivedData() {
        return dataSegmentsIn != 0;
    }

    /**
     * A passive open continues here: the listener has sent the SYN-ACK at {@code synAckNanos}, and the timer has
     * repeated it {@code timesAgain} times.
     */
    void handshakeTakenOver(final int timesAgain, final long synAckNanos, final long nowNanos) {
        segmentsIn = 1;
        segmentsOut += timesAgain;
        segmentsAgain = timesAgain;
        timeouts.before(timesAgain, synAckNanos, nowNanos);
    }

    /** The handshake is complete: the peer has acknowledged our SYN. */
    void established(final long nowNanos) {
        begin(nowNanos);
        delivered++;
        timeouts.madeGood(nowNanos);
    }

    /** A transmission has ended, with or without segments. */
    void look(final long nowNanos) {
        chronograph.look(nowNanos);
        if (tcb.recovery.phase() != Phase.LOSS && tcb.state.isSynchronized()) {
            timeouts.madeGood(nowNanos);
        }
    }

    /** The connection has ended. */
    void closed(final long nowNanos) {
        chronograph.look(nowNanos);
        timeouts.madeGood(nowNanos);
    }

    // ---- Received segments

    /** A segment has arrived, and is not processed yet. */
    void arrived(final Segment segment) {
        active |= tcb.state == TcpState.SYN_SENT;
        follow();
        final int segments = segment.segments();
        segmentsIn += segments;
        dataSegmentsIn += segment.payloadLength() > 0 ? segments : 0;
    }

    /** The ACK of the segment was acceptable, and loss recovery has filled {@code arrival} from it. */
    void acknowledged(final Segment segment, final AckArrival arrival) {
        ackReceivedNanos = arrival.nowNanos;
        int segments = arrival.deliveredSegments();
        final int again = arrival.duplicateBytes();
        if (again > 0 && again <= tcb.maxSndWnd) {
            final int reported = MaximumSegmentSize.segments(again, tcb.mss);
            duplicates += reported;
            // A duplicate counts only if we have retransmitted as much (RFC 2883 5).
            segments += Integer.compareUnsigned(duplicates, segmentsAgain) <= 0 ? reported : 0;
        }
        delivered += segments;
        if (tcb.ecn.accurate() == null && tcb.ecn.isAgreed() && segment.has(TcpHeader.ECE)) {
            deliveredMarked += segments;
        }
    }

    /** The payload of the segment was new and in order. */
    void dataArrived(final long nowNanos) {
        dataReceivedNanos = nowNanos;
    }

    /** The payload of the segment was out of order. */
    void outOfOrder(final Segment segment) {
        segmentsOutOfOrder += segment.segments();
    }

    // ---- Sent segments

    /**
     * A segment was handed to the device, or a super-segment that the device cuts into segments of {@code largest}
     * bytes.
     */
    void sent(final int payload, final int largest, final long nowNanos) {
        final int segments = MaximumSegmentSize.segments(payload, largest);
        segmentsOut += segments;
        if (payload > 0) {
            dataSegmentsOut += segments;
            bytesSent += payload;
            dataSentNanos = nowNanos;
        }
    }

    /** The segment that was {@link #sent} last is a retransmission. */
    void sentAgain(final int payload) {
        segmentsAgain += MaximumSegmentSize.segments(payload, tcb.mss);
        bytesAgain += payload;
    }

    /**
     * Bytes that the peer had acknowledged before the segment that has {@linkplain #arrived arrived}, at most
     * {@code limit}.
     */
    int acknowledged(final int limit) {
        return (int) Math.max(0, Math.min(limit, bytesAcked));
    }

    // ---- Values for TCP_INFO

    private void follow() {
        if (!following && tcb.state.isSynchronized()) {
            following = true;
            rcvNxtSeen = tcb.irs + 1;
            // As on Linux, the acknowledged SYN of an active open counts as a byte.
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
