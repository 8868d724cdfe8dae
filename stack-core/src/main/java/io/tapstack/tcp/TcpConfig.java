package io.tapstack.tcp;

import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.tcp.congestion.CongestionControlFactory;
import io.tapstack.tcp.congestion.CongestionControls;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of a connection, or what a listener gives its connections. A connection has a copy of its own; setters
 * return the object itself. Confined to whoever runs the stack once a connection uses it.
 */
public final class TcpConfig implements Cloneable {

    private static final long MILLIS = 1_000_000L;
    private static final long SECONDS = 1_000_000_000L;

    /** The largest shift of the window scale option (RFC 7323 2.3). */
    private static final int MAX_WINDOW_SHIFT = 14;

    private int sendBufferBytes = 256 << 10;
    private int sendBufferLimit = 4 << 20;
    private int sharedSendBytes = 4 << 20;
    private int receiveBufferBytes = 64 << 10;
    private int receiveBufferLimit = 6 << 20;
    private int maxSegment = 0;
    private PathMtuPolicy pathMtuPolicy = PathMtuPolicy.WANT;
    private MtuProbingMode mtuProbing = MtuProbingMode.OFF;
    private boolean windowScaling = true;
    private int windowShift = -1;
    private boolean timestamps = true;
    private boolean sack = true;
    private EcnMode ecn = EcnMode.PASSIVE;
    private AccEcnOptionMode accEcnOption = AccEcnOptionMode.ALWAYS;
    private int accEcnBeacons = 3;
    private boolean alternativeBackoff = false;
    private SynCookieMode synCookies = SynCookieMode.AUTO;
    private boolean abortOnOverflow = false;
    private boolean fastOpen = false;
    private int fastOpenQueue = 0;
    private @Nullable FastOpenKeys fastOpenKeys = null;
    private FastOpenPolicy fastOpenPolicy = FastOpenPolicy.DEFAULT;
    private boolean fastOpenWithoutCookie = false;
    private int saveSyn = 0;
    private long fastOpenPauseNanos = 0;
    private int deferAcceptTimeouts = 0;
    private boolean stampArrivals;
    private CongestionControlFactory congestionControl = CongestionControls.named("cubic");
    // Those that did not come with the stack, by name; immutable, as copies share it.
    private Map<String, CongestionControlFactory> ownCongestionControls = Map.of();
    private boolean noDelay = false;
    private boolean cork = false;
    private int notSentLowWater = 0;
    private int notSentLowWaterElse = 0;
    private int windowClamp = 0;
    private boolean quickAck = false;
    private long delayedAckNanos = 40 * MILLIS;
    private long initialRtoNanos = 1 * SECONDS;
    private long minRtoNanos = 200 * MILLIS;
    private long maxRtoNanos = 120 * SECONDS;
    private int initialWindowSegments = 10;
    private int synRetries = 7;
    private int synAckRetries = 6;
    private boolean urgentInLine = true;
    private int dataRetries = 15;
    private int orphanRetries = 8;
    private long userTimeoutNanos = 0;
    private boolean userTimeoutOption = false;
    private boolean keepAlive = false;
    private long keepAliveIdleNanos = 7_200 * SECONDS;
    private long keepAliveIntervalNanos = 75 * SECONDS;
    private int keepAliveCount = 9;
    private long finWait2Nanos = 60 * SECONDS;
    private long timeWaitNanos = 60 * SECONDS;
    private int timeToLive = 64;
    private int trafficClass = 0;
    private long maxPacingRate = 0;

    /** The defaults. */
    public TcpConfig() {}

    /** An independent copy. */
    public TcpConfig copy() {
        return clone();
    }

    @Override
    protected TcpConfig clone() {
        try {
            return (TcpConfig) super.clone();
        } catch (final CloneNotSupportedException e) {
            throw new AssertionError(e);
        }
    }

