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
 * The client's side of Fast Open (RFC 7413 4.1 and 4.2.1) for one connection: its first SYN carries a cookie and data,
 * or data alone if it does without cookies, or asks for a cookie. What is sent again after a timeout is a plain SYN.
 */
public final class FastOpenSyn {

    /** Room for the options of a SYN, and for those that middleboxes add, as Linux leaves it. */
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

    /** What an active open does, or null if it has nothing to do with Fast Open. */
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

    /** How many bytes of data the SYN takes. */
    int room() {
        if (!mayCarryData()) {
            return 0;
        }
        // 4.2.1: no more than the MSS that the server has announced, or the default; without a cookie there may have
        // been no server to announce
        // one, and then our own is as good a guess as Linux's.
        final int ours = Math.min(tcb.segmentSize.offered(), tcb.pathMtu.largestSegment());
        final int known = cache.mss(server());
        final int unknown = withoutCookie ? ours : MaximumSegmentSize.DEFAULT;
        return Math.max(0, Math.min(known == 0 ? unknown : known, ours) - OPTION_SPACE);
    }

    /** How much of the send queue goes with the SYN. */
    int payload() {
        sentBytes = Math.min(tcb.sendQueue.length(), room());
        return sentBytes;
    }

    /** The SYN-ACK acknowledges so many bytes of data; {@code lost} if the SYN was sent again before. */
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

    /** True if the data of our SYN was taken. */
    boolean isDataTaken() {
        return dataTaken;
    }

    /** Why Fast Open did not save a round trip, as far as is known. */
    FastOpenFailure failure() {
        return failure;
    }

    /** The connection is over: did anything come of it? */
    void ended(final long nowNanos) {
        if (tcb.counters.hasReceivedData()) {
            if (afterBlackHole) {
                tcb.host.fastOpenPause.works();
            }
        } else if (tcb.finAnnounced && !tcb.finReceived) {
            tcb.host.fastOpenPause.blackHole(tcb.config, nowNanos);
        }
    }

    /** The SYN was not answered in time. */
    void timedOut(final long nowNanos) {
        cache.lost(server(), nowNanos);
    }
}
