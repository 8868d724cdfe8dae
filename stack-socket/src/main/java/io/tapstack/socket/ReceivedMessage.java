package io.tapstack.socket;

import io.tapstack.ip.ErrorReport;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The facts that {@code recvmsg(2)} returns besides the bytes: the out-parameter of {@link StackSocket#recvMessage}.
 * Reusable, by one thread at a time.
 */
public final class ReceivedMessage {

    /** The value of an unknown fact. */
    public static final int UNKNOWN = -1;

    private @Nullable Endpoint source;
    private int flags;
    private @Nullable ErrorReport report;
    private int unreadBytes = UNKNOWN;
    private long nanos = ErrorReport.NO_TIME;
    private int timeOption;
    private int stampingOption;
    private int trafficClass = UNKNOWN;
    private int timeToLive = UNKNOWN;
    private @Nullable IpAddress destination;
    private @Nullable IpAddress local;
    private boolean destinationOfIpv4;
    private boolean destinationOfIpv6;
    private boolean ipv4 = true;
    private boolean own;

    /** Clears the facts of the last call. */
    void clear() {
        source = null;
        flags = 0;
        report = null;
        unreadBytes = UNKNOWN;
        nanos = ErrorReport.NO_TIME;
        timeOption = 0;
        stampingOption = 0;
        trafficClass = UNKNOWN;
        timeToLive = UNKNOWN;
        destination = null;
        local = null;
        destinationOfIpv4 = false;
        destinationOfIpv6 = false;
        ipv4 = true;
        own = false;
    }

    /**
     * {@code msg_name}: the sender of a datagram, or the destination of the packet that a report is about; null if
     * there is none.
     */
    public @Nullable Endpoint source() {
        return source;
    }

    /**
     * {@code msg_flags}: {@link MessageFlags#MSG_TRUNC} if the datagram was cut, {@link MessageFlags#MSG_ERRQUEUE} for
     * a report.
     */
    public int flags() {
        return flags;
    }

    /** The report from the error queue, with {@link MessageFlags#MSG_ERRQUEUE}; else null. */
    public @Nullable ErrorReport report() {
        return report;
    }

    /**
     * With {@link SocketOptions#TCP_INQ}, the unread bytes of a stream, the peer's FIN counting as one; else
     * {@link #UNKNOWN}.
     */
    public int unreadBytes() {
        return unreadBytes;
    }

    void unreadBytes(final int bytes) {
        this.unreadBytes = bytes;
    }

    /**
     * The stack's time of arrival of the last byte, or of the datagram, or of the reported event;
     * {@link ErrorReport#NO_TIME} if it is unknown or not enabled.
     */
    public long nanos() {
        return nanos;
    }

    /**
     * The option that enables the time: SO_TIMESTAMP or SO_TIMESTAMPNS, in the old or the new form; 0 if neither does.
     */
    public int timeOption() {
        return timeOption;
    }

    /** SO_TIMESTAMPING, in the old or the new form, if it enables the time; else 0. */
    public int stampingOption() {
        return stampingOption;
    }

    void time(final long at, final int time, final int stamping) {
        this.nanos = at;
        this.timeOption = time;
        this.stampingOption = stamping;
    }

    /**
     * With {@link SocketOptions#IP_RECVTOS} or {@link SocketOptions#IPV6_RECVTCLASS}, a datagram's DSCP and ECN bits;
     * else {@link #UNKNOWN}.
     */
    public int trafficClass() {
        return trafficClass;
    }

    void trafficClass(final int bits) {
        this.trafficClass = bits;
    }

    /**
     * With {@link SocketOptions#IP_RECVTTL} or {@link SocketOptions#IPV6_RECVHOPLIMIT}, a datagram's time to live, or
     * its hop limit, as it came; else {@link #UNKNOWN}.
     */
    public int timeToLive() {
        return timeToLive;
    }

    void timeToLive(final int hops) {
        this.timeToLive = hops;
    }

    /**
     * With {@link SocketOptions#IP_PKTINFO} or IPV6_RECVPKTINFO, the destination address in a datagram's header; else
     * null.
     */
    public @Nullable IpAddress destination() {
        return destination;
    }

    /** With {@link SocketOptions#IP_PKTINFO} or IPV6_RECVPKTINFO, the address of ours to answer from; else null. */
    public @Nullable IpAddress local() {
        return local;
    }

    void destination(final IpAddress to, final IpAddress answerFrom) {
        this.destination = to;
        this.local = answerFrom;
    }

    /** True if {@link SocketOptions#IP_PKTINFO} asks for {@link #destination}. */
    public boolean isDestinationOfIpv4() {
        return destinationOfIpv4;
    }

    /** True if {@link SocketOptions#IPV6_RECVPKTINFO} asks for {@link #destination}. */
    public boolean isDestinationOfIpv6() {
        return destinationOfIpv6;
    }

    void destinationOptions(final boolean ipv4, final boolean ipv6) {
        this.destinationOfIpv4 = ipv4;
        this.destinationOfIpv6 = ipv6;
    }

    /** True if the stack has sent the datagram to itself. */
    public boolean isOwn() {
        return own;
    }

    void own(final boolean sentHere) {
        this.own = sentHere;
    }

    /** True if the datagram came in a packet of IPv4: its facts are those of level IPPROTO_IP. */
    public boolean isIpv4() {
        return ipv4;
    }

    void ipv4(final boolean four) {
        this.ipv4 = four;
    }

    void source(final @Nullable Endpoint from) {
        this.source = from;
    }

    void add(final int flag) {
        this.flags |= flag;
    }

    void report(final ErrorReport error) {
        this.report = error;
        this.source = error.destination();
        add(MessageFlags.MSG_ERRQUEUE);
    }
}