    /**
     * Bytes that may wait in the send queue, sent or not, before a write has to wait; what a tuned buffer starts with.
     */
    public int sendBufferBytes() {
        return sendBufferBytes;
    }

    /** What the send buffer may grow to; equal to {@link #sendBufferBytes()} if it is fixed. */
    public int sendBufferLimit() {
        return sendBufferLimit;
    }

    /** SO_SNDBUF: a send buffer of this size, that stays so. */
    public TcpConfig sendBufferBytes(final int bytes) {
        return tunedSendBuffer(bytes, bytes);
    }

    /**
     * A send buffer that starts with {@code start} bytes and follows the congestion window up to {@code limit}: see
     * {@code SendBufferLimit}.
     */
    public TcpConfig tunedSendBuffer(final int start, final int limit) {
        sendBufferBytes = atLeast(1, start);
        sendBufferLimit = atLeast(start, limit);
        return this;
    }

    /** Bytes of mapped files that may wait in the send queue; they cost no memory of the stack. */
    public int sharedSendBytes() {
        return sharedSendBytes;
    }

    public TcpConfig sharedSendBytes(final int bytes) {
        sharedSendBytes = atLeast(1, bytes);
        return this;
    }

    /** The window that a SYN offers, in bytes of payload; what a tuned buffer starts with. */
    public int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    /** What the receive buffer may grow to; equal to {@link #receiveBufferBytes()} if it is fixed. */
    public int receiveBufferLimit() {
        return receiveBufferLimit;
    }

    /**
     * SO_RCVBUF: a receive buffer of this size, that stays so. The window scale is chosen for it when the SYN is sent.
     */
    public TcpConfig receiveBufferBytes(final int bytes) {
        return tunedReceiveBuffer(bytes, bytes);
    }

    /**
     * A receive buffer that starts with {@code start} bytes and grows with what the application reads in a round trip,
     * up to {@code limit}: see {@code ReceiveTuning}. The window scale is chosen for the limit.
     */
    public TcpConfig tunedReceiveBuffer(final int start, final int limit) {
        receiveBufferBytes = atLeast(1, start);
        receiveBufferLimit = atLeast(start, limit);
        return this;
    }

    /** TCP_MAXSEG: upper limit of the MSS that is offered and used, or 0 for what the path's MTU allows. */
    public int maxSegment() {
        return maxSegment;
    }

    public TcpConfig maxSegment(final int bytes) {
        maxSegment = atLeast(0, bytes);
        return this;
    }

    /**
     * IP_MTU_DISCOVER: whether segments may be fragmented on the way, and whether the path's MTU limits them. They are
     * never fragmented here.
     */
    public PathMtuPolicy pathMtuPolicy() {
        return pathMtuPolicy;
    }

    public TcpConfig pathMtuPolicy(final PathMtuPolicy policy) {
        pathMtuPolicy = policy;
        return this;
    }

    /** Whether the connection probes for the path's MTU (RFC 4821). */
    public MtuProbingMode mtuProbing() {
        return mtuProbing;
    }

    public TcpConfig mtuProbing(final MtuProbingMode mode) {
        mtuProbing = mode;
        return this;
    }

    /** Whether window scaling is offered (RFC 7323 2). */
    public boolean windowScaling() {
        return windowScaling;
    }

    public TcpConfig windowScaling(final boolean on) {
        windowScaling = on;
        return this;
    }

    /** The shift that is offered, 0 to 14, or -1 for the one that the largest receive buffer needs. */
    public int windowShift() {
        return windowShift;
    }

    public TcpConfig windowShift(final int shift) {
        if (shift > MAX_WINDOW_SHIFT) {
            throw new IllegalArgumentException("a window shift of " + shift + " is over " + MAX_WINDOW_SHIFT);
        }
        windowShift = atLeast(-1, shift);
        return this;
    }

    /** Whether timestamps are offered (RFC 7323 3). */
    public boolean timestamps() {
        return timestamps;
    }

