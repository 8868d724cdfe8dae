package io.tapstack.tcp.congestion;

/**
 * Fast recovery after a fast retransmit on a connection without SACK. With SACK, RACK (RFC 8985) detects losses, and
 * recovery lasts until all data that was in flight is acknowledged.
 */
public enum FastRecovery {
    /** None, as in Tahoe: all data in flight counts as lost, and slow start retransmits it. */
    NONE,
    /** RFC 5681 3.2 step 6, as in Reno: ends with the first ACK for new data. */
    UNTIL_NEW_ACK,
    /**
     * RFC 6582 3.2 step 3, as in NewReno: ends when all data that was in flight is acknowledged; a partial ACK shows
     * the next hole.
     */
    UNTIL_RECOVER
}
