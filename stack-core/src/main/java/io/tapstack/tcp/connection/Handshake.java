package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.tcp.FastOpenCookie;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.passive.FastOpenServer;
import io.tapstack.tcp.passive.HalfOpen;
import io.tapstack.tcp.recovery.NewRenoRecovery;
import io.tapstack.tcp.recovery.RackRecovery;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.SynAck;
import io.tapstack.tcp.segment.SynOptions;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.tcp.segment.UserTimeoutOption;
import io.tapstack.wire.TcpHeader;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** The three-way handshake of a connection (RFC 9293 3.5), and the options that the SYNs agree on. */
final class Handshake implements SynAck {

    private static final int MAX_INITIAL_WINDOW = 1 << 30;
    // RFC 6928 2 limits the initial window in bytes too: ten segments of Ethernet's MSS, 14,600 bytes.
    private static final int ETHERNET_MSS = 1_460;
    private static final int LARGE_SEGMENTS = 2;

    private final ControlBlock tcb;
    private final ReceiveWindow receiveWindow;
    private final KeepAlive keepAlive;
    private long startNanos;
    private int timeouts;
    private boolean synOwed; // the device had no room for the SYN or SYN-ACK
    private boolean openedFast;
    private boolean synDataTaken;

    /** The handshake behind a Fast Open by cookie, until the peer acknowledges the SYN-ACK; else null. */
    @Nullable
    FastOpenHandshake fastOpen;

    /** The Fast Open part of the SYN of an active open, if any. */
    @Nullable
    FastOpenSyn fastOpenSyn;

    Handshake(final ControlBlock tcb, final ReceiveWindow receiveWindow, final KeepAlive keepAlive) {
        this.tcb = tcb;
        this.receiveWindow = receiveWindow;
        this.keepAlive = keepAlive;
    }

    /** Active OPEN: sends the SYN, with as much of {@code data} as Fast Open allows. */
    void open(final ByteBuffer data, final long nowNanos) {
        tcb.enter(TcpState.SYN_SENT, nowNanos);
        startNanos = nowNanos;
        tcb.sndNxt = tcb.iss + 1;
        final FastOpenSyn fast = FastOpenSyn.of(tcb, nowNanos);
        fastOpenSyn = fast;
        if (fast != null) {
            tcb.sendQueue.copyIn(data, fast.room());
        }
        tcb.userTimeout.begin(nowNanos);
        tcb.timing.sent(tcb.sndNxt, nowNanos);
        tcb.retransmissionTimer.start(nowNanos);
        sendSyn(nowNanos);
    }

    /**
     * Continues a passive open in SYN-RECEIVED when the last ACK of the handshake has arrived.
     *
     * @param syn the peer's SYN
     */
    void takeOver(final HalfOpen half, final Segment syn, final long nowNanos) {
        tcb.listener = half.listener;
        tcb.state = TcpState.SYN_RECEIVED;
        tcb.irs = half.irs;
        tcb.rcvNxt = half.rcvNxt();
        tcb.rcvAdv = tcb.rcvNxt + half.window;
        tcb.sndNxt = tcb.iss + 1;
        tcb.sndWnd = syn.window;
        tcb.maxSndWnd = syn.window;
        negotiate(syn, nowNanos);
        tcb.timestamps.ackSent(tcb.rcvNxt);
        tcb.counters.sent(0, 1, nowNanos);
        tcb.lastSendNanos = nowNanos; // otherwise the connection would seem idle
        timeouts = half.retransmissions;
        tcb.userTimeout.begin(nowNanos);
        tcb.counters.handshakeTakenOver(timeouts, half.sentNanos, nowNanos);
        // If the ACK is not acceptable, the timer repeats the SYN-ACK.
        tcb.retransmissionTimer.start(nowNanos);
        if (!half.repeated) {
            tcb.timing.sent(tcb.sndNxt, half.sentNanos);
        }
    }