    public TcpConfig timestamps(final boolean on) {
        timestamps = on;
        return this;
    }

    /** Whether selective acknowledgements are offered (RFC 2018). */
    public boolean sack() {
        return sack;
    }

    public TcpConfig sack(final boolean on) {
        sack = on;
        return this;
    }

    /** Which Explicit Congestion Notification is offered and accepted (RFC 3168, RFC 9768). */
    public EcnMode ecn() {
        return ecn;
    }

    public TcpConfig ecn(final EcnMode mode) {
        ecn = mode;
        return this;
    }

    /** How often AccECN options are sent (RFC 9768 3.2.3.3). */
    public AccEcnOptionMode accEcnOption() {
        return accEcnOption;
    }

    public TcpConfig accEcnOption(final AccEcnOptionMode mode) {
        accEcnOption = mode;
        return this;
    }

    /**
     * With {@link AccEcnOptionMode#MINIMAL}, how many times a round trip options go out while counters count; 0 for
     * only when they have to.
     */
    public int accEcnBeacons() {
        return accEcnBeacons;
    }

    public TcpConfig accEcnBeacons(final int times) {
        accEcnBeacons = atLeast(0, times);
        return this;
    }

    /**
     * Whether the window gives way less to a mark than to a loss (ABE, RFC 8511): experimental, and off as in Linux,
     * which has none.
     */
    public boolean alternativeBackoff() {
        return alternativeBackoff;
    }

    public TcpConfig alternativeBackoff(final boolean on) {
        alternativeBackoff = on;
        return this;
    }

    /** When a listener answers with SYN cookies (RFC 4987 3.6). */
    public SynCookieMode synCookies() {
        return synCookies;
    }

    public TcpConfig synCookies(final SynCookieMode mode) {
        synCookies = mode;
        return this;
    }

    /**
     * TCP_FASTOPEN_CONNECT: whether an active open sends data in its SYN if it has a cookie, and else asks for one (RFC
     * 7413).
     */
    public boolean fastOpen() {
        return fastOpen;
    }

    public TcpConfig fastOpen(final boolean on) {
        fastOpen = on;
        return this;
    }

    /**
     * TCP_FASTOPEN: how many connections of a listener may be open by a cookie alone (RFC 7413 5.1); 0 gives no
     * cookies.
     */
    public int fastOpenQueue() {
        return fastOpenQueue;
    }

    public TcpConfig fastOpenQueue(final int connections) {
        fastOpenQueue = atLeast(0, connections);
        return this;
    }

    /** Who may use Fast Open, and who without cookies, whatever the socket asks for. */
    public FastOpenPolicy fastOpenPolicy() {
        return fastOpenPolicy;
    }

    public TcpConfig fastOpenPolicy(final FastOpenPolicy policy) {
        fastOpenPolicy = policy;
        return this;
    }

    /**
     * TCP_SAVE_SYN: whether a listener keeps the headers of the SYNs for those who accept: 0 no, 1 from the IP header
     * on, 2 the link's too.
     */
    public int saveSyn() {
        return saveSyn;
    }

    public TcpConfig saveSyn(final int mode) {
        saveSyn = mode;
        return this;
    }

    /**
     * TCP_FASTOPEN_NO_COOKIE: this socket sends, or takes, data with a SYN without a cookie (RFC 7413 5.1 warns of it).
     */
    public boolean fastOpenWithoutCookie() {
        return fastOpenWithoutCookie;
    }

    public TcpConfig fastOpenWithoutCookie(final boolean on) {
        fastOpenWithoutCookie = on;
        return this;
    }

    /**
     * For how long all active opens do without Fast Open after it has met a black hole ({@code FastOpenPause}); 0 for
     * not at all.
     */
    public long fastOpenPauseNanos() {
        return fastOpenPauseNanos;
    }

