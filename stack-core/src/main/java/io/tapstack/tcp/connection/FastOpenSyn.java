package io.tapstack.tcp.connection;

import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpInfo.FastOpenFailure;
import io.tapstack.tcp.fastopen.FastOpenCache;
import io.tapstack.tcp.fastopen.FastOpenUse;
import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.tcp.segment.SynOptions;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of Fast Open (RFC 7413 4.1 and 4.2.1) for one connection. Its first SYN carries a cookie and data,
 * data without a cookie if the configuration allows, or a cookie request. A retransmitted SYN is a plain one.
 */
public final class FastOpenSyn {

    /** Space for the options of a SYN and for those that middleboxes add, as on Linux. */
    private static final int OPTION_SPACE = TcpHeader.MAX_LENGTH - TcpHeader.MIN_LENGTH;

    private final ControlBlock tcb;
    private final FastOpenCache cache;
    private final FastOpenCookie option;
    private final boolean withoutCookie;
    private final boolean afterBlackHole;
    private int sentBytes;
    private boolean dataTaken;
    private FastOpenFailure failure;

    private FastOpenSyn(final ControlBlock tcb, final FastOpenCookie option, final boolean withoutCookie) {
        this.tcb = tcb;
        this.cache = tcb.host.fastOpenCache;
        this.option = option;
        this.withoutCookie = withoutCookie;
        this.afterBlackHole = tcb.host.fastOpenPause.isRemembered();
        this.failure = mayCarryData() ? FastOpenFailure.NONE : FastOpenFailure.COOKIE_UNAVAILABLE;
    }

    /** The Fast Open part of an active open, or null if it does not use Fast Open. */
    static @Nullable FastOpenSyn of(final ControlBlock tcb, final long nowNanos) {
        final TcpConfig config = tcb.config;
        final IpAddress server = tcb.path.destination();
        if (!FastOpenUse.isWorthTrying(tcb.host.fastOpenCache, tcb.host.fastOpenPause, config, server, nowNanos)) {
            return null;
        }
        final FastOpenCache cache = tcb.host.fastOpenCache;
        final FastOpenCookie cookie = cache.cookie(server, nowNanos);
        return new FastOpenSyn(
                tcb, cookie == null ? cache.request(server) : cookie, FastOpenUse.doesWithoutCookie(config));
    }

    private IpAddress server() {
        return tcb.path.destination();
    }

    private boolean mayCarryData() {
        return withoutCookie || option.length() > 0;
    }

    void addTo(final SynOptions options) {
        if (!withoutCookie) {
            options.fastOpen(option);
        }
    }

    /** Bytes of data that the SYN has room for. */
    int room() {
        if (!mayCarryData()) {
            return 0;
        }
        // RFC 7413 4.2.1: at most the MSS that the server has announced, or the default MSS. Without a cookie the
        // server may have announced none; then the limit is our own MSS, as on Linux.
        final int ours = Math.min(tcb.segmentSize.offered(), tcb.pathMtu.largestSegment());
        final int known = cache.mss(server());
        final int unknown = withoutCookie ? ours : MaximumSegmentSize.assumed(tcb.path);
        return Math.max(0, Math.min(known == 0 ? unknown : known, ours) - OPTION_SPACE);
    }

    /** Bytes of the send queue that the SYN carries. */
    int payload() {
        sentBytes = Math.min(tcb.sendQueue.length(), room());
        return sentBytes;
    }

    /**
     * The SYN-ACK has arrived.
     *
     * @param takenBytes bytes of data that it acknowledges
     * @param lost true if the SYN was retransmitted before
     */
    void answered(final TcpOptions options, final int takenBytes, final boolean lost) {
        final FastOpenCookie fresh = SynOptions.cookie(options);
        if (fresh != null && !withoutCookie) {
            cache.learn(server(), fresh, options.maximumSegmentSize());
        } else if (withoutCookie) {
            cache.learnMss(server(), options.maximumSegmentSize());
        } else if (option.length() == 0 && !lost) {
            cache.refused(server(), option.experimental());
        }
        dataTaken = sentBytes > 0 && takenBytes >= sentBytes;
        if (sentBytes > 0 && !dataTaken) {
            failure = lost ? FastOpenFailure.SYN_RETRANSMITTED : FastOpenFailure.DATA_NOT_ACKED;
        }
    }

    /** True if the server has accepted the data of our SYN. */
    boolean isDataTaken() {
        return dataTaken;
    }

    /** The reason why Fast Open did not save a round trip, as far as is known. */
    FastOpenFailure failure() {
        return failure;
    }

    /** The connection has ended: reports to the pause of Fast Open whether it received data or met a black hole. */
    void ended(final long nowNanos) {
        if (tcb.counters.hasReceivedData()) {
            if (afterBlackHole) {
                tcb.host.fastOpenPause.works();
            }
        } else if (tcb.finAnnounced && !tcb.finReceived) {
            tcb.host.fastOpenPause.blackHole(tcb.config, nowNanos);
        }
    }

    /** The retransmission timer of the SYN has expired. */
    void timedOut(final long nowNanos) {
        cache.lost(server(), nowNanos);
    }
}
