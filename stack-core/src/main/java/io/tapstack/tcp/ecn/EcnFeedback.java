package io.tapstack.tcp.ecn;

import io.tapstack.tcp.EcnMode;
import io.tapstack.wire.TcpHeader;

/** How a connection feeds congestion marks back, from the least accurate to the most (RFC 9768 3.1.2, table 2). */
public enum EcnFeedback {
    /** Not at all: not ECN. */
    NONE,
    /** Once a round trip, by ECE and CWR (RFC 3168). */
    CLASSIC,
    /** By counters (RFC 9768). */
    ACCURATE;

    private static final int CLASSIC_SYN = TcpHeader.ECE | TcpHeader.CWR;

    /** The most accurate feedback that a peer's SYN can ask a connection in {@code mode} for. */
    public static EcnFeedback accepted(final EcnMode mode) {
        return switch (mode) {
            case OFF -> NONE;
            case ON, PASSIVE -> CLASSIC;
            case ACCURATE, ACCURATE_IN, ACCURATE_PASSIVE -> ACCURATE;
        };
    }

    /** The feedback that our SYN asks for in {@code mode}. */
    static EcnFeedback requested(final EcnMode mode) {
        return switch (mode) {
            case OFF, PASSIVE, ACCURATE_PASSIVE -> NONE;
            case ON, ACCURATE_IN -> CLASSIC;
            case ACCURATE -> ACCURATE;
        };
    }

    /** What a host that knows {@code accepted} at most takes a SYN with these flags to ask for. */
    public static EcnFeedback requestedBy(final int flags, final EcnFeedback accepted) {
        final int ace = flags & TcpHeader.ACE;
        if (accepted == ACCURATE && ace != 0 && ace != CLASSIC_SYN) {
            // RFC 9768 3.1.3: AE, CWR and ECE ask for it, and so does each combination that is not in use yet.
            return ACCURATE;
        }
        return accepted != NONE && (flags & CLASSIC_SYN) == CLASSIC_SYN ? CLASSIC : NONE;
    }

    /** The flags of a SYN that asks for this. */
    public int synFlags() {
        return switch (this) {
            case NONE -> 0;
            case CLASSIC -> CLASSIC_SYN;
            case ACCURATE -> TcpHeader.ACE;
        };
    }

    /** The less accurate of the two. */
    public static EcnFeedback lesser(final EcnFeedback one, final EcnFeedback other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