    public TcpConfig fastOpenPauseNanos(final long nanos) {
        fastOpenPauseNanos = nanos;
        return this;
    }

    /** TCP_FASTOPEN_KEY: what a listener makes its cookies with, or null for a key of its own that nobody knows. */
    public @Nullable FastOpenKeys fastOpenKeys() {
        return fastOpenKeys;
    }

    public TcpConfig fastOpenKeys(final @Nullable FastOpenKeys keys) {
        fastOpenKeys = keys;
        return this;
    }

    /**
     * TCP_DEFER_ACCEPT: for how many timeouts of its SYN-ACK a listener waits for data before it takes a connection for
     * complete; 0 for not at all. See {@code DeferAccept}.
     */
    public boolean stampArrivals() {
        return stampArrivals;
    }

    /** Whether the times are kept at which data comes (SO_TIMESTAMP, SO_TIMESTAMPING). */
    public TcpConfig stampArrivals(final boolean on) {
        stampArrivals = on;
        return this;
    }

    public int deferAcceptTimeouts() {
        return deferAcceptTimeouts;
    }

    public TcpConfig deferAcceptTimeouts(final int timeouts) {
        deferAcceptTimeouts = atLeast(0, timeouts);
        return this;
    }

    /**
     * Whether a listener whose accept queue is full resets a connection whose handshake would complete now, rather than
     * to let the peer try again (Linux's tcp_abort_on_overflow).
     */
    public boolean abortOnOverflow() {
        return abortOnOverflow;
    }

    public TcpConfig abortOnOverflow(final boolean on) {
        abortOnOverflow = on;
        return this;
    }

    /**
     * TCP_CONGESTION: the name of the congestion control, one of {@link CongestionControls#names()} or that of a
     * factory.
     */
    public String congestionControl() {
        return congestionControl.name();
    }

    /**
     * Chooses a congestion control that comes with the stack, or one whose factory this configuration has been given.
     *
     * @throws IllegalArgumentException if there is none of that name
     */
    public TcpConfig congestionControl(final String name) {
        final CongestionControlFactory own = ownCongestionControls.get(name.toLowerCase(Locale.ROOT));
        congestionControl = own == null ? CongestionControls.named(name) : own;
        return this;
    }

    /**
     * Chooses a congestion control of one's own. This configuration and its copies know it by its name from now on, so
     * that TCP_CONGESTION can return to it.
     *
     * @throws IllegalArgumentException if it has the name of one that comes with the stack
     */
    public TcpConfig congestionControl(final CongestionControlFactory factory) {
        if (CongestionControls.names().contains(factory.name())) {
            throw new IllegalArgumentException("there is a congestion control " + factory.name() + " already");
        }
        final Map<String, CongestionControlFactory> more = new HashMap<>(ownCongestionControls);
        more.put(factory.name(), factory);
        ownCongestionControls = Map.copyOf(more);
        congestionControl = factory;
        return this;
    }

    /** Makes the congestion control of a connection that has this configuration. */
    public CongestionControlFactory congestionControlFactory() {
        return congestionControl;
    }

    /** TCP_NODELAY: no Nagle algorithm (RFC 1122 4.2.3.4). */
    public boolean noDelay() {
        return noDelay;
    }

    public TcpConfig noDelay(final boolean on) {
        noDelay = on;
        return this;
    }

    /**
     * TCP_CORK: only full segments are sent, until it is turned off; but nothing waits for longer than an RTO (200 ms
     * or more).
     */
    public boolean cork() {
        return cork;
    }

    public TcpConfig cork(final boolean on) {
        cork = on;
        return this;
    }

    /**
     * TCP_NOTSENT_LOWAT: writes wait while this many bytes in the send queue were never sent; 0 for
     * {@link #notSentLowWaterElse}; a negative one is more than any queue has, as Linux takes it for unsigned.
     */
    public int notSentLowWater() {
        return notSentLowWater;
    }

