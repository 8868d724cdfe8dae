package io.tapstack.tcp;

import io.tapstack.tcp.recovery.LossRecovery;

/**
 * What {@code TCP_INFO} says of a connection (tcp(7)): a snapshot. Names and units are those of Linux's {@code struct tcp_info} unless they say
 * otherwise; counts of what is in flight are in segments.
 *
 * @param state where the connection is in its life
 * @param phase where loss recovery stands
 * @param retransmits timeouts in a row
 * @param probes zero-window probes that were not answered
 * @param backoff how often the timer was backed off since the last measured round trip
 * @param timestamps whether both sides use them (RFC 7323 3)
 * @param sack whether both sides use selective acknowledgements (RFC 2018)
 * @param windowScale whether both sides use it (RFC 7323 2)
 * @param sendScale shift of the windows that the peer announces
 * @param receiveScale shift of the windows that we announce
 * @param rtoNanos retransmission timeout
 * @param delayedAckNanos how long an ACK may be delayed
 * @param sendMss payload of a full segment that we send
 * @param receiveMss payload of the largest segment seen
 * @param advertisedMss what our SYN said
 * @param pathMtu largest packet of the path
 * @param unackedSegments sent and not acknowledged
 * @param sackedSegments of these, what the peer has, but not in order
 * @param lostSegments what counts as lost and was not sent again
 * @param retransmittedSegments what was sent again and not acknowledged
 * @param sinceDataSentNanos since the last segment with payload, or since the connection was made
 * @param sinceDataReceivedNanos the same for received ones
 * @param sinceAckReceivedNanos since the last segment with an ACK
 * @param receiveSpace receive buffer in bytes
 * @param rttNanos smoothed round trip, 0 if none was measured
 * @param rttVarianceNanos its mean deviation
 * @param minRttNanos shortest round trip, 0 if none was measured
 * @param cwndBytes congestion window
 * @param ssthreshBytes slow start threshold, 1 GiB or more while there is none
 * @param segmentsOut segments sent, each super-segment as what it is cut into
 * @param segmentsIn segments received
 * @param dataSegmentsOut those with payload
 * @param dataSegmentsIn those with payload
 * @param segmentsRetransmitted in all, SYN included
 * @param bytesSent payload, retransmissions included
 * @param bytesRetransmitted payload
 * @param bytesAcked sequence numbers that the peer has acknowledged
 * @param bytesReceived sequence numbers received in order
 * @param notSentBytes payload that waits in the send queue
 * @param pacingRate bytes a second, or 0 for no limit
 * @param peerWindow the peer's window in bytes
 */
public record TcpInfo(
        TcpState state,
        LossRecovery.Phase phase,
        int retransmits,
        int probes,
        int backoff,
        boolean timestamps,
        boolean sack,
        boolean windowScale,
        int sendScale,
        int receiveScale,
        long rtoNanos,
        long delayedAckNanos,
        int sendMss,
        int receiveMss,
        int advertisedMss,
        int pathMtu,
        int unackedSegments,
        int sackedSegments,
        int lostSegments,
        int retransmittedSegments,
        long sinceDataSentNanos,
        long sinceDataReceivedNanos,
        long sinceAckReceivedNanos,
        int receiveSpace,
        long rttNanos,
        long rttVarianceNanos,
        long minRttNanos,
        int cwndBytes,
        int ssthreshBytes,
        long segmentsOut,
        long segmentsIn,
        long dataSegmentsOut,
        long dataSegmentsIn,
        long segmentsRetransmitted,
        long bytesSent,
        long bytesRetransmitted,
        long bytesAcked,
        long bytesReceived,
        int notSentBytes,
        long pacingRate,
        int peerWindow) {}
