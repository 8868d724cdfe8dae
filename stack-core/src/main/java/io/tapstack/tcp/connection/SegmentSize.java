package io.tapstack.tcp.connection;

import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/** What a full segment is, in both directions (RFC 9293 3.7.1, RFC 6691). */
final class SegmentSize {

    // Linux's 64 KiB less room for headers.
    private static final int LARGEST_SUPER_SEGMENT = 65_215;

    private final ControlBlock tcb;
    private int peerMss = MaximumSegmentSize.DEFAULT;
    private int largestReceived;
    private int largestOffload;

    SegmentSize(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** The MSS option of our SYN. */
    int offered() {
        return MaximumSegmentSize.offered(tcb.path, tcb.config);
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
        peerMss = option == 0 ? MaximumSegmentSize.DEFAULT : option;
        update();
    }

    /** Computes Eff.snd.MSS anew: the path takes only smaller packets from now on (RFC 1191), or larger ones. */
    void update() {
        // RFC 9293 3.7.1: Eff.snd.MSS = min(SendMSS + 20, MMS_S) - TCPhdrsize - IPoptionsize
        // The lower limit is for what the peer says: the MTU of our own link is a fact.
        final int byPeer = Math.min(Math.max(MaximumSegmentSize.LEAST, peerMss), offered());
        final int mss = tcb.pathMtu.limit(Math.min(byPeer, tcb.pathMtu.largestSegment()) - options());
        tcb.mss = mss;
        tcb.congestion.mss(mss);
        tcb.recovery.mss(mss);
        final int headers = tcb.path.ipHeaderLength() + TcpHeader.MIN_LENGTH + options();
        final int segments = (tcb.path.maxSegmentOffload() - headers) / mss;
        largestOffload = Math.max(1, segments) * mss;
    }

    /** Most bytes of payload that may be handed down at once: the MSS, or the MSSs that the device cuts by itself. */
    int largestPayload() {
        // A device that cuts super-segments copies the urgent pointer as it is, which is right for the first one alone.
        final boolean urgent = tcb.urgent != null && tcb.urgent.isSending();
        return urgent || tcb.ecn.isUncuttable() ? tcb.mss : largestOffload;
    }

    /**
     * The largest payload of a segment that is built at once and cut later, as Linux has it: whole segments, at most
     * half of the peer's window.
     */
    int superSegment() {
        final int halfWindow = tcb.maxSndWnd > MaximumSegmentSize.DEFAULT ? tcb.maxSndWnd / 2 : tcb.maxSndWnd;
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
        return Math.max(largestReceived, MaximumSegmentSize.DEFAULT);
    }
}