    /**
     * Opens by a Fast Open cookie (RFC 7413 4.2.2), instead of {@link #takeOver}: receives the data of {@code syn};
     * more can be sent at once.
     */
    void openFast(
            final HalfOpen half, final Segment syn, final Segment data, final FastOpenServer server, final long now) {
        takeOver(half, syn, now);
        tcb.timing.cancel();
        tcb.sndUna = tcb.sndNxt;
        tcb.sndWl1 = tcb.irs;
        tcb.sndWl2 = tcb.sndUna;
        data.trimBack(tcb.rcvAdv);
        tcb.receiveQueue.append(data.memory(), data.payloadOffset(), data.payloadLength());
        tcb.finReceived = data.has(TcpHeader.FIN);
        tcb.rcvNxt += data.payloadLength() + (tcb.finReceived ? 1 : 0);
        fastOpen = new FastOpenHandshake(tcb, this, server, half.cookie, now);
        sendSynAck(now);
        openedFast = true;
        synDataTaken = data.payloadLength() > 0;
        established(now);
        if (tcb.finReceived) {
            // The SYN had data and a FIN.
            tcb.enter(TcpState.CLOSE_WAIT, now);
        }
    }

    // ---- Our SYN and SYN-ACK

    /**
     * {@code <SEQ=ISS><CTL=SYN>} with the options on offer. Only the first SYN has data, with a Fast Open cookie (RFC
     * 7413 4.2.1).
     */
    private void sendSyn(final long nowNanos) {
        final TcpConfig config = tcb.config;
        final SynOptions options = tcb.host.synSender.begin(tcb.path, config);
        if (config.sack()) {
            options.sackPermitted();
        }
        if (config.timestamps()) {
            options.timestamps(tcb.timestamps.value(nowNanos), 0);
        }
        if (config.windowScaling()) {
            options.windowScale(tcb.windowScale.offer(config));
        }
        final FastOpenSyn fast = synWasLost() ? null : fastOpenSyn;
        int payload = 0;
        if (fast != null) {
            fast.addTo(options);
        }
        if (config.userTimeoutOption()) {
            options.userTimeout(UserTimeoutOption.advertised(config));
        }
        if (fast != null) {
            payload = fast.payload();
            tcb.sndNxt = tcb.iss + 1 + payload;
        }
        final int flags = TcpHeader.SYN | tcb.ecn.synFlags(false);
        final int window = receiveWindow.announceInSyn();
        final SendStatus status = tcb.host.synSender.sendSyn(
                tcb.path, tcb.localPort(), tcb.remotePort(), tcb.iss, flags, window, tcb.sendQueue, payload, config);
        sent(status, flags, payload, nowNanos);
    }

    /** {@code <SEQ=ISS><ACK=RCV.NXT><CTL=SYN,ACK>} with the agreed options. */
    void sendSynAck(final long nowNanos) {
        final int flags = TcpHeader.SYN | TcpHeader.ACK | ecnFlags();
        final SendStatus status = tcb.host.synSender.sendSynAck(this, tcb.timestamps.value(nowNanos));
        sent(status, flags, 0, nowNanos);
        tcb.acknowledgedWithSegment();
    }

    private void sent(final SendStatus status, final int flags, final int payload, final long nowNanos) {
        synOwed = status == SendStatus.DEVICE_FULL;
        if (synOwed) {
            tcb.blockedByDevice();
        } else {
            tcb.ecn.synSent(flags);
            tcb.counters.sent(payload, Math.max(payload, 1), nowNanos);
        }
        tcb.lastSendNanos = nowNanos;
        if (status == SendStatus.UNREACHABLE) {
            tcb.softError = SocketError.EHOSTUNREACH;
            if (tcb.state == TcpState.SYN_SENT) {
                tcb.fail(SocketError.EHOSTUNREACH, nowNanos);
            }
        }
    }

    /**
     * Sends the SYN or SYN-ACK that the device had no room for, if the peer still needs it.
     *
     * @return false if it still waits: the peer drops everything else until it has the SYN
     */
    boolean sendOwedSyn(final long nowNanos) {
        if (!synOwed) {
            return true;
        }
        if (tcb.blocked) {
            return false;
        }
        if (tcb.state == TcpState.SYN_SENT) {
            sendSyn(nowNanos);
        } else if (tcb.state == TcpState.SYN_RECEIVED || fastOpen != null) {
            sendSynAck(nowNanos);
        } else {
            return true;
        }
        return !synOwed;
    }

