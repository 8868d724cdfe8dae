package io.tapstack.tcp;

import io.tapstack.tcp.TcpInfo.FastOpenFailure;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.TcpOptions;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of Fast Open (RFC 7413 4.1 and 4.2.1) for one connection: its first SYN carries a cookie and data, or asks for a cookie.
 * What is sent again after a timeout is a plain SYN.
 */
final class FastOpenSyn {

    private final TcpConnection tcb;
    private final FastOpenCache cache;

    /** Null to ask for one. */
    private final @Nullable FastOpenCookie cookie;

    private int sentBytes;
    private boolean dataTaken;
    private FastOpenFailure failure;

    FastOpenSyn(final TcpConnection tcb, final FastOpenCache cache, final @Nullable FastOpenCookie cookie) {
        this.tcb = tcb;
        this.cache = cache;
        this.cookie = cookie;
        this.failure = cookie == null ? FastOpenFailure.COOKIE_UNAVAILABLE : FastOpenFailure.NONE;
    }

    private IpAddress server() {
        return tcb.path.destination();
    }

    void addTo(final SynOptions options) {
        options.fastOpen(cookie);
    }

    /** How much of the send queue fits into the SYN, beside options of so many bytes. */
    int payload(final int optionsLength) {
        if (cookie == null) {
            return 0;
        }
        // 4.2.1: no more than the MSS that the server has announced, or the default.
        final int known = cache.mss(server());
        final int ours = Math.min(tcb.segmentSize.offered(), tcb.pathMtu.largestSegment());
        final int mss = Math.min(known == 0 ? SegmentSize.DEFAULT_MSS : known, ours);
        sentBytes = Math.max(0, Math.min(tcb.sendQueue.length(), mss - optionsLength));
        return sentBytes;
    }

    /** The SYN-ACK has come, and acknowledges so many bytes of data. */
    void answered(final TcpOptions options, final int takenBytes) {
        final FastOpenCookie fresh = SynOptions.cookie(options);
        if (fresh != null) {
            cache.learn(server(), fresh, options.maximumSegmentSize());
        }
        dataTaken = sentBytes > 0 && takenBytes >= sentBytes;
        if (sentBytes > 0 && !dataTaken) {
            failure = tcb.handshake.synWasLost() ? FastOpenFailure.SYN_RETRANSMITTED : FastOpenFailure.DATA_NOT_ACKED;
        }
    }

    /** True if the data of our SYN was taken. */
    boolean isDataTaken() {
        return dataTaken;
    }

    /** Why Fast Open did not save a round trip, as far as is known. */
    FastOpenFailure failure() {
        return failure;
    }

    /** The SYN was not answered in time. */
    void timedOut(final long nowNanos) {
        cache.lost(server(), nowNanos);
    }
}
