package io.tapstack.tcp;

/**
 * What {@code TCP_INFO} says of a connection (tcp(7)): a snapshot of true figures. What a figure counts is as in
 * Linux's {@code struct tcp_info}, unless it says otherwise; times are in nanoseconds, sizes in bytes, and what is in
 * flight is counted in segments.
 *
 * @param state where the connection is in its life; TIME_WAIT too, which Linux calls CLOSED
 * @param congestion where congestion control and loss recovery stand
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
        /** Something came out of order, or more than once; perhaps it is a loss. */
        DISORDER,
        /** The window comes down after an ECN echo. */
        CWR,
        /** Fast recovery. */
        RECOVERY,
        /** A timeout is being made good. */
        LOSS
    }

    /**
     * Linux's {@code enum tcp_fastopen_client_fail}: why the data of a Fast Open SYN had to be sent again, or could not
     * be sent.
     */
    public enum FastOpenFailure {
        /** It was not, or nobody knows. */
        NONE,
        /** There was no cookie: this SYN has asked for one. */
        COOKIE_UNAVAILABLE,
        /** The server did not take the data. */
        DATA_NOT_ACKED,
        /** Nor did it answer in time. */
        SYN_RETRANSMITTED
    }

    /**
     * What the SYNs have agreed on.
     *
     * @param timestamps RFC 7323 3
     * @param sack RFC 2018
     * @param windowScale RFC 7323 2
     * @param sendScale shift of the windows that the peer announces
     * @param receiveScale shift of the windows that we announce
     * @param ecn RFC 3168 or RFC 9768
     * @param ecnSeen data came from the peer that was ECN-capable
     * @param synDataTaken the data of a Fast Open SYN was taken, by the peer or from it (RFC 7413)
     * @param fastOpenChild a Fast Open cookie has opened this connection to a listener
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
     * Sizes of segments.
     *
     * @param sendMss payload of a full segment that we send
     * @param receiveMss payload of the largest segment seen, or a careful guess
     * @param advertisedMss what our SYN said, less the options of every segment
     * @param pathMtu largest packet of the path
     */
    public record Sizes(int sendMss, int receiveMss, int advertisedMss, int pathMtu) {}

    /**
     * Timers, and when something happened last.
     *
     * @param rtoNanos retransmission timeout
     * @param delayedAckNanos how long an ACK may be delayed; 0 before any data has come
     * @param retransmits timeouts in a row
     * @param probes probes of a closed window, or of a silent peer, that were not answered
     * @param backoff how often the timer was backed off since the last measured round trip
     * @param sinceDataSentNanos since the last segment with payload, or since the connection was made
     * @param sinceDataReceivedNanos the same for received ones, in order
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
     * What is in flight, in segments.
     *
     * @param unacked sent and not acknowledged
     * @param sacked of these, what the peer has, but not in order
     * @param lost of these, what was found lost, whether it was sent again since or not
     * @param retransmitted what was sent again and is in the network
     * @param reordering how many a late one and those that have overtaken it were at most; three, unless more was seen
     * @param notSentBytes what waits in the send queue, a FIN included
     */
    public record Flight(int unacked, int sacked, int lost, int retransmitted, int reordering, int notSentBytes) {}

    /**
     * Round trips.
     *
     * @param smoothedNanos SRTT, 0 if none was measured
     * @param varianceNanos its mean deviation
     * @param minNanos the shortest of the last five minutes, or {@link Long#MAX_VALUE} if none was measured
     * @param receiverNanos as a receiver sees it, 0 before data has come
     */
    public record RoundTrip(long smoothedNanos, long varianceNanos, long minNanos, long receiverNanos) {}

    /**
     * Windows, in bytes.
     *
     * @param cwnd congestion window, as it is while losses are made good
     * @param ssthresh slow start threshold, 1 GiB or more while there is none
     * @param peerWindow SND.WND
     * @param receiveWindow RCV.WND
     * @param receiveLimit the largest window that would be announced now
     * @param receiveSpace the most that the application has read in a round trip, or the first guess at it
     */
    public record Windows(
            int cwnd, int ssthresh, int peerWindow, int receiveWindow, int receiveLimit, long receiveSpace) {}

    /**
     * Bytes a second.
     *
     * @param delivery how fast the network has delivered, as it was seen last; 0 before anything was
     * @param deliveryAppLimited it was limited by what the application sent
     * @param pacing at which segments leave, or 0 for no limit
     * @param maxPacing SO_MAX_PACING_RATE, or 0 for none
     */
    public record Rates(long delivery, boolean deliveryAppLimited, long pacing, long maxPacing) {}

    /**
     * Counts of what was sent.
     *
     * @param segments each super-segment as what it is cut into, SYN and SYN-ACK included (RFC 4898
     *     tcpEStatsPerfSegsOut; Linux leaves the SYN-ACK out)
     * @param dataSegments those with payload
     * @param segmentsAgain in all, SYN included
     * @param bytes payload, retransmissions included
     * @param bytesAgain payload
     * @param bytesAcked sequence numbers that the peer has acknowledged; the SYN of an active open is one
     * @param delivered segments that the peer has got, SYN and duplicates included
     * @param deliveredMarked those whose ACK echoes Congestion Experienced
     * @param duplicates segments that the peer has reported to have got twice (RFC 2883)
     * @param reorderings how often segments were seen to have overtaken another
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
     * Counts of what was received.
     *
     * @param segments each super-segment as what it was put together from
     * @param dataSegments those with payload
     * @param bytes sequence numbers received in order, a FIN included
     * @param outOfOrder segments that came before their turn
     */
    public record Received(long segments, long dataSegments, long bytes, long outOfOrder) {}

    /**
     * For how long there was something on its way or to be sent, and what held it back (Linux:
     * {@code tcp_chrono_start}).
     *
     * @param busyNanos in all
     * @param peerWindowNanos of that, held back by the peer's window
     * @param sendBufferNanos of that, all was sent that the send buffer holds while the application waited for room
     */
    public record Limited(long busyNanos, long peerWindowNanos, long sendBufferNanos) {}

    /**
     * Retransmission timeouts, those of the SYN included.
     *
     * @param count all of them
     * @param recoveries those in a row as one
     * @param nanos from the first of a row until it was made good, added up
     */
    public record Timeouts(int count, int recoveries, long nanos) {}

    /**
     * What Accurate ECN counts (RFC 9768 3.2); all 0 without it.
     *
     * @param received packets that came with CE
     * @param sentBytes payload that the peer says has come, by ECN field
     * @param receivedBytes payload that has come, by ECN field
     * @param capableRefused data goes out as not ECN-capable, as the path mangles the ECN field (3.2.2.3 to 3.2.3.2.5)
     * @param feedbackRefused the peer's feedback is not answered, as it makes no sense (3.2.2.1, 3.2.2.4)
     * @param optionRefused AccECN options are not sent, as they seem to get lost (3.2.3.2.2)
     * @param optionSeen what came of the peer's AccECN options: 0 for none, 1 for empty ones, 2 for counters, 3 for
     *     counters that were zeroed
     */
    public record Marks(
            long received,
            MarkedBytes sentBytes,
            MarkedBytes receivedBytes,
            boolean capableRefused,
            boolean feedbackRefused,
            boolean optionRefused,
            int optionSeen) {}

    /** Bytes of payload in packets with ECT(1), ECT(0) and CE. */
    public record MarkedBytes(long ect1, long ect0, long ce) {

        public static final MarkedBytes NONE = new MarkedBytes(0, 0, 0);
    }
}