    @Override
    public IpPath path() {
        return tcb.path;
    }

    @Override
    public int localPort() {
        return tcb.localPort();
    }

    @Override
    public int remotePort() {
        return tcb.remotePort();
    }

    @Override
    public TcpConfig config() {
        return tcb.config;
    }

    @Override
    public int iss() {
        return tcb.iss;
    }

    @Override
    public int rcvNxt() {
        return tcb.rcvNxt;
    }

    @Override
    public int ecnFlags() {
        return tcb.ecn.synFlags(true);
    }

    @Override
    public int announceWindow() {
        return receiveWindow.announceInSyn();
    }

    @Override
    public int windowShift() {
        return tcb.scaleAgreed ? tcb.windowScale.offer(tcb.config) : -1;
    }

    @Override
    public boolean sackPermitted() {
        return tcb.sackAgreed;
    }

    @Override
    public @Nullable Timestamps timestamps() {
        return tcb.timestamps.enabled() ? tcb.timestamps : null;
    }

    /** A new cookie for a client whose valid cookie expires soon. */
    @Override
    public @Nullable FastOpenCookie cookie() {
        final FastOpenHandshake handshake = fastOpen;
        return handshake == null ? null : handshake.freshCookie();
    }

    @Override
    public boolean hasAccEcnOption() {
        return tcb.ecn.isOptionInSynAck();
    }

    // ---- Fast Open

    /** The peer has acknowledged the SYN-ACK of a Fast Open. */
    void fastOpenCompleted(final long nowNanos) {
        final FastOpenHandshake handshake = fastOpen;
        if (handshake != null) {
            fastOpen = null;
            handshake.acknowledged(nowNanos);
        }
    }

    /** Agrees on options from the peer's SYN and the configuration. */
    void negotiate(final Segment syn, final long nowNanos) {
        final TcpConfig config = tcb.config;
        // RFC 7323 1.3 and 2.2: in use only if both SYNs carry the option.
        if (config.timestamps() && syn.options.hasTimestamps()) {
            tcb.timestamps.agree(syn.options.timestampValue(), nowNanos);
        }
        tcb.scaleAgreed = config.windowScaling() && syn.options.windowScale() >= 0;
        if (tcb.scaleAgreed) {
            tcb.windowScale.agree(syn.options.windowScale(), tcb.windowScale.offer(config));
        }
        tcb.ecn.synArrived(syn);
        if (config.userTimeoutOption()) {
            tcb.userTimeoutOption = new UserTimeoutOption(config);
            tcb.userTimeoutOption.arrives(syn.options);
        }
        tcb.sackAgreed = config.sack() && syn.options.sackPermitted();
        tcb.recovery = tcb.sackAgreed ? new RackRecovery(tcb.scoreboard) : new NewRenoRecovery(tcb.scoreboard);
        tcb.segmentSize.agree(syn.options.maximumSegmentSize());
    }

    /** Our SYN is acknowledged. Its data (RFC 7413) is sent again if the peer did not acknowledge it. */
    void synAcknowledged(final int ack) {
        tcb.sendQueue.acknowledge(ack - (tcb.iss + 1));
        tcb.sndUna = ack;
        tcb.sndNxt = ack;
    }

    /** Enters ESTABLISHED, and starts congestion control, loss recovery, window tuning and keep-alives. */
    void established(final long nowNanos) {
        tcb.enter(TcpState.ESTABLISHED, nowNanos);
        tcb.timeouts = 0;
        tcb.retransmissionTimer.noLimit();
        tcb.counters.established(nowNanos);
        tcb.retransmissionTimer.stop();
        tcb.congestion.established(tcb.mss, initialWindow());
        tcb.recovery.established(tcb.sndUna, tcb.mss);
        tcb.recovery.fastRecovery(tcb.congestion.fastRecovery());
        receiveWindow.tuning().established(tcb.estimator.srtt(), tcb.segmentSize.advertised(), nowNanos);
        keepAlive.established(nowNanos);
        tcb.handOver(nowNanos);
    }

