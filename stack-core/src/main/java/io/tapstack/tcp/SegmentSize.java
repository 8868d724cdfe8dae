package io.tapstack.tcp;

import io.tapstack.ip.IpPath;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/** What a full segment is, in both directions (RFC 9293 3.7.1, RFC 6691). */
final class SegmentSize {

    /** What a peer that says nothing accepts over IPv4 (RFC 9293 MUST-15). */
    static final int DEFAULT_MSS = 536;
    // A peer that announces less would have us send more header than data.
    private static final int MIN_MSS = 48;

    // Linux's 64 KiB less room for headers.
    private static final int LARGEST_SUPER_SEGMENT = 65_215;

    private final TcpConnection tcb;
    private int peerMss = DEFAULT_MSS;
    private int largestReceived;

    SegmentSize(final TcpConnection tcb) {
        this.tcb = tcb;
    }

    /** How many segments of at most {@code largest} bytes carry {@code payload}: one, if there is none. */
    static int segments(final int payload, final int largest) {
        return Math.max(1, (payload + largest - 1) / largest);
    }

    /** What the MSS option of our SYN says: no segment that we could not receive in one piece. */
    static int offered(final IpPath path, final TcpConfig config) {
        final int largest = path.linkMtu() - path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
        return config.maxSegment() > 0 ? Math.min(Math.max(MIN_MSS, config.maxSegment()), largest) : largest;
    }

    int offered() {
        return offered(tcb.path, tcb.config);
    }

    /** What a full segment of the peer has, as far as we have said: less the options of every segment. */
    int advertised() {
        return offered() - options();
    }

    private int options() {
        return tcb.timestamps.enabled() ? TcpOptions.TIMESTAMPS_LENGTH : 0;
    }

    /** The peer's SYN has come with this MSS option, or with none, if 0. */
    void agree(final int option) {
        peerMss = option == 0 ? DEFAULT_MSS : option;
        update();
    }

    /** Computes Eff.snd.MSS anew: the path takes only smaller packets from now on (RFC 1191), or larger ones. */
    void update() {
        // RFC 9293 3.7.1: Eff.snd.MSS = min(SendMSS + 20, MMS_S) - TCPhdrsize - IPoptionsize
        // The lower limit is for what the peer says: the MTU of our own link is a fact.
        final int byPeer = Math.min(Math.max(MIN_MSS, peerMss), offered());
        final int mss = tcb.pathMtu.limit(Math.min(byPeer, tcb.pathMtu.largestSegment()) - options());
        tcb.mss = mss;
        tcb.congestion.mss(mss);
        tcb.recovery.mss(mss);
        tcb.output.mssChanged();
    }

    /**
     * The largest payload of a segment that is built at once and cut later, as Linux has it: whole segments, at most
     * half of the peer's window.
     */
    int superSegment() {
        final int halfWindow = tcb.maxSndWnd > DEFAULT_MSS ? tcb.maxSndWnd / 2 : tcb.maxSndWnd;
        final int largest = Math.min(halfWindow, LARGEST_SUPER_SEGMENT);
        return Math.max(tcb.mss, largest / tcb.mss * tcb.mss);
    }

    /**
     * So many new bytes came in one segment. @return false if there were larger ones before, so that this one is not
     * full
     */
    boolean received(final int bytes) {
        final boolean full = bytes >= largestReceived;
        largestReceived = Math.max(largestReceived, Math.min(bytes, offered()));
        return full;
    }

    /** The largest payload that the peer has sent, its idea of a full segment; 0 before any. */
    int largestReceived() {
        return largestReceived;
    }

    /** What the peer's full segments are taken to have, in bytes. */
    int fullReceived() {
        return Math.max(largestReceived, DEFAULT_MSS);
    }
}
