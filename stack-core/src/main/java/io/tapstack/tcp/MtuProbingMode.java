package io.tapstack.tcp;

/**
 * When a connection finds out by itself how large its segments may be (RFC 4821), as {@code net.ipv4.tcp_mtu_probing}
 * of Linux.
 */
public enum MtuProbingMode {
    /** Never: routers tell. */
    OFF,
    /** Once large segments seem to vanish without a word: a black hole. */
    BLACK_HOLE,
    /** From the start. */
    ON
}