    /** The retransmission timer has expired before the SYN or SYN-ACK was acknowledged. */
    void timedOut(final long nowNanos) {
        final boolean synAck = tcb.state == TcpState.SYN_RECEIVED;
        final int retries = synAck ? tcb.config.synAckRetries() : tcb.config.synRetries();
        if (timeouts >= retries || timeouts > 0 && tcb.userTimeout.isOver(nowNanos)) {
            noteBlackHole(timeouts, true, nowNanos);
            tcb.fail(tcb.errorOr(SocketError.ETIMEDOUT), nowNanos);
            return;
        }
        tcb.advise(timeouts);
        noteBlackHole(timeouts, false, nowNanos);
        timeouts++;
        tcb.counters.timeouts.timedOut(timeouts == 1, nowNanos);
        if (fastOpenSyn != null && timeouts == 1) {
            fastOpenSyn.timedOut(nowNanos);
        }
        tcb.timing.cancel();
        tcb.estimator.backOff();
        tcb.userTimeout.limit(tcb.retransmissionTimer);
        tcb.retransmissionTimer.restart(nowNanos);
        tcb.statistics.segmentsRetransmitted++;
        tcb.counters.sentAgain(0);
        tcb.statistics.observer().retransmissionTimeout(tcb, timeouts, tcb.estimator.rto());
        if (synAck) {
            sendSynAck(nowNanos);
        } else {
            sendSyn(nowNanos);
        }
    }

    /**
     * The retransmission timer has expired. After a Fast Open this may be the sign of a middlebox that drops packets, a
     * black hole.
     *
     * @param timeoutsBefore timeouts in a row before this one
     * @param last true if the connection fails now
     */
    void noteBlackHole(final int timeoutsBefore, final boolean last, final long nowNanos) {
        if (fastOpenSyn != null) {
            tcb.host.fastOpenPause.timedOut(tcb.config, timeoutsBefore, last, nowNanos);
        }
    }

    /**
     * IW, in bytes. RFC 6928 2: {@code min(10*MSS, max(2*MSS, 14600))}; the configuration may have another number of
     * segments than ten. RFC 5681 3.1: one segment if the SYN or SYN-ACK was lost, or marked (RFC 9768 3.2.2.2).
     */
    int initialWindow() {
        final long segments = synWasLost() || tcb.ecn.isHandshakeMarked() ? 1 : tcb.config.initialWindowSegments();
        final long most = Math.max((long) LARGE_SEGMENTS * tcb.mss, segments * ETHERNET_MSS);
        return (int) Math.min(Math.min(segments * tcb.mss, most), MAX_INITIAL_WINDOW);
    }

    /** Time of the first SYN of an active open, in nanoseconds. */
    long startNanos() {
        return startNanos;
    }

    /** Retransmissions of the SYN or SYN-ACK by the timer. */
    int timeouts() {
        return timeouts;
    }

    /** True if a Fast Open SYN has opened the connection before the handshake was complete (RFC 7413 4.2.2). */
    boolean isOpenedFast() {
        return openedFast;
    }

    /** True if the data of a Fast Open SYN was accepted, by the peer or by us (RFC 7413). */
    boolean isSynDataTaken() {
        return synDataTaken || fastOpenSyn != null && fastOpenSyn.isDataTaken();
    }

    /** True if the timer has retransmitted the SYN or SYN-ACK. */
    boolean synWasLost() {
        return timeouts > 0;
    }

    /** The connection has ended, perhaps during the handshake. */
    void ended(final long nowNanos) {
        if (fastOpenSyn != null) {
            fastOpenSyn.ended(nowNanos);
        }
        final FastOpenHandshake handshake = fastOpen;
        if (handshake != null) {
            fastOpen = null;
            handshake.failed(nowNanos);
        }
    }
}
