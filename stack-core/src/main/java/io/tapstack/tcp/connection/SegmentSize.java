package io.tapstack.tcp.connection;

import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;

/** The size of a full segment in both directions (RFC 9293 3.7.1, RFC 6691). */
final class SegmentSize {

    // As on Linux: 64 KiB without space for headers.
    private static final int LARGEST_SUPER_SEGMENT = 65_215;

    private final ControlBlock tcb;
    private int peerMss;
    private int largestReceived;
    private int largestOffload;

    SegmentSize(final ControlBlock tcb) {
        this.tcb = tcb;
        this.peerMss = MaximumSegmentSize.assumed(tcb.path);
    }

    /** The MSS option of our SYN. */
    int offered() {
        return MaximumSegmentSize.offered(tcb.path, tcb.config);
    }

    /** Payload of a full segment of the peer by our MSS option, without the options of every segment. */
    int advertised() {
        return offered() - options();
    }

    private int options() {
        return tcb.timestamps.enabled() ? TcpOptions.TIMESTAMPS_LENGTH : 0;
    }

    /** The peer's SYN has arrived with this MSS option, or 0 for none. */
    void agree(final int option) {
        peerMss = option == 0 ? MaximumSegmentSize.assumed(tcb.path) : option;
        update();
    }

    /** Computes Eff.snd.MSS again, after a change of the path MTU (RFC 1191). */
    void update() {
        // RFC 9293 3.7.1: Eff.snd.MSS = min(SendMSS + 20, MMS_S) - TCPhdrsize - IPoptionsize. The lower limit applies
        // to the peer's MSS option only, as the MTU of our own link is known.
        final int byPeer = Math.min(Math.max(MaximumSegmentSize.LEAST, peerMss), offered());
        final int mss = tcb.pathMtu.limit(Math.min(byPeer, tcb.pathMtu.largestSegment()) - options());
        tcb.mss = mss;
        tcb.congestion.mss(mss);
        tcb.recovery.mss(mss);
        final int headers = tcb.path.ipHeaderLength() + TcpHeader.MIN_LENGTH + options();
        final int segments = (tcb.path.maxSegmentOffload() - headers) / mss;
        largestOffload = Math.max(1, segments) * mss;
    }

    /** Largest payload that may be handed to the device at once: the MSS, or several that the device cuts. */
    int largestPayload() {
        // A device that cuts a super-segment copies the urgent pointer into each segment, where it is wrong in all but
        // the first.
        final boolean urgent = tcb.urgent != null && tcb.urgent.isSending();
        return urgent || tcb.ecn.isUncuttable() ? tcb.mss : largestOffload;
    }

    /** Largest payload of a super-segment in bytes, as on Linux: whole segments, at most half of the peer's window. */
    int superSegment() {
        final int halfWindow = tcb.maxSndWnd > MaximumSegmentSize.DEFAULT ? tcb.maxSndWnd / 2 : tcb.maxSndWnd;
        final int largest = Math.min(halfWindow, LARGEST_SUPER_SEGMENT);
        return Math.max(tcb.mss, largest / tcb.mss * tcb.mss);
    }

    /**
     * A segment with {@code bytes} of new data has arrived.
     *
     * @return false if a larger one has arrived before, so that this one is not full
     */
    boolean received(final int bytes) {
        final boolean full = bytes >= largestReceived;
        largestReceived = Math.max(largestReceived, Math.min(bytes, offered()));
        return full;
    }

    /** The largest payload that the peer has sent, taken for its full segment; 0 before the first. */
    int largestReceived() {
        return largestReceived;
    }

    /** Assumed payload of the peer's full segments, in bytes. */
    int fullReceived() {
        return Math.max(largestReceived, MaximumSegmentSize.DEFAULT);
    }
}
