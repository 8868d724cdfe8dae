package io.tapstack.tcp;

import io.tapstack.ip.PathMtuPolicy;
import io.tapstack.tcp.congestion.CongestionControlFactory;
import io.tapstack.tcp.congestion.CongestionControls;
import org.jspecify.annotations.Nullable;

/**
 * The options of a connection, or of the connections that a listener accepts. Each option has a getter, which says what
 * it means, and a setter of the same name, which returns this object. Sizes are in bytes, times in nanoseconds.
 *
 * <p>A configuration that an application makes is used by one thread at a time. A connection has its own copy, which is
 * used with the stack's lock held only; after a change of it {@link TcpConnection#configChanged} applies what can still
 * change: what a SYN offers (MSS, window scale, timestamps, SACK, ECN) is agreed on with the handshake.
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
    private CongestionControls congestionControls = CongestionControls.BUILT_IN;
    private CongestionControlFactory congestionControl = CongestionControls.BUILT_IN.named("cubic");
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

    /** Creates a configuration with the default of each option. */
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
     * Limit of the bytes in the send queue, sent or not, beyond which a write waits; the initial size of a tuned
     * buffer.
     */
    public int sendBufferBytes() {
        return sendBufferBytes;
    }

    /** Largest size of the send buffer; equal to {@link #sendBufferBytes()} if the size is fixed. */
    public int sendBufferLimit() {
        return sendBufferLimit;
    }

    /** SO_SNDBUF: sets a fixed size of the send buffer. */
    public TcpConfig sendBufferBytes(final int bytes) {
        return tunedSendBuffer(bytes, bytes);
    }

    /**
     * Sets a send buffer that starts with {@code start} bytes and grows with the congestion window up to {@code limit}:
     * see {@code SendBufferLimit}.
     */
    public TcpConfig tunedSendBuffer(final int start, final int limit) {
        sendBufferBytes = atLeast(1, start);
        sendBufferLimit = atLeast(start, limit);
        return this;
    }

    /** Limit of the bytes of mapped files in the send queue; these use no memory of the stack. */
    public int sharedSendBytes() {
        return sharedSendBytes;
    }

    /**
     * Sets {@link #sharedSendBytes()}.
     *
     * @throws IllegalArgumentException below 1
     */
    public TcpConfig sharedSendBytes(final int bytes) {
        sharedSendBytes = atLeast(1, bytes);
        return this;
    }

    /** The window that a SYN offers, in bytes of payload; the initial size of a tuned buffer. */
    public int receiveBufferBytes() {
        return receiveBufferBytes;
    }

    /** Largest size of the receive buffer; equal to {@link #receiveBufferBytes()} if the size is fixed. */
    public int receiveBufferLimit() {
        return receiveBufferLimit;
    }

    /** SO_RCVBUF: sets a fixed size of the receive buffer. The SYN offers the window scale for this size. */
    public TcpConfig receiveBufferBytes(final int bytes) {
        return tunedReceiveBuffer(bytes, bytes);
    }

    /**
     * Sets a receive buffer that starts with {@code start} bytes and grows with the bytes that the application reads
     * per round trip, up to {@code limit}: see {@code ReceiveTuning}. The SYN offers the window scale for the limit.
     */
    public TcpConfig tunedReceiveBuffer(final int start, final int limit) {
        receiveBufferBytes = atLeast(1, start);
        receiveBufferLimit = atLeast(start, limit);
        return this;
    }

    /** TCP_MAXSEG: upper limit of the MSS, offered and used; 0 for the MSS of the path MTU. */
    public int maxSegment() {
        return maxSegment;
    }

    /**
     * Sets {@link #maxSegment()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig maxSegment(final int bytes) {
        maxSegment = atLeast(0, bytes);
        return this;
    }

    /**
     * IP_MTU_DISCOVER: whether routers may fragment segments, and whether the path MTU limits them. The stack itself
     * never fragments a segment.
     */
    public PathMtuPolicy pathMtuPolicy() {
        return pathMtuPolicy;
    }

    /** Sets {@link #pathMtuPolicy()}. */
    public TcpConfig pathMtuPolicy(final PathMtuPolicy policy) {
        pathMtuPolicy = policy;
        return this;
    }

    /** When the connection probes for the path MTU (RFC 4821). */
    public MtuProbingMode mtuProbing() {
        return mtuProbing;
    }

    /** Sets {@link #mtuProbing()}. */
    public TcpConfig mtuProbing(final MtuProbingMode mode) {
        mtuProbing = mode;
        return this;
    }

    /** Whether window scaling is offered (RFC 7323 2). */
    public boolean windowScaling() {
        return windowScaling;
    }

    /** Sets {@link #windowScaling()}. */
    public TcpConfig windowScaling(final boolean on) {
        windowScaling = on;
        return this;
    }

    /** The window shift that the SYN offers, 0 to 14; -1 for the shift that the largest receive buffer needs. */
    public int windowShift() {
        return windowShift;
    }

    /**
     * Sets {@link #windowShift()}.
     *
     * @throws IllegalArgumentException below -1 or above 14
     */
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

    /** Sets {@link #timestamps()}. */
    public TcpConfig timestamps(final boolean on) {
        timestamps = on;
        return this;
    }

    /** Whether selective acknowledgements are offered (RFC 2018). */
    public boolean sack() {
        return sack;
    }

    /** Sets {@link #sack()}. */
    public TcpConfig sack(final boolean on) {
        sack = on;
        return this;
    }

    /** The Explicit Congestion Notification that is offered and accepted (RFC 3168, RFC 9768). */
    public EcnMode ecn() {
        return ecn;
    }

    /** Sets {@link #ecn()}. */
    public TcpConfig ecn(final EcnMode mode) {
        ecn = mode;
        return this;
    }

    /** When AccECN options are sent (RFC 9768 3.2.3.3). */
    public AccEcnOptionMode accEcnOption() {
        return accEcnOption;
    }

    /** Sets {@link #accEcnOption()}. */
    public TcpConfig accEcnOption(final AccEcnOptionMode mode) {
        accEcnOption = mode;
        return this;
    }

    /**
     * Options per round trip while counters change, with {@link AccEcnOptionMode#MINIMAL}; 0 for required options only.
     */
    public int accEcnBeacons() {
        return accEcnBeacons;
    }

    /**
     * Sets {@link #accEcnBeacons()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig accEcnBeacons(final int times) {
        accEcnBeacons = atLeast(0, times);
        return this;
    }

    /**
     * Whether a mark reduces the window less than a loss does (ABE, RFC 8511). Experimental; off by default, as Linux
     * does not have it.
     */
    public boolean alternativeBackoff() {
        return alternativeBackoff;
    }

    /** Sets {@link #alternativeBackoff()}. */
    public TcpConfig alternativeBackoff(final boolean on) {
        alternativeBackoff = on;
        return this;
    }

    /** When a listener answers with SYN cookies (RFC 4987 3.6). */
    public SynCookieMode synCookies() {
        return synCookies;
    }

    /** Sets {@link #synCookies()}. */
    public TcpConfig synCookies(final SynCookieMode mode) {
        synCookies = mode;
        return this;
    }

    /**
     * TCP_FASTOPEN_CONNECT: whether an active open sends data in its SYN if it has a cookie, and otherwise requests a
     * cookie (RFC 7413).
     */
    public boolean fastOpen() {
        return fastOpen;
    }

    /** Sets {@link #fastOpen()}. */
    public TcpConfig fastOpen(final boolean on) {
        fastOpen = on;
        return this;
    }

    /**
     * TCP_FASTOPEN: limit of the connections of a listener that only a cookie has validated (RFC 7413 5.1); 0 issues no
     * cookies.
     */
    public int fastOpenQueue() {
        return fastOpenQueue;
    }

    /**
     * Sets {@link #fastOpenQueue()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig fastOpenQueue(final int connections) {
        fastOpenQueue = atLeast(0, connections);
        return this;
    }

    /** Limits the use of Fast Open, with and without cookies, for all sockets. */
    public FastOpenPolicy fastOpenPolicy() {
        return fastOpenPolicy;
    }

    /** Sets {@link #fastOpenPolicy()}. */
    public TcpConfig fastOpenPolicy(final FastOpenPolicy policy) {
        fastOpenPolicy = policy;
        return this;
    }

    /**
     * TCP_SAVE_SYN: whether a listener keeps the headers of each SYN for the accepted connection: 0 no, 1 from the IP
     * header on, 2 with the link header.
     */
    public int saveSyn() {
        return saveSyn;
    }

    /** Sets {@link #saveSyn()}. */
    public TcpConfig saveSyn(final int mode) {
        saveSyn = mode;
        return this;
    }

    /**
     * TCP_FASTOPEN_NO_COOKIE: this socket sends, or accepts, data in a SYN without a cookie (RFC 7413 5.1 warns of it).
     */
    public boolean fastOpenWithoutCookie() {
        return fastOpenWithoutCookie;
    }

    /** Sets {@link #fastOpenWithoutCookie()}. */
    public TcpConfig fastOpenWithoutCookie(final boolean on) {
        fastOpenWithoutCookie = on;
        return this;
    }

    /**
     * Time for which no active open uses Fast Open after a black hole ({@code FastOpenPause}), in nanoseconds; 0 for no
     * pause.
     */
    public long fastOpenPauseNanos() {
        return fastOpenPauseNanos;
    }

    /** Sets {@link #fastOpenPauseNanos()}. */
    public TcpConfig fastOpenPauseNanos(final long nanos) {
        fastOpenPauseNanos = nanos;
        return this;
    }

    /** TCP_FASTOPEN_KEY: the keys of a listener's cookies; null for a random key of its own. */
    public @Nullable FastOpenKeys fastOpenKeys() {
        return fastOpenKeys;
    }

    /** Sets {@link #fastOpenKeys()}. */
    public TcpConfig fastOpenKeys(final @Nullable FastOpenKeys keys) {
        fastOpenKeys = keys;
        return this;
    }

    /** Whether arrival times of received data are kept (SO_TIMESTAMP, SO_TIMESTAMPING). */
    public boolean stampArrivals() {
        return stampArrivals;
    }

    /** Sets whether arrival times of received data are kept. */
    public TcpConfig stampArrivals(final boolean on) {
        stampArrivals = on;
        return this;
    }

    /**
     * TCP_DEFER_ACCEPT: number of SYN-ACK timeouts for which a listener waits for data before it completes a
     * connection; 0 for no wait. See {@code DeferAccept}.
     */
    public int deferAcceptTimeouts() {
        return deferAcceptTimeouts;
    }

    /**
     * Sets {@link #deferAcceptTimeouts()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig deferAcceptTimeouts(final int timeouts) {
        deferAcceptTimeouts = atLeast(0, timeouts);
        return this;
    }

    /**
     * Whether a listener with a full accept queue resets a connection that completes its handshake. Otherwise it drops
     * the ACK, and the peer retries (Linux's tcp_abort_on_overflow).
     */
    public boolean abortOnOverflow() {
        return abortOnOverflow;
    }

    /** Sets {@link #abortOnOverflow()}. */
    public TcpConfig abortOnOverflow(final boolean on) {
        abortOnOverflow = on;
        return this;
    }

    /** TCP_CONGESTION: the name of the congestion control, one of {@link #congestionControls()}. */
    public String congestionControl() {
        return congestionControl.name();
    }

    /**
     * TCP_CONGESTION: chooses a congestion control.
     *
     * @throws IllegalArgumentException if none of {@link #congestionControls()} has this name
     */
    public TcpConfig congestionControl(final String name) {
        congestionControl = congestionControls.named(name);
        return this;
    }

    /**
     * Chooses a congestion control of the application, and adds it to {@link #congestionControls()} of this
     * configuration.
     *
     * @throws IllegalArgumentException if a congestion control of the stack has the same name
     */
    public TcpConfig congestionControl(final CongestionControlFactory factory) {
        congestionControls = congestionControls.with(factory);
        congestionControl = factory;
        return this;
    }

    /** The congestion controls to choose from; those of the stack by default. */
    public CongestionControls congestionControls() {
        return congestionControls;
    }

    /** Sets the congestion controls to choose from. The chosen one stays. */
    public TcpConfig congestionControls(final CongestionControls controls) {
        congestionControls = controls;
        return this;
    }

    /** The factory of the chosen congestion control. */
    public CongestionControlFactory congestionControlFactory() {
        return congestionControl;
    }

    /** TCP_NODELAY: whether the Nagle algorithm is off (RFC 1122 4.2.3.4). */
    public boolean noDelay() {
        return noDelay;
    }

    /** Sets {@link #noDelay()}. */
    public TcpConfig noDelay(final boolean on) {
        noDelay = on;
        return this;
    }

    /** TCP_CORK: whether only full segments are sent. A shorter one waits for at most an RTO (200 ms or more). */
    public boolean cork() {
        return cork;
    }

    /** Sets {@link #cork()}. */
    public TcpConfig cork(final boolean on) {
        cork = on;
        return this;
    }

    /**
     * TCP_NOTSENT_LOWAT: limit of the unsent bytes in the send queue, beyond which a write waits; 0 for
     * {@link #notSentLowWaterElse}. A negative value is no limit, as Linux reads it as unsigned.
     */
    public int notSentLowWater() {
        return notSentLowWater;
    }

    /** Sets {@link #notSentLowWater()}. */
    public TcpConfig notSentLowWater(final int bytes) {
        notSentLowWater = bytes;
        return this;
    }

    /** The limit without TCP_NOTSENT_LOWAT, as Linux's net.ipv4.tcp_notsent_lowat; 0 for no limit. */
    public int notSentLowWaterElse() {
        return notSentLowWaterElse;
    }

    /**
     * Sets {@link #notSentLowWaterElse()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig notSentLowWaterElse(final int bytes) {
        notSentLowWaterElse = atLeast(0, bytes);
        return this;
    }

    /** TCP_WINDOW_CLAMP: largest window that is announced, in bytes, independent of the buffer; 0 for no limit. */
    public int windowClamp() {
        return windowClamp;
    }

    /**
     * Sets {@link #windowClamp()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig windowClamp(final int bytes) {
        windowClamp = atLeast(0, bytes);
        return this;
    }

    /**
     * Whether the first segments of a connection, and those around a loss, are acknowledged immediately: see
     * {@code QuickAck}.
     */
    public boolean quickAck() {
        return quickAck;
    }

    /** Sets {@link #quickAck()}. */
    public TcpConfig quickAck(final boolean on) {
        quickAck = on;
        return this;
    }

    /** Longest delay of an ACK, in nanoseconds; RFC 1122 4.2.3.2 allows less than 500 ms. */
    public long delayedAckNanos() {
        return delayedAckNanos;
    }

    /** Sets {@link #delayedAckNanos()}. */
    public TcpConfig delayedAckNanos(final long nanos) {
        delayedAckNanos = nanos;
        return this;
    }

    /** RTO before the first round-trip measurement, in nanoseconds (RFC 6298 2.1). */
    public long initialRtoNanos() {
        return initialRtoNanos;
    }

    /** Sets {@link #initialRtoNanos()}. */
    public TcpConfig initialRtoNanos(final long nanos) {
        initialRtoNanos = nanos;
        return this;
    }

    /**
     * Lower limit of the RTO, and of the margin that it adds to the smoothed round trip, in nanoseconds. RFC 6298 2.4
     * says one second for the RTO; Linux has 200 ms for the margin.
     */
    public long minRtoNanos() {
        return minRtoNanos;
    }

    /** Sets {@link #minRtoNanos()}. */
    public TcpConfig minRtoNanos(final long nanos) {
        minRtoNanos = nanos;
        return this;
    }

    /** Upper limit of the RTO, in nanoseconds; RFC 6298 2.5 says at least 60 seconds. */
    public long maxRtoNanos() {
        return maxRtoNanos;
    }

    /** Sets {@link #maxRtoNanos()}. */
    public TcpConfig maxRtoNanos(final long nanos) {
        maxRtoNanos = nanos;
        return this;
    }

    /** Initial congestion window in segments (RFC 6928). */
    public int initialWindowSegments() {
        return initialWindowSegments;
    }

    /**
     * Sets {@link #initialWindowSegments()}.
     *
     * @throws IllegalArgumentException below 1
     */
    public TcpConfig initialWindowSegments(final int segments) {
        initialWindowSegments = atLeast(1, segments);
        return this;
    }

    /**
     * Number of SYN retransmissions before the connection attempt fails: R2 for SYN, at least three minutes (RFC 1122
     * 4.2.3.5, RFC 9293 3.8.3 MUST-23). With a first RTO of one second and a limit of 120 s, 7 gives 247 seconds; 6,
     * the value of Linux, gives 127.
     */
    public int synRetries() {
        return synRetries;
    }

    /**
     * Sets {@link #synRetries()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig synRetries(final int retries) {
        synRetries = atLeast(0, retries);
        return this;
    }

    /**
     * Number of SYN-ACK retransmissions of a listener. It is small, as no application waits for a failure, and each one
     * amplifies a SYN flood.
     */
    public int synAckRetries() {
        return synAckRetries;
    }

    /**
     * Sets {@link #synAckRetries()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig synAckRetries(final int retries) {
        synAckRetries = atLeast(0, retries);
        return this;
    }

    /**
     * SO_OOBINLINE: whether the urgent byte is read as part of the stream, as RFC 6093 5 asks; otherwise it is read
     * separately (MSG_OOB).
     */
    public boolean urgentInLine() {
        return urgentInLine;
    }

    /** Sets {@link #urgentInLine()}. */
    public TcpConfig urgentInLine(final boolean on) {
        urgentInLine = on;
        return this;
    }

    /** Number of data retransmissions before the connection fails (RFC 1122 4.2.3.5, R2). */
    public int dataRetries() {
        return dataRetries;
    }

    /**
     * Sets {@link #dataRetries()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig dataRetries(final int retries) {
        dataRetries = atLeast(0, retries);
        return this;
    }

    /**
     * Number of data retransmissions of a connection without an application, at most {@link #dataRetries()} (Linux's
     * tcp_orphan_retries).
     */
    public int orphanRetries() {
        return orphanRetries;
    }

    /**
     * Sets {@link #orphanRetries()}.
     *
     * @throws IllegalArgumentException below 0
     */
    public TcpConfig orphanRetries(final int retries) {
        orphanRetries = atLeast(0, retries);
        return this;
    }

    /**
     * TCP_USER_TIMEOUT: longest time that data may stay unacknowledged, in nanoseconds (RFC 9293 3.9.1, RFC 5482); 0
     * for the limit of the retries alone.
     */
    public long userTimeoutNanos() {
        return userTimeoutNanos;
    }

    /** Sets {@link #userTimeoutNanos()}. */
    public TcpConfig userTimeoutNanos(final long nanos) {
        userTimeoutNanos = nanos;
        return this;
    }

    /** Whether the user timeout option is sent, and the peer's option is applied (RFC 5482). */
    public boolean userTimeoutOption() {
        return userTimeoutOption;
    }

    /** Sets {@link #userTimeoutOption()}. */
    public TcpConfig userTimeoutOption(final boolean on) {
        userTimeoutOption = on;
        return this;
    }

    /** SO_KEEPALIVE: whether keep-alive probes are sent (RFC 9293 3.8.4); off by default. */
    public boolean keepAlive() {
        return keepAlive;
    }

    /** Sets {@link #keepAlive()}. */
    public TcpConfig keepAlive(final boolean on) {
        keepAlive = on;
        return this;
    }

    /** TCP_KEEPIDLE: idle time before the first probe, in nanoseconds; the default is the two hours of RFC 9293. */
    public long keepAliveIdleNanos() {
        return keepAliveIdleNanos;
    }

    /** Sets {@link #keepAliveIdleNanos()}. */
    public TcpConfig keepAliveIdleNanos(final long nanos) {
        keepAliveIdleNanos = nanos;
        return this;
    }

    /** TCP_KEEPINTVL: time between probes, in nanoseconds. */
    public long keepAliveIntervalNanos() {
        return keepAliveIntervalNanos;
    }

    /** Sets {@link #keepAliveIntervalNanos()}. */
    public TcpConfig keepAliveIntervalNanos(final long nanos) {
        keepAliveIntervalNanos = nanos;
        return this;
    }

    /** TCP_KEEPCNT: number of unanswered probes after which the connection fails. */
    public int keepAliveCount() {
        return keepAliveCount;
    }

    /**
     * Sets {@link #keepAliveCount()}.
     *
     * @throws IllegalArgumentException below 1
     */
    public TcpConfig keepAliveCount(final int probes) {
        keepAliveCount = atLeast(1, probes);
        return this;
    }

    /** Time that a connection without an application waits in FIN-WAIT-2 for the peer's FIN, in nanoseconds. */
    public long finWait2Nanos() {
        return finWait2Nanos;
    }

    /** Sets {@link #finWait2Nanos()}. */
    public TcpConfig finWait2Nanos(final long nanos) {
        finWait2Nanos = nanos;
        return this;
    }

    /**
     * 2 MSL: duration of TIME-WAIT, in nanoseconds (RFC 9293 3.4.2 has an MSL of two minutes; Linux waits 60 seconds in
     * all).
     */
    public long timeWaitNanos() {
        return timeWaitNanos;
    }

    /** Sets {@link #timeWaitNanos()}. */
    public TcpConfig timeWaitNanos(final long nanos) {
        timeWaitNanos = nanos;
        return this;
    }

    /** IP_TTL: time to live of the packets. */
    public int timeToLive() {
        return timeToLive;
    }

    /**
     * Sets {@link #timeToLive()}.
     *
     * @throws IllegalArgumentException below 1
     */
    public TcpConfig timeToLive(final int hops) {
        timeToLive = atLeast(1, hops);
        return this;
    }

    /** IP_TOS: DSCP of the packets; TCP sets the two ECN bits itself. */
    public int trafficClass() {
        return trafficClass;
    }

    /** Sets {@link #trafficClass()}. */
    public TcpConfig trafficClass(final int bits) {
        trafficClass = bits & 0xFC;
        return this;
    }

    /**
     * SO_MAX_PACING_RATE: upper limit of the pacing rate, in bytes per second; 0 for the rate of the congestion control
     * alone.
     */
    public long maxPacingRate() {
        return maxPacingRate;
    }

    /** Sets {@link #maxPacingRate()}. */
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
