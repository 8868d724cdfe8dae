package io.tapstack.tcp;

/**
 * How much one stack keeps for peers that give nothing in return.
 *
 * @param timeWaits most connections in TIME-WAIT; beyond, the one that would leave first goes early (Linux's tcp_max_tw_buckets)
 */
public record TcpLimits(int timeWaits) {

    /** The defaults. */
    public static final TcpLimits DEFAULT = new TcpLimits(65_536);
}
