package io.tapstack.wire;

/**
 * The traffic class of IPv6 and the type of service of IPv4: eight bits with the same meaning, DSCP (RFC 2474) and the
 * ECN field (RFC 3168 5).
 *
 * <pre>
 *  0   1   2   3   4   5   6   7
 * +---+---+---+---+---+---+---+---+
 * |         DSCP          |  ECN  |
 * +---+---+---+---+---+---+---+---+
 * </pre>
 */
public final class TrafficClass {

    /** The two bits of the ECN field. */
    public static final int ECN_MASK = 3;

    public static final int NOT_ECT = 0;
    public static final int ECT_1 = 1;
    public static final int ECT_0 = 2;
    public static final int CONGESTION_EXPERIENCED = 3;

    private TrafficClass() {}
}
