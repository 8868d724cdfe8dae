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
 * A connection in SYN-RECEIVED after a passive open: the contents of the SYN and of our SYN-ACK, until the peer's ACK
 * completes the connection. A SYN flood costs one such record per SYN.
 */
public final class HalfOpen extends TupleRecord implements SynAck {

    /** The listener of the connection. */
    public final ListenState listener;
    /** ISS, our initial sequence number. */
    public final int iss;
    /** IRS, the peer's initial sequence number. */
    public final int irs;

    /** RCV.WND of our SYN-ACK, in bytes. */
    public final int window;

    final char peerWindow;

    /** Value of the peer's MSS option, 0 if absent. */
    char peerMss;

    /** Shifts of the peer's window scale option and of ours; -1 if scaling is not negotiated. */
    byte peerShift;

    final byte ourShift;
    boolean sack;

    /** The timestamps; null if not negotiated. */
    @Nullable
    Timestamps timestamps;

    /** The Fast Open cookie of the SYN-ACK (RFC 7413 4.1.2), or null. */
    @Nullable
    public FastOpenCookie cookie;

    /** The headers of the SYN, if the listener keeps them (TCP_SAVE_SYN). */
    @Nullable
    public SavedSyn savedSyn;

    /** Time of the first SYN-ACK. */
    public final long sentNanos;

    /** Number of timer expiries. */
    int timeouts;

    /** Number of SYN-ACK retransmissions by the timer. */
    public int retransmissions;

    /**
     * True if the SYN-ACK was retransmitted, or acknowledged long ago: the handshake then gives no round-trip sample.
     */
    public boolean repeated;

    /** True if the peer has acknowledged the SYN-ACK and data is still awaited ({@link DeferAccept}). */
    boolean acknowledged;

    /**
     * The ECN feedback of our SYN-ACK: Accurate ECN if the first SYN asks for it, RFC 3168 if every SYN asks for it
     * (6.1.1).
     */
    public EcnFeedback ecn;

    /** ECN field of the peer's last SYN, which the SYN-ACK of Accurate ECN feeds back (RFC 9768 3.1.5). */
    byte synField;

    /** True if a SYN without ECN has followed one with ECN. */
    public boolean plainSyn;

    /** True if a repeated SYN has caused another SYN-ACK. */
    boolean answeredAgain;

    /**
     * @param syn the peer's SYN, whose options are used as {@code config} allows
     * @param timestamps negotiated with the SYN, or null
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
        // RFC 7323 2.2: a shift over 14 is used as 14.
        final int shift = Math.min(syn.options.windowScale(), WindowScale.MAX_SHIFT);
        this.peerShift = (byte) (config.windowScaling() ? shift : -1);
        this.ourShift = (byte) WindowScale.offered(config);
        this.sack = config.sack() && syn.options.sackPermitted();
        this.ecn = EcnFeedback.requestedBy(syn.flags, EcnFeedback.accepted(config.ecn()));
        this.synField = (byte) syn.ecnField;
        this.timestamps = timestamps;
        this.sentNanos = nowNanos;
    }

    /**
     * Applies the ECN flags of a repeated SYN.
     *
     * @return false if they contradict the previous SYN
     */
    private boolean repeatEcn(final Segment syn) {
        final EcnFeedback accepted = EcnFeedback.accepted(listener.config().ecn());
        final EcnFeedback wanted = EcnFeedback.requestedBy(syn.flags, accepted);
        if (accepted == EcnFeedback.ACCURATE
                && wanted != ecn
                && wanted != EcnFeedback.NONE
                && ecn != EcnFeedback.NONE) {
            return false;
        }
        repeated = true; // Karn's algorithm: no sample from a retransmission.
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
            // RFC 9768 3.2.3.2.2: no ECN flags after two timeouts; the mode stays.
            case ACCURATE ->
                retransmissions < EcnNegotiation.ACCURATE_TRIES
                        ? HandshakeEcho.ace(synField) << TcpHeader.ACE_SHIFT
                        : 0;
        };
    }

    /** True for the first SYN-ACK, which has the option (RFC 9768 3.2.3.2.1, 3.2.3.2.2). */
    @Override
    public boolean hasAccEcnOption() {
        return ecn == EcnFeedback.ACCURATE && !repeated && listener.config().accEcnOption() != AccEcnOptionMode.NEVER;
    }

    /** Number of SYN-ACKs sent, as far as a middlebox may have dropped them for their ECN flags. */
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
     * Processes a repeated SYN of the peer. Some peers leave options out of it, in case a middlebox drops them, and
     * ignore them in a SYN-ACK from then on. Only options of every SYN are therefore negotiated (RFC 7323 1.3 and 2.2,
     * RFC 2018 2, RFC 3168 6.1.1); the latest MSS applies.
     *
     * @return false if it asks for another ECN feedback than the previous SYN, so that the connection must be reset
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
            // RFC 7323 4.3 (2); the timestamp is not old, as PAWS has accepted it.
            agreed.agree(syn.options.timestampValue(), nowNanos);
        } else {
            timestamps = null;
        }
        return true;
    }

    /** Fills {@code segment} with the SYN of this connection, to negotiate its options. */
    public void recallSyn(final Segment segment) {
        segment.recall(irs, TcpHeader.SYN | ecn.synFlags(), peerWindow, localPort(), remotePort());
        segment.ecnField = synField;
        final Timestamps agreed = timestamps;
        segment.options.recall(peerMss, peerShift, sack, agreed != null, agreed == null ? 0 : agreed.tsRecent());
    }

    /**
     * Processes an ICMP error that quotes {@code seq} (RFC 5927 4.1). No error ends a half-open connection, as the peer
     * may become reachable.
     *
     * @return false if the error is not for our SYN-ACK
     */
    public boolean icmpError(final IcmpError error, final int mtu, final int seq) {
        final boolean inFlight = seq == iss;
        if (inFlight && error == IcmpError.FRAGMENTATION_NEEDED) {
            path.reduceMtu(mtu);
        }
        return inFlight;
    }

    /** The options of the connection: the negotiated ones, even if the listener has changed its own since then. */
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

    /** False: the listener's binding holds the port. */
    @Override
    public boolean holdsPort() {
        return false;
    }

    @Override
    public String toString() {
        return local() + " > " + remote() + " SYN_RECEIVED";
    }
}