    public TcpConfig notSentLowWater(final int bytes) {
        notSentLowWater = bytes;
        return this;
    }

    /** What holds without TCP_NOTSENT_LOWAT, as Linux's net.ipv4.tcp_notsent_lowat; 0 for no limit. */
    public int notSentLowWaterElse() {
        return notSentLowWaterElse;
    }

    public TcpConfig notSentLowWaterElse(final int bytes) {
        notSentLowWaterElse = atLeast(0, bytes);
        return this;
    }

    /** TCP_WINDOW_CLAMP: the largest window that is announced, in bytes, whatever the buffer; 0 for no such limit. */
    public int windowClamp() {
        return windowClamp;
    }

    public TcpConfig windowClamp(final int bytes) {
        windowClamp = atLeast(0, bytes);
        return this;
    }

    /**
     * Whether the first segments of a connection, and those around a loss, are acknowledged at once: see
     * {@code QuickAck}.
     */
    public boolean quickAck() {
        return quickAck;
    }

    public TcpConfig quickAck(final boolean on) {
        quickAck = on;
        return this;
    }

    /** How long an ACK may be delayed; RFC 1122 4.2.3.2 allows less than 500 ms. */
    public long delayedAckNanos() {
        return delayedAckNanos;
    }

    public TcpConfig delayedAckNanos(final long nanos) {
        delayedAckNanos = nanos;
        return this;
    }

    /** RTO before the first round trip was measured (RFC 6298 2.1). */
    public long initialRtoNanos() {
        return initialRtoNanos;
    }

    public TcpConfig initialRtoNanos(final long nanos) {
        initialRtoNanos = nanos;
        return this;
    }

    /**
     * Lower limit of what the RTO adds to the smoothed round trip, and so of the RTO. RFC 6298 2.4 says one second for
     * the RTO; 200 ms for the margin is what Linux has.
     */
    public long minRtoNanos() {
        return minRtoNanos;
    }

    public TcpConfig minRtoNanos(final long nanos) {
        minRtoNanos = nanos;
        return this;
    }

    /** Upper limit of the RTO; RFC 6298 2.5 says at least 60 seconds. */
    public long maxRtoNanos() {
        return maxRtoNanos;
    }

    public TcpConfig maxRtoNanos(final long nanos) {
        maxRtoNanos = nanos;
        return this;
    }

    /** Initial congestion window in segments (RFC 6928). */
    public int initialWindowSegments() {
        return initialWindowSegments;
    }

    public TcpConfig initialWindowSegments(final int segments) {
        initialWindowSegments = atLeast(1, segments);
        return this;
    }

    /**
     * How often a SYN is sent again before the attempt is given up: R2 for SYN, at least three minutes (RFC 1122
     * 4.2.3.5, RFC 9293 3.8.3 MUST-23). With a first RTO of a second and the limit of 120 s, 7 makes 247 seconds; 6,
     * which Linux has, only 127.
     */
    public int synRetries() {
        return synRetries;
    }

    public TcpConfig synRetries(final int retries) {
        synRetries = atLeast(0, retries);
        return this;
    }

    /**
     * How often a listener sends a SYN-ACK again: whom it could tell nobody waits for, and a flood would gain by more.
     */
    public int synAckRetries() {
        return synAckRetries;
    }

    public TcpConfig synAckRetries(final int retries) {
        synAckRetries = atLeast(0, retries);
        return this;
    }

    /**
     * SO_OOBINLINE: whether the urgent byte is read as part of the stream, which is what RFC 6093 5 asks for; else it
     * is read apart.
     */
    public boolean urgentInLine() {
        return urgentInLine;
    }

    public TcpConfig urgentInLine(final boolean on) {
        urgentInLine = on;
        return this;
    }

    /** How often data is sent again before the connection is given up (RFC 1122 4.2.3.5, R2). */
    public int dataRetries() {
        return dataRetries;
    }

