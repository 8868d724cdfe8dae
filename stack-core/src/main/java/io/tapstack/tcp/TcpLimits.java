package io.tapstack.tcp;

/**
 * How much one stack keeps for peers that give nothing in return.
 *
 * @param timeWaits most connections in TIME-WAIT; beyond, the one that would leave first goes early (Linux's
 *     tcp_max_tw_buckets)
 * @param halfOpen most half-open connections of a listener; beyond, SYNs are answered with cookies (Linux's
 *     tcp_max_syn_backlog)
 * @param backlog upper limit of what {@code listen} is asked for (Linux's somaxconn)
 * @param orphans most connections without an application; beyond, whoever closes sends a reset (Linux's
 *     tcp_max_orphans)
 * @param challengeAcksPerSecond of all connections together (RFC 5961 7)
 */
public record TcpLimits(int timeWaits, int halfOpen, int backlog, int orphans, int challengeAcksPerSecond) {

    /** The defaults. */
    public static final TcpLimits DEFAULT = new TcpLimits(65_536, 1_024, 4_096, 65_536, 1_000);

    public TcpLimits withTimeWaits(final int most) {
        return new TcpLimits(most, halfOpen, backlog, orphans, challengeAcksPerSecond);
    }

    public TcpLimits withHalfOpen(final int most) {
        return new TcpLimits(timeWaits, most, backlog, orphans, challengeAcksPerSecond);
    }

    public TcpLimits withOrphans(final int most) {
        return new TcpLimits(timeWaits, halfOpen, backlog, most, challengeAcksPerSecond);
    }

    public TcpLimits withChallengeAcksPerSecond(final int most) {
        return new TcpLimits(timeWaits, halfOpen, backlog, orphans, most);
    }
}
