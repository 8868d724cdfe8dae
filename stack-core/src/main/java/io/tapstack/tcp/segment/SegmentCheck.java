package io.tapstack.tcp.segment;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The first steps of SEGMENT ARRIVES in SYN-RECEIVED and later states (RFC 9293 3.10.7.4, first to fourth), with PAWS
 * (RFC 7323 5.3) before them and the rules of RFC 5961 against blind attacks. The result classifies the segment, and
 * the state decides the response. A dropped segment is counted under its {@link DropReason}.
 */
public enum SegmentCheck {

    /** First: "If an incoming segment is not acceptable, an acknowledgment should be sent in reply (unless RST)". */
    NOT_ACCEPTABLE,

    /** Second, RFC 5961 3.2: a RST that "exactly matches the next expected sequence number" resets the connection. */
    RESET,

    /** Second, RFC 5961 3.2: a RST elsewhere "within the current receive window": "TCP MUST send a challenge ACK". */
    RESET_NOT_EXACT,

    /** Fourth, RFC 5961 4.2: "If the SYN bit is set, irrespective of the sequence number, TCP MUST send an ACK". */
    SYN,

    /** Fifth: "if the ACK bit is off, drop the segment and return". */
    NO_ACK,

    /** Continues with the fifth step: "if the ACK bit is on". */
    PASSES;

    /**
     * PAWS, before the first step (RFC 7323 5.3 R1): "if the timestamp option is present and SEG.TSval < TS.Recent ...
     * treat the arriving segment as not acceptable".
     *
     * @param timestamps null if not negotiated
     */
    public static boolean isOld(
            final Segment segment,
            final @Nullable Timestamps timestamps,
            final StackStatistics statistics,
            final long nowNanos) {
        if (timestamps == null || !timestamps.enabled() || !timestamps.refuses(segment, nowNanos)) {
            return false;
        }
        statistics.drop(DropReason.TCP_PAWS);
        return true;
    }

    /**
     * Performs steps one to four. The third step, security, is void.
     *
     * @param isSynAgain true for the peer's SYN repeated before our SYN-ACK is acknowledged. With data or a FIN it
     *     reaches into the window, but it is the same SYN: {@link #NOT_ACCEPTABLE}
     */
    public static SegmentCheck of(
            final Segment segment,
            final int rcvNxt,
            final int rcvWnd,
            final boolean isSynAgain,
            final StackStatistics statistics) {
        // First: "check sequence number".
        if (isSynAgain || !Acceptability.isAcceptable(segment, rcvNxt, rcvWnd)) {
            statistics.drop(Acceptability.reason(segment, rcvNxt));
            return NOT_ACCEPTABLE;
        }
        // Second: "check the RST bit".
        if (segment.has(TcpHeader.RST)) {
            if (segment.seq == rcvNxt) {
                return RESET;
            }
            statistics.drop(DropReason.TCP_RST_NOT_EXACT);
            return RESET_NOT_EXACT;
        }
        // Fourth: "check the SYN bit". It precedes the trimming to the window, which would remove the SYN.
        if (segment.has(TcpHeader.SYN)) {
            statistics.drop(DropReason.TCP_SYN_IN_WINDOW);
            return SYN;
        }
        // Fifth: "check the ACK field".
        if (!segment.has(TcpHeader.ACK)) {
            statistics.drop(DropReason.TCP_NO_ACK);
            return NO_ACK;
        }
        return PASSES;
    }

    /**
     * True if a segment that is old or not acceptable always gets an ACK: it may be a retransmission whose ACK was
     * lost. A SYN, wherever it lies (RFC 5961 4.2), and a segment without data get a challenge ACK, which is limited
     * (7).
     */
    public static boolean demandsAck(final Segment segment) {
        return segment.length() > 0 && !segment.has(TcpHeader.SYN);
    }
}
