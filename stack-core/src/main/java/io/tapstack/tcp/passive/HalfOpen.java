package io.tapstack.tcp.passive;

import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.AccEcnOptionMode;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.demux.TupleRecord;
import io.tapstack.tcp.ecn.EcnFeedback;
import io.tapstack.tcp.ecn.EcnNegotiation;
import io.tapstack.tcp.ecn.HandshakeEcho;
import io.tapstack.tcp.segment.SavedSyn;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SynAck;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.tcp.segment.WindowScale;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * A connection in SYN-RECEIVED after a passive open: what its SYN said and our SYN-ACK answered, until the peer's ACK
 * makes a connection of it. Whoever sends SYNs and nothing more costs us no more than this.
 */
public final class HalfOpen extends TupleRecord implements SynAck {

    public final ListenState listener;
    public final int iss;
    public final int irs;

    /** RCV.WND, as our SYN-ACK says it. */
    public final int window;

    final char peerWindow;

    /** What the MSS option said, 0 if there was none. */
    char peerMss;

    /** What the window scale option said, or -1 if scaling was not agreed on; and what ours says. */
    byte peerShift;

    final byte ourShift;
    boolean sack;

    /** Null if they were not agreed on. */
    @Nullable
    Timestamps timestamps;

    /** For the SYN-ACK (RFC 7413 4.1.2), or null. */
    @Nullable
    public FastOpenCookie cookie;

    /** The headers of the SYN, if the listener keeps them. */
    @Nullable
    public SavedSyn savedSyn;

    public final long sentNanos;

    /** How often the timer has expired, and how often of these it has sent the SYN-ACK again. */
    int timeouts;

    public int retransmissions;

    /** Whether the SYN-ACK was sent again at all, or acknowledged long ago, so that no round trip can be told. */
    public boolean repeated;

    /** Whether the peer has acknowledged the SYN-ACK, and its data is waited for ({@link DeferAccept}). */
    boolean acknowledged;

    /**
     * What our SYN-ACK agrees to: the peer's first SYN asks for it, and for RFC 3168's each one if there are several
     * (6.1.1).
     */
    public EcnFeedback ecn;

    /** The ECN field of the peer's last SYN, which a SYN-ACK of Accurate ECN feeds back (RFC 9768 3.1.5). */
    byte synField;

    /** Whether a SYN came that asks for nothing, after one that does. */
    public boolean plainSyn;

    /** Whether the SYN-ACK was sent again because the peer sent its SYN again. */
    boolean answeredAgain;

    /**
     * @param syn what the peer's SYN says, as far as {@code config} wants it
     * @param timestamps agreed with the SYN's, or null
     */
    HalfOpen(
            final ListenState listener,
            final IpPath path,
            final Segment syn,
            final int iss,
            final int window,
            final @Nullable Timestamps timestamps,
            final long nowNanos) {
        super(path, syn.destinationPort, syn.sourcePort);
        final TcpConfig config = listener.config();
        this.listener = listener;
        this.iss = iss;
        this.irs = syn.seq;
        this.window = window;
        this.peerWindow = (char) syn.window;
        this.peerMss = (char) syn.options.maximumSegmentSize();
        // RFC 7323 2.2: a shift over 14 is taken for 14.
        final int shift = Math.min(syn.options.windowScale(), WindowScale.MAX_SHIFT);
        this.peerShift = (byte) (config.windowScaling() ? shift : -1);
        this.ourShift = (byte) WindowScale.offered(config);
        this.sack = config.sack() && syn.options.sackPermitted();
        this.ecn = EcnFeedback.requestedBy(syn.flags, EcnFeedback.accepted(config.ecn()));
        this.synField = (byte) syn.ecnField;
        this.timestamps = timestamps;
        this.sentNanos = nowNanos;
    }

    /** What a SYN that came again means for ECN. @return false if the peer contradicts itself */
    private boolean repeatEcn(final Segment syn) {
        final EcnFeedback accepted = EcnFeedback.accepted(listener.config().ecn());
        final EcnFeedback wanted = EcnFeedback.requestedBy(syn.flags, accepted);
        if (accepted == EcnFeedback.ACCURATE
                && wanted != ecn
                && wanted != EcnFeedback.NONE
                && ecn != EcnFeedback.NONE) {
            return false;
        }
        repeated = true; // Karn
        answeredAgain = true;
        synField = (byte) syn.ecnField;
        plainSyn |= wanted == EcnFeedback.NONE;
        if (ecn == EcnFeedback.CLASSIC) {
            ecn = EcnFeedback.lesser(ecn, wanted);
        }
        return true;
    }

