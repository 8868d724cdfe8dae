package io.tapstack.tcp.ecn;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.TcpHeader;

/**
 * ECN negotiation of the SYNs: RFC 3168 6.1.1, as RFC 9768 3.1 updates it. The first SYN or SYN-ACK of the peer
 * determines the feedback; later ones, received or sent, can only forbid ECN-capable data (3.1.5).
 */
public final class EcnNegotiation {

    /** RFC 9768 3.1.4.1: the first SYN and its first retransmission request it; 3.2.3.2.2: as many SYN-ACKs answer. */
    public static final int ACCURATE_TRIES = 2;

    private static final int BOTH = TcpHeader.ECE | TcpHeader.CWR;
    private static final int RESERVED_SYN_ACK = 0b101;

    private final TcpConfig config;

    // RFC 3168 6.1.1: a SYN with ECE and CWR, and a SYN-ACK with ECE alone, are "ECN-setup"; any other is
    // "non-ECN-setup".
    private boolean sentSetup;
    private boolean sentPlain;
    private boolean receivedSetup;
    private boolean receivedPlain;

    private boolean sentAccurate; // a SYN
    // Small counters, as bytes, since each connection has them.
    private byte synsSent;
    private byte synAcksSent;

    private boolean decided;
    private boolean accurate;
    // The peer's SYN, not its SYN-ACK, has decided: the peer's mode is not certain.
    private boolean answering;
    private byte peerField;

    public EcnNegotiation(final TcpConfig config) {
        this.config = config;
    }

    // ---- Sent SYNs

    /** AE, CWR and ECE of our next SYN. */
    public int synFlags() {
        final EcnFeedback requested = EcnFeedback.requested(config.ecn());
        // RFC 3168 6.1.1.1, RFC 9768 3.1.4.1: a middlebox may drop a SYN for these flags.
        final int tries = requested == EcnFeedback.ACCURATE ? ACCURATE_TRIES : 1;
        return synsSent < tries ? requested.synFlags() : 0;
    }

    /** AE, CWR and ECE of our next SYN-ACK. */
    public int synAckFlags() {
        if (accurate) {
            // RFC 9768 3.2.3.2.2: no flags in a SYN-ACK after two timeouts; the mode stays.
            return synAcksSent < ACCURATE_TRIES ? HandshakeEcho.ace(peerField) << TcpHeader.ACE_SHIFT : 0;
        }
        final boolean willing = EcnFeedback.accepted(config.ecn()) != EcnFeedback.NONE && receivedSetup;
        return willing && !receivedPlain && !sentPlain ? TcpHeader.ECE : 0;
    }

    /**
     * RFC 9768 3.2.3.2.2: true for the first SYN-ACK. A repeated one has no option, in case a middlebox drops it for
     * the option.
     */
    public boolean isFirstSynAck() {
        return synAcksSent == 0;
    }

    /** Records a sent SYN or SYN-ACK with these flags. */
    public void sent(final int flags) {
        final boolean plain = (flags & TcpHeader.ACE) == 0;
        sentSetup |= !plain;
        sentPlain |= plain;
        if ((flags & TcpHeader.ACK) != 0) {
            synAcksSent = atMostMax(synAcksSent + 1);
        } else {
            synsSent = atMostMax(synsSent + 1);
            sentAccurate |= (flags & TcpHeader.ACE) == TcpHeader.ACE;
        }
    }

    private static byte atMostMax(final int count) {
        return (byte) Math.min(Byte.MAX_VALUE, count);
    }

    // ---- Received SYNs

    /** Processes the peer's SYN, or its repetition. Flags that RFC 3168 does not define request nothing. */
    public void synArrived(final Segment syn) {
        peerField = (byte) syn.ecnField;
        final EcnFeedback wanted = EcnFeedback.requestedBy(syn.flags, EcnFeedback.accepted(config.ecn()));
        if (!decided) {
            decided = true;
            answering = true;
            // In a simultaneous open the peer takes our SYN as its request: no other SYN can have set its mode.
            accurate = wanted == EcnFeedback.ACCURATE && (synsSent == 0 || sentAccurate);
        }
        received(accurate ? (syn.flags & TcpHeader.ACE) != 0 : (syn.flags & BOTH) == BOTH);
    }

    /** Processes the peer's SYN-ACK, or its repetition. */
    public void synAckArrived(final Segment synAck) {
        peerField = (byte) synAck.ecnField;
        if (!decided) {
            decided = true;
            accurate = sentAccurate && isAccurate(synAck);
        }
        received(accurate ? (synAck.flags & TcpHeader.ACE) != 0 : (synAck.flags & BOTH) == TcpHeader.ECE);
    }

    private void received(final boolean setup) {
        receivedSetup |= setup;
        receivedPlain |= !setup;
    }

    /** True for a SYN-ACK that feeds back an ECN field (RFC 9768, table 2), or has a reserved combination (3.1.3). */
    private static boolean isAccurate(final Segment synAck) {
        return HandshakeEcho.field(synAck.ace()) != HandshakeEcho.UNKNOWN || synAck.ace() == RESERVED_SYN_ACK;
    }

    /**
     * RFC 9768 3.1.5: true if the peer has requested, or agreed to, both kinds of feedback in one handshake. It MUST be
     * reset, as the two ends may assume different kinds.
     */
    public boolean isContradicted(final Segment again) {
        if (!decided) {
            return false;
        }
        final boolean synAck = again.has(TcpHeader.ACK);
        final boolean classicNow = synAck
                ? (again.flags & TcpHeader.ACE) == TcpHeader.ECE
                : (again.flags & TcpHeader.ACE) == EcnFeedback.CLASSIC.synFlags();
        final boolean accurateNow = synAck
                ? sentAccurate && isAccurate(again)
                : EcnFeedback.accepted(config.ecn()) == EcnFeedback.ACCURATE
                        && (again.flags & TcpHeader.ACE) == TcpHeader.ACE;
        return accurate ? classicNow : accurateNow && receivedSetup;
    }

    // ---- Results

    /** True in AccECN mode (RFC 9768 3.1.1). */
    public boolean isAccurate() {
        return accurate;
    }

    /**
     * True if RFC 3168 applies to marks of received data. A SYN of ours without ECN does not cancel an earlier one with
     * ECN.
     */
    public boolean isClassic() {
        return !accurate && sentSetup && receivedSetup && !receivedPlain;
    }

    /** True if the SYNs allow ECN-capable data. */
    public boolean maySendCapable() {
        if (accurate) {
            // RFC 9768 3.1.5: a client knows the server's mode; a server does not know the client's after such a SYN or
            // SYN-ACK.
            return !answering || !sentPlain && !receivedPlain;
        }
        return isClassic() && !sentPlain;
    }

    /**
     * Takes over from a half-open connection that has sent {@code synAcks} SYN-ACKs with {@code agreed} feedback.
     *
     * @param plainSyn whether one of the peer's SYNs was without ECN
     */
    public void takeOver(final int synAcks, final EcnFeedback agreed, final boolean plainSyn) {
        synAcksSent = atMostMax(synAcks);
        final boolean plain = agreed == EcnFeedback.NONE || accurate && synAcksSent > ACCURATE_TRIES;
        sentPlain |= plain;
        sentSetup |= agreed != EcnFeedback.NONE;
        receivedPlain |= plainSyn;
    }
}
