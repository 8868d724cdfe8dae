package io.tapstack.socket;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one {@code sendmsg(2)}: the in-parameter of {@link StackSocket#sendMessage}. Used by one thread at a
 * time.
 */
public final class SentMessage {

    /** Left to the socket's options. */
    public static final int UNSET = -1;

    /** All {@code SOF_TIMESTAMPING_TX} flags. */
    public static final int STAMPS = StampOptions.TX_RECORD_MASK;

    /** A message without settings. */
    static final SentMessage PLAIN = new SentMessage();

    private int stamps = UNSET;
    private int trafficClass = UNSET;
    private int timeToLive = UNSET;
    private @Nullable IpAddress source;

    /** The same settings, whatever becomes of these. */
    SentMessage copy() {
        final SentMessage copy = new SentMessage();
        copy.stamps = stamps;
        copy.trafficClass = trafficClass;
        copy.timeToLive = timeToLive;
        copy.source = source;
        return copy;
    }

    /**
     * The times of this send to report, regardless of the option: {@code SOF_TIMESTAMPING_TX} flags, a control message
     * SO_TIMESTAMPING.
     */
    public SentMessage stamps(final int flags) {
        this.stamps = flags;
        return this;
    }

    int stamps() {
        return stamps;
    }

    /** IP_TOS of this datagram: DSCP and ECN bits, 0 to 255. */
    public SentMessage trafficClass(final int bits) {
        this.trafficClass = bits;
        return this;
    }

    int trafficClass() {
        return trafficClass;
    }

    /** IP_TTL of this datagram, 1 to 255. */
    public SentMessage timeToLive(final int hops) {
        this.timeToLive = hops;
        return this;
    }

    int timeToLive() {
        return timeToLive;
    }

    /** IP_PKTINFO: the address of ours to send this datagram from; any address for the one of the route. */
    public SentMessage source(final IpAddress address) {
        this.source = address;
        return this;
    }

    /** Null for the socket's own. */
    @Nullable
    IpAddress source() {
        return source;
    }
}