    @Override
    public int ecnFlags() {
        return switch (ecn) {
            case NONE -> 0;
            case CLASSIC -> TcpHeader.ECE;
            // RFC 9768 3.2.3.2.2: after two timeouts without, though the mode stays.
            case ACCURATE ->
                retransmissions < EcnNegotiation.ACCURATE_TRIES
                        ? HandshakeEcho.ace(synField) << TcpHeader.ACE_SHIFT
                        : 0;
        };
    }

    /** The first SYN-ACK has the option (RFC 9768 3.2.3.2.1, 3.2.3.2.2). */
    @Override
    public boolean hasAccEcnOption() {
        return ecn == EcnFeedback.ACCURATE && !repeated && listener.config().accEcnOption() != AccEcnOptionMode.NEVER;
    }

    /** How many SYN-ACKs have gone out, as far as it matters for what they may have been dropped for. */
    public int synAcksSent() {
        return 1 + retransmissions + (answeredAgain && retransmissions == 0 ? 1 : 0);
    }

    @Override
    public IpPath path() {
        return path;
    }

    @Override
    public TcpConfig config() {
        return listener.config();
    }

    @Override
    public int iss() {
        return iss;
    }

    @Override
    public int rcvNxt() {
        return irs + 1;
    }

    @Override
    public int announceWindow() {
        return window;
    }

    @Override
    public int windowShift() {
        return peerShift >= 0 ? ourShift : -1;
    }

    @Override
    public boolean sackPermitted() {
        return sack;
    }

    @Override
    public @Nullable Timestamps timestamps() {
        return timestamps;
    }

    @Override
    public @Nullable FastOpenCookie cookie() {
        return cookie;
    }

    /**
     * The peer repeats its SYN. Some leave options out then, lest they are what keeps the answer away, and take no
     * notice of them in a SYN-ACK any more. So only what each SYN has is agreed on (RFC 7323 1.3 and 2.2, RFC 2018 2,
     * RFC 3168 6.1.1), and the latest MSS holds.
     *
     * @return false if it asks for another ECN feedback than the one before, so that the connection has to be reset
     *     (RFC 9768 3.1.5)
     */
    boolean synArrivesAgain(final Segment syn, final long nowNanos) {
        if (!repeatEcn(syn)) {
            return false;
        }
        sack &= syn.options.sackPermitted();
        peerMss = (char) syn.options.maximumSegmentSize();
        if (peerShift >= 0) {
            peerShift = (byte) Math.min(syn.options.windowScale(), WindowScale.MAX_SHIFT);
        }
        final Timestamps agreed = timestamps;
        if (agreed != null && syn.options.hasTimestamps()) {
            // RFC 7323 4.3 (2); it is not old, or PAWS would have refused it.
            agreed.agree(syn.options.timestampValue(), nowNanos);
        } else {
            timestamps = null;
        }
        return true;
    }

    /** Fills {@code segment} with the SYN that began this, for the negotiation of its options. */
    public void recallSyn(final Segment segment) {
        segment.recall(irs, TcpHeader.SYN | ecn.synFlags(), peerWindow, localPort(), remotePort());
        segment.ecnField = synField;
        final Timestamps agreed = timestamps;
        segment.options.recall(peerMss, peerShift, sack, agreed != null, agreed == null ? 0 : agreed.tsRecent());
    }

    /**
     * An ICMP error that quotes {@code seq} (RFC 5927 4.1). A half-open connection lives through all of them: its peer
     * may be reached yet.
     *
     * @return false if the error is not about our SYN-ACK
     */
    public boolean icmpError(final IcmpError error, final int mtu, final int seq) {
        final boolean inFlight = seq == iss;
        if (inFlight && error == IcmpError.FRAGMENTATION_NEEDED) {
            path.reduceMtu(mtu);
        }
        return inFlight;
    }

    /**
     * What the connection is made with: what was agreed on holds, whatever has been changed on the listener since then.
     */
    public TcpConfig agreedConfig() {
        final TcpConfig config = listener.config().copy();
        if (peerShift >= 0) {
            config.windowShift(ourShift);
        }
        return config.windowScaling(peerShift >= 0)
                .timestamps(timestamps != null)
                .sack(sack)
                .ecn(
                        switch (ecn) {
                            case NONE -> EcnMode.OFF;
                            case CLASSIC -> EcnMode.PASSIVE;
                            case ACCURATE -> EcnMode.ACCURATE_PASSIVE;
                        });
    }

    /** The listener's binding holds the port. */
    @Override
    public boolean holdsPort() {
        return false;
    }

    @Override
    public String toString() {
        return local() + " > " + remote() + " SYN_RECEIVED";
    }
}
