package io.tapstack.tcp;

import io.tapstack.ip.IpPath;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * A connection in SYN-RECEIVED after a passive open: what its SYN said and our SYN-ACK answered, until the peer's ACK makes a
 * {@link TcpConnection} of it. Whoever sends SYNs and nothing more costs us no more than this.
 */
final class HalfOpen extends TupleRecord {

    final TcpListener listener;
    final int iss;
    final int irs;

    /** RCV.WND, as our SYN-ACK says it. */
    final int window;

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
    FastOpenCookie cookie;

    /** The headers of the SYN, if the listener keeps them. */
    @Nullable
    SavedSyn savedSyn;

    final long sentNanos;

    /** How often the timer has expired, and how often of these it has sent the SYN-ACK again. */
    int timeouts;

    int retransmissions;

    /** Whether the SYN-ACK was sent again at all, or acknowledged long ago, so that no round trip can be told. */
    boolean repeated;

    /** Whether the peer has acknowledged the SYN-ACK, and its data is waited for ({@link DeferAccept}). */
    boolean acknowledged;

    /** Whether our SYN-ACK agrees to ECN: the peer's SYN asks for it, each one if there are several (RFC 3168 6.1.1). */
    boolean ecn;

    /**
     * @param syn what the peer's SYN says, as far as {@code config} wants it
     * @param timestamps agreed with the SYN's, or null
     */
    HalfOpen(
            final TcpListener listener,
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
        this.ecn = config.ecn() != EcnMode.OFF && asksForEcn(syn);
        this.timestamps = timestamps;
        this.sentNanos = nowNanos;
    }

    /** RFC 3168 6.1.1: an ECN-setup SYN. */
    static boolean asksForEcn(final Segment syn) {
        return syn.has(TcpHeader.ECE) && syn.has(TcpHeader.CWR);
    }

    int rcvNxt() {
        return irs + 1;
    }

    /**
     * The peer repeats its SYN. Some leave options out then, lest they are what keeps the answer away, and take no notice of them in a SYN-ACK any
     * more. So only what each SYN has is agreed on (RFC 7323 1.3 and 2.2, RFC 2018 2, RFC 3168 6.1.1), and the latest MSS holds.
     */
    void synArrivesAgain(final Segment syn, final long nowNanos) {
        ecn &= asksForEcn(syn);
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
    }

    /** Fills {@code segment} with the SYN that began this, for {@link Handshake#negotiate}. */
    void recallSyn(final Segment segment) {
        segment.recall(
                irs, TcpHeader.SYN | (ecn ? TcpHeader.ECE | TcpHeader.CWR : 0), peerWindow, localPort(), remotePort());
        final Timestamps agreed = timestamps;
        segment.options.recall(peerMss, peerShift, sack, agreed != null, agreed == null ? 0 : agreed.tsRecent());
    }

    /** What the connection is made with: what was agreed on holds, whatever has been changed on the listener since then. */
    TcpConfig agreedConfig() {
        final TcpConfig config = listener.config().copy();
        if (peerShift >= 0) {
            config.windowShift(ourShift);
        }
        return config.windowScaling(peerShift >= 0)
                .timestamps(timestamps != null)
                .sack(sack)
                .ecn(ecn ? EcnMode.PASSIVE : EcnMode.OFF);
    }

    @Override
    public String toString() {
        return local() + " > " + remote() + " SYN_RECEIVED";
    }
}
