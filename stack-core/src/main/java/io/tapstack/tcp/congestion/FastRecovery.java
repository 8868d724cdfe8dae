package io.tapstack.tcp.congestion;

/**
 * What follows a fast retransmit on a connection without SACK. Where there is SACK it is always RACK (RFC 8985) that
 * says what is lost, and recovery lasts until all that was in flight is acknowledged.
 */
public enum FastRecovery {
    /** None, as in Tahoe: everything in flight counts as lost, and slow start sends it again. */
    NONE,
    /** RFC 5681 3.2 step 6, as in Reno: it ends with the first ACK for new data. */
    UNTIL_NEW_ACK,
    /**
     * RFC 6582 3.2 step 3, as in NewReno: it ends when all that was in flight is acknowledged; ACKs before that show
     * the next hole.
     */
    UNTIL_RECOVER
}
