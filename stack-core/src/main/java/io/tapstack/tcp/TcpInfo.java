package io.tapstack.tcp;

/**
 * {@code TCP_INFO} of a connection (tcp(7)): a snapshot. Figures have the meaning of Linux's {@code struct tcp_info}
 * unless stated otherwise. Times are in nanoseconds, sizes in bytes, the flight in segments.
 *
 * @param state state of the connection, TIME_WAIT included, which Linux reports as CLOSED
 * @param congestion state of congestion control and loss recovery
 */
public record TcpInfo(
        TcpState state,
        Congestion congestion,
        Agreed agreed,
        Sizes sizes,
        Timers timers,
        Flight flight,
        RoundTrip roundTrip,
        Windows windows,
        Rates rates,
        Sent sent,
        Received received,
        Limited limited,
        Timeouts timeouts,
        Marks marks) {

    /** Linux's {@code enum tcp_ca_state}. */
    public enum Congestion {
        OPEN,
        /** The last ACKs report reordering or duplicates, perhaps a loss. */
        DISORDER,
        /** An ECN echo reduces the window. */
        CWR,
        /** Fast recovery. */
        RECOVERY,
        /** Recovery from a retransmission timeout. */
        LOSS
    }

    /**
     * Linux's {@code enum tcp_fastopen_client_fail}: why the data of a Fast Open SYN was not sent or not acknowledged.
     */
    public enum FastOpenFailure {
        /** No failure, or unknown. */
        NONE,
        /** No cookie was cached: the SYN has requested one. */
        COOKIE_UNAVAILABLE,
        /** The SYN-ACK did not acknowledge the data. */
        DATA_NOT_ACKED,
        /** The SYN with data was retransmitted after a timeout. */
        SYN_RETRANSMITTED
    }

    /**
     * Options that the SYNs have negotiated.
     *
     * @param timestamps RFC 7323 3
     * @param sack RFC 2018
     * @param windowScale RFC 7323 2
     * @param sendScale shift of the windows that the peer announces
     * @param receiveScale shift of the windows that we announce
     * @param ecn RFC 3168 or RFC 9768
     * @param ecnSeen the peer has sent ECN-capable data
     * @param synDataTaken the receiver has accepted the data of a Fast Open SYN, ours or the peer's (RFC 7413)
     * @param fastOpenChild a listener has opened this connection for a Fast Open cookie
     */
    public record Agreed(
            boolean timestamps,
            boolean sack,
            boolean windowScale,
            int sendScale,
            int receiveScale,
            boolean ecn,
            boolean ecnSeen,
            boolean synDataTaken,
            boolean fastOpenChild,
            FastOpenFailure fastOpenFailure) {}

    /**
     * Sizes of segments, in bytes.
     *
     * @param sendMss payload of a full segment that we send
     * @param receiveMss payload of the largest segment received, or a conservative estimate
     * @param advertisedMss MSS of our SYN, less the options of every segment
     * @param pathMtu largest packet of the path
     */
    public record Sizes(int sendMss, int receiveMss, int advertisedMss, int pathMtu) {}

    /**
     * Timers, and the times since the last events.
     *
     * @param rtoNanos retransmission timeout
     * @param delayedAckNanos longest delay of an ACK; 0 before the first data arrives
     * @param retransmits consecutive timeouts
     * @param probes unanswered zero-window or keep-alive probes
     * @param backoff doublings of the RTO since the last round-trip measurement
     * @param sinceDataSentNanos since the last segment with payload, or since the connection was created
     * @param sinceDataReceivedNanos since the last in-order segment with payload arrived, or since the connection was
     *     created
     * @param sinceAckReceivedNanos since the last acceptable ACK
     */
    public record Timers(
            long rtoNanos,
            long delayedAckNanos,
            int retransmits,
            int probes,
            int backoff,
            long sinceDataSentNanos,
            long sinceDataReceivedNanos,
            long sinceAckReceivedNanos) {}

    /**
     * The flight, in segments.
     *
     * @param unacked sent and not acknowledged
     * @param sacked of these, selectively acknowledged
     * @param lost of these, marked as lost, retransmitted since or not
     * @param retransmitted retransmissions in the network
     * @param reordering largest reordering distance seen; three at least
     * @param notSentBytes unsent bytes in the send queue, a FIN included
     */
    public record Flight(int unacked, int sacked, int lost, int retransmitted, int reordering, int notSentBytes) {}

    /**
     * Round-trip times.
     *
     * @param smoothedNanos SRTT, 0 before the first measurement
     * @param varianceNanos RTTVAR, the mean deviation
     * @param minNanos the shortest of the last five minutes, or {@link Long#MAX_VALUE} before the first measurement
     * @param receiverNanos the receiver's estimate, 0 before data arrives
     */
    public record RoundTrip(long smoothedNanos, long varianceNanos, long minNanos, long receiverNanos) {}

    /**
     * Windows, in bytes.
     *
     * @param cwnd congestion window, as loss recovery limits it
     * @param ssthresh slow start threshold, 1 GiB or more if unset
     * @param peerWindow SND.WND
     * @param receiveWindow RCV.WND
     * @param receiveLimit the largest window that would be announced now
     * @param receiveSpace the most that the application has read per round trip, or the initial estimate
     */
    public record Windows(
            int cwnd, int ssthresh, int peerWindow, int receiveWindow, int receiveLimit, long receiveSpace) {}

    /**
     * Rates, in bytes per second.
     *
     * @param delivery latest delivery rate sample; 0 before the first
     * @param deliveryAppLimited the application limited this sample
     * @param pacing pacing rate, or 0 for no limit
     * @param maxPacing SO_MAX_PACING_RATE, or 0 for none
     */
    public record Rates(long delivery, boolean deliveryAppLimited, long pacing, long maxPacing) {}

    /**
     * Counters of the send direction.
     *
     * @param segments sent segments, SYN and SYN-ACK included; a super-segment counts as the segments it is cut into
     *     (RFC 4898 tcpEStatsPerfSegsOut; Linux leaves the SYN-ACK out)
     * @param dataSegments segments with payload
     * @param segmentsAgain retransmitted segments, SYN included
     * @param bytes payload, retransmissions included
     * @param bytesAgain retransmitted payload
     * @param bytesAcked acknowledged sequence numbers; the SYN of an active open is one
     * @param delivered segments delivered to the peer, SYN and duplicates included
     * @param deliveredMarked delivered segments whose ACK echoes Congestion Experienced
     * @param duplicates segments that the peer reports as received twice (RFC 2883)
     * @param reorderings detected reordering events
     */
    public record Sent(
            long segments,
            long dataSegments,
            long segmentsAgain,
            long bytes,
            long bytesAgain,
            long bytesAcked,
            long delivered,
            long deliveredMarked,
            long duplicates,
            int reorderings) {}

    /**
     * Counters of the receive direction.
     *
     * @param segments received segments; a super-segment counts as the segments it was joined from
     * @param dataSegments segments with payload
     * @param bytes sequence numbers received in order, a FIN included
     * @param outOfOrder segments received out of order
     */
    public record Received(long segments, long dataSegments, long bytes, long outOfOrder) {}

    /**
     * Time with data in flight or in the send queue, and the cause of the limit (Linux: {@code tcp_chrono_start}).
     *
     * @param busyNanos total time
     * @param peerWindowNanos of that, limited by the peer's window
     * @param sendBufferNanos of that, limited by the send buffer: all of it was sent while the application waited for
     *     room
     */
    public record Limited(long busyNanos, long peerWindowNanos, long sendBufferNanos) {}

    /**
     * Retransmission timeouts, of the SYN too.
     *
     * @param count number of timeouts
     * @param recoveries consecutive timeouts count as one
     * @param nanos total time from the first of consecutive timeouts until recovery
     */
    public record Timeouts(int count, int recoveries, long nanos) {}

    /**
     * Counters of Accurate ECN (RFC 9768 3.2); all 0 without it.
     *
     * @param received packets received with CE
     * @param sentBytes payload that the peer reports as received, by ECN field
     * @param receivedBytes payload received, by ECN field
     * @param capableRefused data is sent as not ECN-capable, as the path mangles the ECN field (3.2.2.3 to 3.2.3.2.5)
     * @param feedbackRefused the peer's feedback is ignored, as it is invalid (3.2.2.1, 3.2.2.4)
     * @param optionRefused AccECN options are not sent, as the path seems to drop them (3.2.3.2.2)
     * @param optionSeen AccECN options received: 0 for none, 1 for empty ones, 2 for counters, 3 for zeroed counters
     */
    public record Marks(
            long received,
            MarkedBytes sentBytes,
            MarkedBytes receivedBytes,
            boolean capableRefused,
            boolean feedbackRefused,
            boolean optionRefused,
            int optionSeen) {}

    /** Payload of packets with ECT(1), ECT(0) and CE, in bytes. */
    public record MarkedBytes(long ect1, long ect0, long ce) {

        public static final MarkedBytes NONE = new MarkedBytes(0, 0, 0);
    }
}
