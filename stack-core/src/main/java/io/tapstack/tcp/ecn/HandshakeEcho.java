package io.tapstack.tcp.ecn;

import io.tapstack.wire.Ipv4Header;

/**
 * How AE, CWR and ECE tell what the ECN field of a SYN or SYN-ACK was when it arrived (RFC 9768, tables 2 and 3): on
 * the SYN-ACK, and on the pure ACK of the SYN-ACK.
 */
public final class HandshakeEcho {

    /**
     * {@link #field} of a value that says nothing: unused so far, so it is taken for Accurate ECN and an unchanged
     * field (3.1.3, table 4).
     */
    static final int UNKNOWN = -1;

    private static final int NOT_ECT = 0b010;
    private static final int ECT_1 = 0b011;
    private static final int ECT_0 = 0b100;
    private static final int CE = 0b110;

    private HandshakeEcho() {}

    /** What tells of {@code ecnField}. */
    public static int ace(final int ecnField) {
        return switch (ecnField) {
            case Ipv4Header.NOT_ECT -> NOT_ECT;
            case Ipv4Header.ECT_1 -> ECT_1;
            case Ipv4Header.ECT_0 -> ECT_0;
            default -> CE;
        };
    }

    /** The ECN field that {@code ace} tells of, or {@link #UNKNOWN}. */
    public static int field(final int ace) {
        return switch (ace) {
            case NOT_ECT -> Ipv4Header.NOT_ECT;
            case ECT_1 -> Ipv4Header.ECT_1;
            case ECT_0 -> Ipv4Header.ECT_0;
            case CE -> Ipv4Header.CONGESTION_EXPERIENCED;
            default -> UNKNOWN;
        };
    }
}
