package io.tapstack.tcp.ecn;

import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.wire.TcpHeader;

/**
 * What the SYNs agree on: RFC 3168 6.1.1, as RFC 9768 3.1 updates it. The first SYN or SYN-ACK of the peer decides on
 * the feedback; what comes or goes later can only forbid ECN-capable data (3.1.5).
 */
public final class EcnNegotiation {

    /** RFC 9768 3.1.4.1: the first SYN and its first repetition ask; 3.2.3.2.2: as many SYN-ACKs answer. */
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
    // Few of each: bytes, as each connection has these.
    private byte synsSent;
    private byte synAcksSent;

    private boolean decided;
    private boolean accurate;
    // The peer's SYN, not its SYN-ACK, has decided: whether it is in this mode too is not certain.
    private boolean answering;
    private byte peerField;

    public EcnNegotiation(final TcpConfig config) {
        this.config = config;
    }

    // ---- What goes out

    /** AE, CWR and ECE of our next SYN. */
    public int synFlags() {
        final EcnFeedback requested = EcnFeedback.requested(config.ecn());
        // RFC 3168 6.1.1.1, RFC 9768 3.1.4.1: something on the way may drop a SYN for these flags.
        final int tries = requested == EcnFeedback.ACCURATE ? ACCURATE_TRIES : 1;
        return synsSent < tries ? requested.synFlags() : 0;
    }

    /** AE, CWR and ECE of our next SYN-ACK. */
    public int synAckFlags() {
        if (accurate) {
            // RFC 9768 3.2.3.2.2: after two timeouts a SYN-ACK without the flags, though the mode stays.
            return synAcksSent < ACCURATE_TRIES ? HandshakeEcho.ace(peerField) << TcpHeader.ACE_SHIFT : 0;
        }
        final boolean willing = EcnFeedback.accepted(config.ecn()) != EcnFeedback.NONE && receivedSetup;
        return willing && !receivedPlain && !sentPlain ? TcpHeader.ECE : 0;
    }

    /** RFC 9768 3.2.3.2.2: a SYN-ACK that is repeated goes without the option, which may be what it was dropped for. */
    public boolean isFirstSynAck() {
        return synAcksSent == 0;
    }

    /** A SYN or SYN-ACK with these flags went out. */
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

    // ---- What comes in

    /** The peer's SYN, also a repeated one. Flags that make no sense to RFC 3168 ask for nothing. */
    public void synArrived(final Segment syn) {
        peerField = (byte) syn.ecnField;
        final EcnFeedback wanted = EcnFeedback.requestedBy(syn.flags, EcnFeedback.accepted(config.ecn()));
        if (!decided) {
            decided = true;
            answering = true;
            // In a simultaneous open the peer takes our SYN for what it asks for: it cannot be in this mode by another.
            accurate = wanted == EcnFeedback.ACCURATE && (synsSent == 0 || sentAccurate);
        }
        received(accurate ? (syn.flags & TcpHeader.ACE) != 0 : (syn.flags & BOTH) == BOTH);
    }

    /** The peer's SYN-ACK, also a repeated one. */
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

    /** RFC 9768, table 2: a SYN-ACK that feeds back an ECN field; 3.1.3: or one of a kind to come. */
    private static boolean isAccurate(final Segment synAck) {
        return HandshakeEcho.field(synAck.ace()) != HandshakeEcho.UNKNOWN || synAck.ace() == RESERVED_SYN_ACK;
    }

    /**
     * RFC 9768 3.1.5: a peer that has asked for, or agreed to, both kinds of feedback during one handshake MUST be
     * reset, as the two ends could not know of each other which of them it is.
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

    // ---- What came of it

    /** True in AccECN mode (RFC 9768 3.1.1). */
    public boolean isAccurate() {
        return accurate;
    }

    /**
     * True if a mark on received data means something to RFC 3168. A SYN of ours that did not ask does not release us
     * from the one that did.
     */
    public boolean isClassic() {
        return !accurate && sentSetup && receivedSetup && !receivedPlain;
    }

    /** True if data may go out as ECN-capable, as far as the SYNs go. */
    public boolean maySendCapable() {
        if (accurate) {
            // RFC 9768 3.1.5: a client knows that the server is in this mode; a server cannot after such a SYN or
            // SYN-ACK.
            return !answering || !sentPlain && !receivedPlain;
        }
        return isClassic() && !sentPlain;
    }

    /**
     * A half-open connection has answered the peer's SYN with {@code synAcks} SYN-ACKs, which agree to {@code agreed}.
     *
     * @param plainSyn whether one of the peer's SYNs asked for nothing
     */
    public void takeOver(final int synAcks, final EcnFeedback agreed, final boolean plainSyn) {
        synAcksSent = atMostMax(synAcks);
        final boolean plain = agreed == EcnFeedback.NONE || accurate && synAcksSent > ACCURATE_TRIES;
        sentPlain |= plain;
        sentSetup |= agreed != EcnFeedback.NONE;
        receivedPlain |= plainSyn;
    }
}
