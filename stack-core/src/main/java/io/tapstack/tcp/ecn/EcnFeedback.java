package io.tapstack.tcp.ecn;

import io.tapstack.tcp.EcnMode;
import io.tapstack.wire.TcpHeader;

/** The ECN feedback of a connection, in order of accuracy (RFC 9768 3.1.2, table 2). */
public enum EcnFeedback {
    /** No ECN. */
    NONE,
    /** Once per round trip, by ECE and CWR (RFC 3168). */
    CLASSIC,
    /** By counters (RFC 9768). */
    ACCURATE;

    private static final int CLASSIC_SYN = TcpHeader.ECE | TcpHeader.CWR;

    /** Returns the most accurate feedback that a connection in {@code mode} accepts from a peer's SYN. */
    public static EcnFeedback accepted(final EcnMode mode) {
        return switch (mode) {
            case OFF -> NONE;
            case ON, PASSIVE -> CLASSIC;
            case ACCURATE, ACCURATE_IN, ACCURATE_PASSIVE -> ACCURATE;
        };
    }

    /** Returns the feedback that our SYN requests in {@code mode}. */
    static EcnFeedback requested(final EcnMode mode) {
        return switch (mode) {
            case OFF, PASSIVE, ACCURATE_PASSIVE -> NONE;
            case ON, ACCURATE_IN -> CLASSIC;
            case ACCURATE -> ACCURATE;
        };
    }

    /** Returns the feedback that a SYN with these flags requests from a host that accepts at most {@code accepted}. */
    public static EcnFeedback requestedBy(final int flags, final EcnFeedback accepted) {
        final int ace = flags & TcpHeader.ACE;
        if (accepted == ACCURATE && ace != 0 && ace != CLASSIC_SYN) {
            // RFC 9768 3.1.3: AE, CWR and ECE request it, and so does each combination not in use yet.
            return ACCURATE;
        }
        return accepted != NONE && (flags & CLASSIC_SYN) == CLASSIC_SYN ? CLASSIC : NONE;
    }

    /** Returns the flags of a SYN that requests this feedback. */
    public int synFlags() {
        return switch (this) {
            case NONE -> 0;
            case CLASSIC -> CLASSIC_SYN;
            case ACCURATE -> TcpHeader.ACE;
        };
    }

    /** Returns the less accurate of the two. */
    public static EcnFeedback lesser(final EcnFeedback one, final EcnFeedback other) {
        return one.compareTo(other) <= 0 ? one : other;
    }
}
