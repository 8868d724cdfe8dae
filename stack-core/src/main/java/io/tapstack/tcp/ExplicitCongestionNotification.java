package io.tapstack.tcp;

import io.tapstack.event.StackStatistics;
import io.tapstack.wire.Ipv4Header;
import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpHeader;

/**
 * Explicit Congestion Notification of one connection (RFC 3168 6.1): the agreement in the handshake, the echo of what the network has marked
 * on its way to us, and the answer to the peer's echo of what it has marked on its way from us.
 *
 * <p>Where Linux differs: there a repeated SYN-ACK keeps ECE although the peer's repeated SYN does not ask any more.
 */
final class ExplicitCongestionNotification {

    private static final int BOTH = TcpHeader.ECE | TcpHeader.CWR;

    private final TcpConnection tcb;

    // 6.1.1: a SYN with ECE and CWR, and a SYN-ACK with ECE alone, are "ECN-setup"; any other is "non-ECN-setup".
    private boolean sentSetup;
    private boolean sentPlain;
    private boolean receivedSetup;
    private boolean receivedPlain;

    private boolean seen;
    private boolean echoing;
    private boolean cwrDue;
    // The window was reduced when SND.NXT was reducedAt, and the peer has acknowledged nothing that was sent later.
    private boolean reduced;
    private int reducedAt;
    private boolean reducedForEcho;

    ExplicitCongestionNotification(final TcpConnection tcb) {
        this.tcb = tcb;
    }

    // ---- The handshake (6.1.1)

    /** What goes into our next SYN or SYN-ACK; {@link #sent} is told when it has gone out. */
    int synFlags(final boolean ack) {
        if (ack) {
            return mayAnswer() ? TcpHeader.ECE : 0;
        }
        // 6.1.1.1: a SYN that nobody answered goes out again without the flags: something on the way may drop them.
        return tcb.config.ecn() == EcnMode.ON && !sentSetup ? BOTH : 0;
    }

    private boolean mayAnswer() {
        return tcb.config.ecn() != EcnMode.OFF && receivedSetup && !receivedPlain && !sentPlain;
    }

    /** The peer's SYN or SYN-ACK, also a repeated one. Flags that make no sense, reserved ones too, ask for nothing. */
    void synArrived(final Segment syn) {
        final boolean setup = (syn.flags & BOTH) == (syn.has(TcpHeader.ACK) ? TcpHeader.ECE : BOTH);
        receivedSetup |= setup;
        receivedPlain |= !setup;
    }

    /** True if data may go out as ECN-capable. */
    boolean isAgreed() {
        return listens() && !sentPlain;
    }

    /** True if the peer has sent data that was ECN-capable. */
    boolean isSeen() {
        return seen;
    }

    /** True if a mark on received data means something. A SYN of ours that did not ask does not release us from the one that did. */
    private boolean listens() {
        return sentSetup && receivedSetup && !receivedPlain;
    }

    // ---- What comes in

    /** Data that is in the window, at least in part: 6.1.5 has us ignore the mark on any other. */
    void dataArrived(final Segment segment) {
        if (!listens()) {
            return;
        }
        if (echoing && segment.has(TcpHeader.CWR)) {
            // 6.1.3. The peer's window may be a single segment now, so it should not wait for its ACK.
            echoing = false;
            tcb.delayedAck.ackNow();
        }
        seen |= segment.ecnCapable;
        if (segment.congestionExperienced) {
            final StackStatistics statistics = tcb.statistics;
            statistics.congestionMarksReceived++;
            statistics.observer().congestionMarked(tcb);
            if (!echoing) {
                echoing = true;
                tcb.delayedAck.ackNow();
            }
        }
    }

    /**
     * An ACK at or above SND.UNA.
     *
     * @return true if the congestion window has to be reduced for its echo: once for a window of data (6.1.2)
     */
    boolean ackArrived(final Segment segment) {
        if (reduced && SequenceNumber.greaterThan(segment.ack, reducedAt)) {
            reduced = false;
        }
        if (!isAgreed() || !segment.has(TcpHeader.ECE) || segment.has(TcpHeader.SYN)) {
            return false;
        }
        tcb.statistics.congestionEchoesReceived++;
        tcb.statistics.observer().congestionEchoed(tcb);
        return !reduced && tcb.sndNxt != tcb.sndUna;
    }

    /** True until something is acknowledged that was sent after the window was reduced, for whatever reason. */
    boolean isReduced() {
        return reduced;
    }

    /** True while the window must not grow: until that, if it was reduced for an echo. After a loss it has rules of its own. */
    boolean holdsGrowth() {
        return reduced && reducedForEcho;
    }

    /** The congestion window was reduced, for an echo or for a loss: the first new data says so (6.1.2). */
    void windowReduced(final boolean forEcho) {
        if (isAgreed()) {
            reduced = true;
            reducedForEcho = forEcho;
            reducedAt = tcb.sndNxt;
            cwrDue = true;
        }
    }

    // ---- What goes out

    /** {@code flags} with ECE and CWR as they have to be. */
    int flags(final int flags, final boolean newData) {
        if ((flags & (TcpHeader.SYN | TcpHeader.RST)) != 0) {
            return flags;
        }
        return flags | (echoing ? TcpHeader.ECE : 0) | (newData && cwrDue ? TcpHeader.CWR : 0);
    }

    /**
     * The ECN field of a segment's IP header. 6.1.4 to 6.1.6: only new data is ECN-capable; a mark on anything else could be forged, or lost
     * unnoticed.
     */
    int field(final boolean newData) {
        return newData && isAgreed() ? Ipv4Header.ECT_0 : Ipv4Header.NOT_ECT;
    }

    /** A segment with these flags went out. */
    void sent(final int flags) {
        if ((flags & TcpHeader.SYN) != 0) {
            sentSetup |= (flags & BOTH) != 0;
            sentPlain |= (flags & BOTH) == 0;
        } else if ((flags & TcpHeader.CWR) != 0) {
            cwrDue = false;
        }
    }
}
