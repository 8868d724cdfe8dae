package io.tapstack.tcp;

/**
 * Limits of the state that one stack keeps for connections without an application.
 *
 * @param timeWaits limit of the connections in TIME-WAIT; beyond it, the one that expires first is removed (Linux's
 *     tcp_max_tw_buckets)
 * @param halfOpen limit of the half-open connections of a listener; beyond it, SYNs are answered with SYN cookies
 *     (Linux's tcp_max_syn_backlog)
 * @param backlog upper limit of the backlog of {@code listen} (Linux's somaxconn)
 * @param orphans limit of the connections without an application; beyond it, CLOSE sends a reset (Linux's
 *     tcp_max_orphans)
 * @param challengeAcksPerSecond challenge ACKs per second of all connections together (RFC 5961 7)
 */
public record TcpLimits(int timeWaits, int halfOpen, int backlog, int orphans, int challengeAcksPerSecond) {

    /** The default limits. */
    public static final TcpLimits DEFAULT = new TcpLimits(65_536, 1_024, 4_096, 65_536, 1_000);

    /** A copy with this limit of connections in TIME-WAIT. */
    public TcpLimits withTimeWaits(final int most) {
        return new TcpLimits(most, halfOpen, backlog, orphans, challengeAcksPerSecond);
    }

    /** A copy with this limit of half-open connections per listener. */
    public TcpLimits withHalfOpen(final int most) {
        return new TcpLimits(timeWaits, most, backlog, orphans, challengeAcksPerSecond);
    }

    /** A copy with this limit of connections without an application. */
    public TcpLimits withOrphans(final int most) {
        return new TcpLimits(timeWaits, halfOpen, backlog, most, challengeAcksPerSecond);
    }

    /** A copy with this limit of challenge ACKs per second. */
    public TcpLimits withChallengeAcksPerSecond(final int most) {
        return new TcpLimits(timeWaits, halfOpen, backlog, orphans, most);
    }
}
