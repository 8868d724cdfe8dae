package io.tapstack.tcp.ecn;

import io.tapstack.wire.TrafficClass;

/**
 * The encoding of the received ECN field of a SYN or SYN-ACK in AE, CWR and ECE (RFC 9768, tables 2 and 3): on the
 * SYN-ACK, and on the pure ACK of the SYN-ACK.
 */
public final class HandshakeEcho {

    /**
     * Result of {@link #field} for an unused value, which counts as Accurate ECN with an unchanged field (3.1.3, table
     * 4).
     */
    static final int UNKNOWN = -1;

    private static final int NOT_ECT = 0b010;
    private static final int ECT_1 = 0b011;
    private static final int ECT_0 = 0b100;
    private static final int CE = 0b110;

    private HandshakeEcho() {}

    /** Encodes {@code ecnField} as an ACE field. */
    public static int ace(final int ecnField) {
        return switch (ecnField) {
            case TrafficClass.NOT_ECT -> NOT_ECT;
            case TrafficClass.ECT_1 -> ECT_1;
            case TrafficClass.ECT_0 -> ECT_0;
            default -> CE;
        };
    }

    /** Decodes the ECN field of {@code ace}, or {@link #UNKNOWN}. */
    public static int field(final int ace) {
        return switch (ace) {
            case NOT_ECT -> TrafficClass.NOT_ECT;
            case ECT_1 -> TrafficClass.ECT_1;
            case ECT_0 -> TrafficClass.ECT_0;
            case CE -> TrafficClass.CONGESTION_EXPERIENCED;
            default -> UNKNOWN;
        };
    }
}