    public TcpConfig dataRetries(final int retries) {
        dataRetries = atLeast(0, retries);
        return this;
    }

    /**
     * The same for a connection whose application is gone, or less if {@link #dataRetries()} is less (Linux's
     * tcp_orphan_retries).
     */
    public int orphanRetries() {
        return orphanRetries;
    }

    public TcpConfig orphanRetries(final int retries) {
        orphanRetries = atLeast(0, retries);
        return this;
    }

    /**
     * TCP_USER_TIMEOUT: how long data may stay unacknowledged (RFC 9293 3.9.1, RFC 5482), or 0 for no limit but the
     * retries.
     */
    public long userTimeoutNanos() {
        return userTimeoutNanos;
    }

    public TcpConfig userTimeoutNanos(final long nanos) {
        userTimeoutNanos = nanos;
        return this;
    }

    /** Whether the user timeout option is sent, and the peer's obeyed (RFC 5482). */
    public boolean userTimeoutOption() {
        return userTimeoutOption;
    }

    public TcpConfig userTimeoutOption(final boolean on) {
        userTimeoutOption = on;
        return this;
    }

    /** SO_KEEPALIVE (RFC 9293 3.8.4): off unless asked for. */
    public boolean keepAlive() {
        return keepAlive;
    }

    public TcpConfig keepAlive(final boolean on) {
        keepAlive = on;
        return this;
    }

    /** TCP_KEEPIDLE: silence before the first probe; the default is the two hours of RFC 9293. */
    public long keepAliveIdleNanos() {
        return keepAliveIdleNanos;
    }

    public TcpConfig keepAliveIdleNanos(final long nanos) {
        keepAliveIdleNanos = nanos;
        return this;
    }

    /** TCP_KEEPINTVL: time between probes. */
    public long keepAliveIntervalNanos() {
        return keepAliveIntervalNanos;
    }

    public TcpConfig keepAliveIntervalNanos(final long nanos) {
        keepAliveIntervalNanos = nanos;
        return this;
    }

    /** TCP_KEEPCNT: unanswered probes before the connection is given up. */
    public int keepAliveCount() {
        return keepAliveCount;
    }

    public TcpConfig keepAliveCount(final int probes) {
        keepAliveCount = atLeast(1, probes);
        return this;
    }

    /** How long a connection that nobody owns any more waits in FIN-WAIT-2 for the peer's FIN. */
    public long finWait2Nanos() {
        return finWait2Nanos;
    }

    public TcpConfig finWait2Nanos(final long nanos) {
        finWait2Nanos = nanos;
        return this;
    }

    /** 2 MSL: how long TIME-WAIT lasts (RFC 9293 3.4.2 has an MSL of two minutes; Linux waits 60 seconds in all). */
    public long timeWaitNanos() {
        return timeWaitNanos;
    }

    public TcpConfig timeWaitNanos(final long nanos) {
        timeWaitNanos = nanos;
        return this;
    }

    /** IP_TTL. */
    public int timeToLive() {
        return timeToLive;
    }

    public TcpConfig timeToLive(final int hops) {
        timeToLive = atLeast(1, hops);
        return this;
    }

    /** IP_TOS: DSCP; the two ECN bits belong to TCP. */
    public int trafficClass() {
        return trafficClass;
    }

    public TcpConfig trafficClass(final int bits) {
        trafficClass = bits & 0xFC;
        return this;
    }

    /** SO_MAX_PACING_RATE: most bytes a second that may leave, or 0 for no limit but that of congestion control. */
    public long maxPacingRate() {
        return maxPacingRate;
    }

    public TcpConfig maxPacingRate(final long bytesPerSecond) {
        maxPacingRate = Math.max(0, bytesPerSecond);
        return this;
    }

    private static int atLeast(final int minimum, final int value) {
        if (value < minimum) {
            throw new IllegalArgumentException(value + " is less than " + minimum);
        }
        return value;
    }
}
