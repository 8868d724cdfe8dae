package io.tapstack.tcp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.Region;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.SendStatus;
import io.tapstack.ip.SocketError;
import io.tapstack.tcp.congestion.CongestionControl;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.tcp.recovery.NewRenoRecovery;
import io.tapstack.tcp.recovery.RackRecovery;
import io.tapstack.tcp.recovery.SackScoreboard;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.TcpHeader;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the transmission control block of RFC 9293 3.3.1, its variables under their RFC names, and the user calls of
 * 3.9.1. Every idea has a class of its own, which this one puts together.
 *
 * <p>All calls are made under the stack's door. Calls that may send take the stack's time.
 */
public final class TcpConnection extends TupleOwner {

    // RFC 9293 3.7.1: what a peer that says nothing accepts over IPv4 (MUST-15).
    static final int DEFAULT_MSS = 536;
    private static final int MAX_INITIAL_WINDOW = 1 << 30;
    // A peer that announces less would have us send more header than data.
    private static final int MIN_MSS = 48;

    final TcpProtocol protocol;
    final BufferPool pool;
    final StackStatistics statistics;
    final TcpConfig config;
    final long pseudoHeaderSum;
    private final Endpoint local;
    private final Endpoint remote;

    TcpState state = TcpState.CLOSED;

    // Send sequence variables. The send queue holds what lies from SND.UNA (behind the SYN) to queueEnd().
    int sndUna;
    int sndNxt;
    int sndWnd;
    int sndWl1;
    int sndWl2;
    int maxSndWnd;
    final int iss;

    // Receive sequence variables. RCV.WND is rcvAdv - rcvNxt: what the peer was promised and has not used.
    int rcvNxt;
    int rcvAdv;
    int irs;

    /** Payload of a full segment, options taken off: Eff.snd.MSS (RFC 9293 3.7.1). */
    int mss = DEFAULT_MSS;

    private int peerMss = DEFAULT_MSS;
    /** The largest payload that the peer has sent: its idea of a full segment. */
    private int largestReceived;

    final SendQueue sendQueue;
    final ReceiveQueue receiveQueue;
    final ReassemblyQueue reassembly;
    final PathMtuDiscovery pathMtu;
    final SelectiveAcks sacks = new SelectiveAcks();
    final RoundTripEstimator estimator;
    final RoundTripTiming timing = new RoundTripTiming();
    final WindowScale windowScale = new WindowScale();
    final Timestamps timestamps;
    CongestionControl congestion;
    final ExplicitCongestionNotification ecn = new ExplicitCongestionNotification(this);
    final WindowReduction reduction = new WindowReduction(this);
    final SackScoreboard scoreboard;
    LossRecovery recovery;
    final RetransmissionTimer retransmissionTimer;
    final LossTimer lossTimer;
    final Pacer pacer;
    final PersistTimer persistTimer;
    final ClosedWindow closedWindow = new ClosedWindow(this);
    final DelayedAck delayedAck;
    final KeepAlive keepAlive;
    final ConnectionFigures figures;
    final FinWait2Timer finWait2Timer;
    final ReceiveWindow receiveWindow;
    final SendRoom room = new SendRoom(this);
    final SegmentSender sender;
    final SegmentArrives arrives;
    private final Retransmissions retransmissions;

    boolean scaleAgreed;
    boolean sackAgreed;
    boolean finQueued;
    boolean finSent;
    boolean finReceived;
    boolean finAnnounced;
    int finSequence; // of the peer's FIN, once finAnnounced
    boolean moreComing;
    boolean probeOutstanding;
    /** A probe's byte (or FIN) counts as not sent any more, but can still be acknowledged: SND.UNA + 1 was sent once. */
    boolean probeTakenBack;

    int timeouts; // in a row, of the same data
    private boolean cutShort;
    private boolean blocked;
    private boolean inputShutdown;
    private boolean orphan;
    private boolean countedOrphan;
    private @Nullable SocketError error;
    private @Nullable SocketError softError;
    private ConnectionObserver observer = ConnectionObserver.NONE;

    /** Null as long as nothing was urgent. */
    @Nullable
    UrgentPointer urgent;

    /** While the peer may not know of a connection that its Fast Open cookie has opened. */
    @Nullable
    FastOpenHandshake fastOpen;

    /** What the SYN of an active open says of Fast Open, if anything. */
    @Nullable
    FastOpenSyn fastOpenSyn;

    /** What stands for this connection in TIME-WAIT; it may be over while the application still reads. */
    private @Nullable TimeWaitRecord timeWait;

    /** The listener that this connection belongs to until it is accepted. */
    @Nullable
    TcpListener listener;

    TcpConnection(
            final TcpProtocol protocol,
            final IpPath path,
            final Endpoint local,
            final Endpoint remote,
            final int iss,
            final TcpConfig config) {
        super(path, local.port(), remote.port());
        this.protocol = protocol;
        this.pool = protocol.pool();
        this.statistics = protocol.statistics();
        this.local = local;
        this.remote = remote;
        this.config = config;
        this.pseudoHeaderSum = InternetChecksum.pseudoHeader(path.source(), path.destination(), IpProtocol.TCP);
        this.iss = iss;
        this.figures = new ConnectionFigures(this);
        this.sndUna = iss;
        this.sndNxt = iss;
        this.sendQueue = new SendQueue(pool);
        this.receiveQueue = new ReceiveQueue(pool);
        this.reassembly = new ReassemblyQueue(pool);
        this.congestion = CongestionControls.create(config.congestionControl(), iss);
        this.scoreboard = new SackScoreboard(protocol.sentSegments());
        this.recovery = new NewRenoRecovery(scoreboard);
        this.lossTimer = new LossTimer(protocol.timers(), this);
        this.pacer = new Pacer(protocol.timers(), this);
        this.estimator = new RoundTripEstimator(config);
        this.timestamps =
                new Timestamps(protocol.initialSequenceNumber().timestampOffset(path, local.port(), remote.port()));
        this.retransmissions = new Retransmissions(this);
        this.retransmissionTimer = new RetransmissionTimer(protocol.timers(), estimator, retransmissions::timedOut);
        this.receiveWindow = new ReceiveWindow(this);
        this.pathMtu = new PathMtuDiscovery(this);
        this.sender = new SegmentSender(this);
        this.arrives = new SegmentArrives(this);
        this.persistTimer = new PersistTimer(protocol.timers(), estimator, config, closedWindow::probe);
        this.delayedAck =
                new DelayedAck(protocol.timers(), config, sender::transmit, () -> protocol.tellEndOfBurst(this));
        this.keepAlive = new KeepAlive(this);
        this.finWait2Timer = new FinWait2Timer(protocol.timers(), config, now -> enter(TcpState.CLOSED, now));
    }

    // ---- User calls (RFC 9293 3.9.1)

    /** The state; in TIME-WAIT that of the record that has taken this connection's place. */
    public TcpState state() {
        final TimeWaitRecord record = timeWait;
        return record == null || record.isQueued() ? state : TcpState.CLOSED;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public Endpoint remote() {
        return remote;
    }

    /** The live options of this connection; after a change call {@link #configChanged}. */
    public TcpConfig config() {
        return config;
    }

    /** Payload of a full segment, in bytes: the effective send MSS (RFC 9293 3.7.1). */
    public int segmentBytes() {
        return mss;
    }

    /** The size of the send buffer now, in bytes. */
    public int sendBufferBytes() {
        return room.bufferBytes();
    }

    /** The size of the receive buffer now, in bytes of payload. */
    public int receiveBufferBytes() {
        return receiveWindow.tuning().bufferBytes();
    }

    /** Memory of the stack that the connection's queues hold, in bytes: whole blocks, whatever lies in them. */
    public int heldBytes() {
        return sendQueue.chargedBytes() + receiveQueue.chargedBytes() + reassembly.chargedBytes();
    }

    /**
     * TCP_QUICKACK: acknowledges without delay from now on, beginning with what waits for an ACK; or delays. Either way until the connection
     * itself has a reason for the other; see {@link QuickAck}.
     */
    public void quickAck(final boolean on, final long nowNanos) {
        delayedAck.quickAck(on);
        if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT) {
            sender.transmit(nowNanos);
        }
    }

    /** Whether ACKs are sent without delay as far as quick ACKs go (TCP_QUICKACK). */
    public boolean isQuickAck() {
        return delayedAck.quickAck().isWanted();
    }

    /** TCP_INFO. */
    public TcpInfo info(final long nowNanos) {
        return figures.snapshot(nowNanos);
    }

    /** True if the peer's next segment may not fit any more, so that whoever waits for more to read may wait in vain (SO_RCVLOWAT). */
    public boolean isReceiveWindowClosing() {
        return receiveWindow.isClosing();
    }

    /** Sends what waits for more to come (Nagle, TCP_CORK, MSG_MORE), once. */
    public void flush(final long nowNanos) {
        sender.flush(nowNanos);
    }

    /** Largest IP packet on the path to the peer, in bytes (IP_MTU). */
    public int pathMtu() {
        return path.mtu();
    }

    /** Puts changed options into effect. */
    public void configChanged(final long nowNanos) {
        congestion = CongestionControls.successor(
                congestion, config.congestionControl(), iss, mss, config.initialWindowSegments() * mss);
        recovery.fastRecovery(congestion.fastRecovery());
        if (state.isSynchronized() && state != TcpState.TIME_WAIT) {
            keepAlive.update(nowNanos);
            sender.transmit(nowNanos);
        }
    }

    /** Who is told what happens. */
    public void observer(final ConnectionObserver newObserver) {
        this.observer = newObserver;
    }

    /** Why the connection failed, or null. */
    public @Nullable SocketError error() {
        return error;
    }

    /** An error that the network reported and the connection lived through (RFC 5461), or null. */
    public @Nullable SocketError softError() {
        return softError;
    }

    /** Bytes that {@link #write} takes now; 0 means wait for {@link ConnectionObserver#writable()}. */
    public int writableBytes() {
        return room.writableBytes();
    }

    /** Bytes of a mapped file that {@link #write} takes now; 0 means wait for {@link ConnectionObserver#writable()}. */
    public int writableSharedBytes() {
        return room.writableSharedBytes();
    }

    /**
     * SEND by reference: appends {@code length} bytes of {@code region}, which is retained until they are acknowledged and must not
     * change. How much is sensible {@link #writableBytes()} tells; more is taken all the same.
     *
     * @param more the rest of a message follows at once (MSG_MORE): a segment that is not full waits for it
     */
    public void write(
            final Region region, final int offset, final int length, final boolean more, final long nowNanos) {
        append(region, offset, length);
        push(more, nowNanos);
    }

    /** The first half of {@link #write}: nothing is sent before {@link #push}, so that several pieces go out together. */
    public void append(final Region region, final int offset, final int length) {
        if (state.canSend() && !finQueued) {
            sendQueue.append(region, offset, length);
        }
    }

    /** Sends what was appended, as far as the windows allow; {@code more} as in {@link #write}. */
    public void push(final boolean more, final long nowNanos) {
        moreComing = more;
        sender.transmit(nowNanos);
    }

    /** SEND by copying: takes up to {@code limit} bytes of {@code source}. @return how many, as far as there is room */
    public int write(final ByteBuffer source, final int limit, final boolean more, final long nowNanos) {
        final int taken = sendQueue.copyIn(source, Math.min(limit, writableBytes()));
        moreComing = more;
        sender.transmit(nowNanos);
        return taken;
    }

    /** Bytes that can be read now. */
    public int readableBytes() {
        return receiveQueue.length();
    }

    /** True if the peer's FIN has come (or the input was shut down) and everything before it was read: end of stream. */
    public boolean isInputEnded() {
        return receiveQueue.length() == 0 && (finReceived || inputShutdown);
    }

    /** RECEIVE by reference: lends up to {@code limit} bytes. @return how many are on loan */
    public int borrow(final ReadBatch batch, final int limit) {
        return receiveQueue.borrow(batch, readLimit(limit));
    }

    /** Gives {@code batch} back; the application has its first {@code bytes}. */
    public void consume(final ReadBatch batch, final int bytes, final long nowNanos) {
        batch.giveBack();
        if (bytes > 0 && receiveQueue.length() > 0) {
            receiveQueue.consume(bytes);
            urgentConsumed();
            receiveWindow.applicationHasRead(bytes, nowNanos);
        }
    }

    /** RECEIVE by copying. With {@code peek} the bytes stay. @return how many were copied */
    public int read(final ByteBuffer target, final boolean peek, final long nowNanos) {
        final int copied = receiveQueue.peek(target, readLimit(receiveQueue.length()));
        if (!peek && copied > 0) {
            receiveQueue.consume(copied);
            urgentConsumed();
            receiveWindow.applicationHasRead(copied, nowNanos);
        }
        return copied;
    }

    /** RECEIVE here and SEND on {@code target}, by reference, as far as that one has room. @return how many bytes have moved */
    int pass(final TcpConnection target, final long nowNanos) {
        final int moved = receiveQueue.moveTo(target.sendQueue, Math.min(readableBytes(), target.writableBytes()));
        if (moved > 0) {
            // If all that there is room for waits for more, no ACK will ever make room.
            final boolean inFlight = target.sndNxt != target.sndUna;
            target.push(readableBytes() > 0 && (inFlight || target.writableBytes() > 0), nowNanos);
            urgentConsumed();
            receiveWindow.applicationHasRead(moved, nowNanos);
        }
        return moved;
    }

    /** {@code sockatmark(3)}: what is read next stands at the urgent mark (RFC 6093). */
    public boolean isAtUrgentMark() {
        final UrgentPointer pointer = urgent;
        return pointer != null && pointer.isAtMark();
    }

    /** True if an urgent byte has come that was not read. */
    public boolean hasUrgentByte() {
        final UrgentPointer pointer = urgent;
        return pointer != null && pointer.isHere();
    }

    /** True if an urgent byte was announced and has not come. */
    public boolean isUrgentByteAnnounced() {
        final UrgentPointer pointer = urgent;
        return pointer != null && pointer.isAnnounced();
    }

    /** RECEIVE of the urgent byte apart (MSG_OOB), where {@link #hasUrgentByte()}; with {@code peek} it stays. */
    public byte readUrgentByte(final boolean peek) {
        return urgentPointer().take(peek);
    }

    /** The last of the next {@code length} bytes to be written is urgent (RFC 9293 3.9.1.2, the URGENT flag). */
    public void markUrgent(final int length) {
        urgentPointer().mark(length);
    }

    /** Bytes in the send queue that the peer has not acknowledged (SIOCOUTQ). */
    public int unacknowledgedBytes() {
        return sendQueue.length();
    }

    /** CLOSE of our direction only: a FIN goes out behind everything that was written. */
    public void shutdownOutput(final long nowNanos) {
        switch (state) {
            case SYN_RECEIVED, ESTABLISHED -> queueFin(TcpState.FIN_WAIT_1, nowNanos);
            case CLOSE_WAIT -> queueFin(TcpState.LAST_ACK, nowNanos);
            case SYN_SENT -> enter(TcpState.CLOSED, nowNanos);
            default -> {
                // Already closed, or never open.
            }
        }
    }

    /** Nobody will read any more: what comes is acknowledged and thrown away. */
    public void shutdownInput(final long nowNanos) {
        inputShutdown = true;
        receiveQueue.clear();
        receiveWindow.applicationHasRead(0, nowNanos);
        observer.readable();
    }

    /**
     * CLOSE by an application that goes away. What was written is still delivered, but if received data was not read the peer is told so
     * with a reset (RFC 1122 4.2.2.13).
     */
    public void close(final long nowNanos) {
        observer = ConnectionObserver.NONE;
        orphan = true;
        if (receiveQueue.length() > 0 && state.isSynchronized() && state != TcpState.TIME_WAIT) {
            abort(nowNanos);
            return;
        }
        receiveQueue.clear();
        if (!countedOrphan && state != TcpState.CLOSED && state != TcpState.TIME_WAIT) {
            countedOrphan = protocol.orphans().tryAdd();
            if (!countedOrphan) {
                statistics.orphansReset++;
                abort(nowNanos);
                return;
            }
        }
        shutdownOutput(nowNanos);
        if (state == TcpState.FIN_WAIT_2) {
            finWait2Timer.start(nowNanos);
        }
    }

    /** ABORT: everything is thrown away and the peer gets a reset. */
    public void abort(final long nowNanos) {
        receiveQueue.clear();
        abortFor(SocketError.ECONNABORTED, nowNanos);
    }

    // ---- What the parts of the connection ask for

    UrgentPointer urgentPointer() {
        UrgentPointer pointer = urgent;
        if (pointer == null) {
            pointer = new UrgentPointer(this);
            urgent = pointer;
        }
        return pointer;
    }

    /** Sequence number behind the data that has come in order. */
    int receivedEnd() {
        return finReceived ? rcvNxt - 1 : rcvNxt;
    }

    /** Sequence number of the next byte that the application reads. */
    int readNext() {
        return receivedEnd() - receiveQueue.length();
    }

    private void urgentConsumed() {
        if (urgent != null) {
            urgent.consumed();
        }
    }

    private int readLimit(final int wanted) {
        final UrgentPointer pointer = urgent;
        return pointer == null ? wanted : pointer.limit(wanted);
    }

    boolean isOrphan() {
        return orphan;
    }

    /** How often data is sent again before the connection is given up: nobody waits for an orphan, and it holds memory. */
    int retries() {
        return orphan ? Math.min(config.orphanRetries(), config.dataRetries()) : config.dataRetries();
    }

    boolean isInputShutdown() {
        return inputShutdown;
    }

    ConnectionObserver observer() {
        return observer;
    }

    /** Sequence number of the first byte in the send queue. */
    int queueStart() {
        return state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED ? iss + 1 : sndUna;
    }

    /** Sequence number behind the last byte in the send queue: that of the FIN, once there is one. */
    int queueEnd() {
        return queueStart() + sendQueue.length() - (isFinAcknowledged() ? 1 : 0);
    }

    /** True once the peer has our FIN. */
    boolean isFinAcknowledged() {
        return finSent && sendQueue.isEmpty() && sndUna == sndNxt;
    }

    /** True in the states in which data and FIN of ours can be on their way. */
    boolean maySendData() {
        return switch (state) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    int rcvWnd() {
        return rcvAdv - rcvNxt;
    }

    /** What the MSS option of our SYN says: no segment that we could not receive in one piece (RFC 9293 3.7.1, RFC 6691). */
    int offeredMss() {
        return offeredMss(path, config);
    }

    static int offeredMss(final IpPath path, final TcpConfig config) {
        final int largest = path.linkMtu() - path.ipHeaderLength() - TcpHeader.MIN_LENGTH;
        return config.maxSegment() > 0 ? Math.min(Math.max(MIN_MSS, config.maxSegment()), largest) : largest;
    }

    static int offeredShift(final TcpConfig config) {
        return config.windowShift() >= 0 ? config.windowShift() : WindowScale.shiftFor(config.receiveBufferLimit());
    }

    /** Takes in the options of the peer's SYN. */
    void negotiate(final Segment syn, final long nowNanos) {
        peerMss = syn.options.maximumSegmentSize() == 0 ? DEFAULT_MSS : syn.options.maximumSegmentSize();
        // RFC 7323 1.3 and 2.2: in use only if both SYNs carry the option.
        if (config.timestamps() && syn.options.hasTimestamps()) {
            timestamps.agree(syn.options.timestampValue(), nowNanos);
        }
        scaleAgreed = config.windowScaling() && syn.options.windowScale() >= 0;
        if (scaleAgreed) {
            windowScale.agree(syn.options.windowScale(), offeredShift(config));
        }
        ecn.synArrived(syn);
        sackAgreed = config.sack() && syn.options.sackPermitted();
        recovery = sackAgreed ? new RackRecovery(scoreboard) : new NewRenoRecovery(scoreboard);
        computeMss();
    }

    /** Active OPEN: sends the SYN. */
    void open(final long nowNanos) {
        enter(TcpState.SYN_SENT, nowNanos);
        sndNxt = iss + 1;
        if (config.fastOpen() && protocol.fastOpenCache().isWorthTrying(path.destination(), nowNanos)) {
            final FastOpenCache cache = protocol.fastOpenCache();
            fastOpenSyn = new FastOpenSyn(this, cache, cache.cookie(path.destination(), nowNanos));
        }
        timing.sent(sndNxt, nowNanos);
        retransmissionTimer.start(nowNanos);
        protocol.synSender().sendSyn(this, nowNanos);
    }

    /** Goes on from where a handshake stands whose last ACK has come: in SYN-RECEIVED. {@code syn} is what began it. */
    void takeOver(final HalfOpen half, final Segment syn, final long nowNanos) {
        listener = half.listener;
        state = TcpState.SYN_RECEIVED;
        irs = half.irs;
        rcvNxt = half.rcvNxt();
        rcvAdv = rcvNxt + half.window;
        sndNxt = iss + 1;
        sndWnd = syn.window;
        maxSndWnd = syn.window;
        negotiate(syn, nowNanos);
        ecn.synFlags(true); // they went out with the SYN-ACK already
        timestamps.ackSent(rcvNxt);
        sender.synSent(SendStatus.SENT, nowNanos); // or it would seem to have been idle for long
        retransmissions.synTimeouts(half.timeouts);
        // Should the ACK be refused after all, the SYN-ACK is repeated as before.
        retransmissionTimer.start(nowNanos);
        if (!half.repeated) {
            timing.sent(sndNxt, half.sentNanos);
        }
    }

    /**
     * Opens by a Fast Open cookie (RFC 7413 4.2.2), instead of {@link #takeOver}: the data of {@code syn} is received, and more can be sent
     * at once.
     */
    void openFast(
            final HalfOpen half, final Segment syn, final Segment data, final FastOpenServer server, final long now) {
        takeOver(half, syn, now);
        timing.cancel();
        sndUna = sndNxt;
        sndWl1 = irs;
        sndWl2 = sndUna;
        data.trimBack(rcvAdv);
        receiveQueue.append(data.memory(), data.payloadOffset(), data.payloadLength());
        rcvNxt += data.payloadLength();
        protocol.synSender().sendSynAck(this, now);
        fastOpen = new FastOpenHandshake(this, server, now);
        established(now);
    }

    /** The peer acknowledges what a Fast Open cookie has opened. */
    void fastOpenCompleted(final long nowNanos) {
        final FastOpenHandshake handshake = fastOpen;
        if (handshake != null) {
            fastOpen = null;
            handshake.acknowledged(nowNanos);
        }
    }

    /** Our SYN is acknowledged. Data that went along (RFC 7413) and was not taken is sent again. */
    void synAcknowledged(final int ack) {
        sendQueue.acknowledge(ack - (iss + 1));
        sndUna = ack;
        sndNxt = ack;
    }

    /** True if the SYN or SYN-ACK was sent again by the timer. */
    boolean synWasLost() {
        return retransmissions.synWasLost();
    }

    /** The handshake is complete. */
    void established(final long nowNanos) {
        enter(TcpState.ESTABLISHED, nowNanos);
        timeouts = 0;
        retransmissionTimer.stop();
        // RFC 6928: ten segments; RFC 5681 3.1: one, if the SYN or SYN-ACK was lost.
        final int segments = retransmissions.synWasLost() ? 1 : config.initialWindowSegments();
        congestion.established(mss, (int) Math.min((long) segments * mss, MAX_INITIAL_WINDOW));
        recovery.established(sndUna, mss);
        recovery.fastRecovery(congestion.fastRecovery());
        receiveWindow.tuning().established(estimator.srtt(), mss, nowNanos);
        keepAlive.update(nowNanos);
        final TcpListener owner = listener;
        if (owner != null) {
            statistics.connectionsAccepted++;
            owner.established(this);
        } else {
            statistics.connectionsOpened++;
            observer.connected();
        }
    }

    /** {@code bytes} of {@code segment} are new and in order; RCV.NXT is still before them. */
    void dataArrived(final Segment segment, final int bytes, final long nowNanos) {
        receiveWindow.dataArrived(segment, bytes >= largestReceived, nowNanos);
        largestReceived = Math.max(largestReceived, Math.min(bytes, offeredMss()));
        final int fullSegment = Math.max(largestReceived, DEFAULT_MSS);
        delayedAck.quickAck().dataArrived(rcvWnd(), fullSegment, estimator.rto(), nowNanos);
        delayedAck.dataArrived(bytes, fullSegment, nowNanos);
    }

    /** The largest payload that the peer has sent, as far as it counts as a full segment; 0 before any. */
    int largestReceived() {
        return largestReceived;
    }

    /** Answers a suspicious segment with {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}, but not too often (RFC 5961 7). */
    void challengeAck(final long nowNanos) {
        if (mayChallenge(protocol.challengeAcks(), nowNanos)) {
            statistics.challengeAcks++;
            sender.sendAck(nowNanos);
        }
    }

    boolean isBlocked() {
        return blocked;
    }

    /** The device took nothing: the protocol calls {@link #unblock} at its next poll. */
    void blockedByDevice() {
        if (!blocked) {
            blocked = true;
            protocol.resumeLater(this);
        }
    }

    void unblock(final long nowNanos) {
        blocked = false;
        if (state() != TcpState.CLOSED) {
            sender.transmit(nowNanos);
        }
    }

    /** All that has come for now is handled. */
    void burstEnded(final long nowNanos) {
        delayedAck.burstEnded();
        if (state() != TcpState.CLOSED) {
            sender.transmit(nowNanos);
        }
    }

    /** The path takes only smaller packets from now on (RFC 1191): smaller segments. */
    void pathMtuChanged() {
        computeMss();
    }

    private void computeMss() {
        final int options = timestamps.enabled() ? TcpOptions.TIMESTAMPS_LENGTH : 0;
        // RFC 9293 3.7.1: Eff.snd.MSS = min(SendMSS + 20, MMS_S) - TCPhdrsize - IPoptionsize
        // The lower limit is for what the peer says: the MTU of our own link is a fact.
        mss = pathMtu.limit(
                Math.min(Math.min(Math.max(MIN_MSS, peerMss), offeredMss()), pathMtu.largestSegment()) - options);
        congestion.mss(mss);
        recovery.mss(mss);
        sender.mssChanged();
    }

    /**
     * A mapped file in the send queue has become shorter. What is in flight may still arrive; then the peer is told, by a reset,
     * that the rest does not come: a stream that ended with a FIN would look complete.
     */
    void fileCutShort(final long nowNanos) {
        cutShort = true;
        if (sndUna == sndNxt) {
            abortFor(SocketError.EIO, nowNanos);
        }
    }

    boolean isCutShort() {
        return cutShort;
    }

    /** The Internet layer knows no way to the peer. */
    void unreachable(final long nowNanos) {
        softError = SocketError.EHOSTUNREACH;
        if (state == TcpState.SYN_SENT) {
            fail(SocketError.EHOSTUNREACH, nowNanos);
        }
    }

    void softError(final SocketError reported) {
        softError = reported;
    }

    /** Ends the connection with a reset. */
    void abortFor(final SocketError reason, final long nowNanos) {
        // RFC 9293 3.10.5: a reset is sent in the states in which the peer knows of the connection.
        switch (state) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> sender.sendReset(nowNanos);
            case CLOSING, LAST_ACK -> {
                if (!isFinAcknowledged()) {
                    sender.sendReset(nowNanos);
                }
            }
            default -> {
                // The peer knows nothing of us, or has all it wants.
            }
        }
        statistics.connectionsAborted++;
        fail(reason, nowNanos);
    }

    /** Ends the connection without a word to the peer. */
    void fail(final SocketError reason, final long nowNanos) {
        if (state != TcpState.CLOSED) {
            error = reason;
            enter(TcpState.CLOSED, nowNanos);
        }
    }

    /** Goes to another state, and does what is to be done on entering it. */
    void enter(final TcpState next, final long nowNanos) {
        final TcpState previous = state;
        if (previous == next) {
            return;
        }
        state = next;
        if (timeWait != null) {
            // CLOSED by ABORT: the record goes too (RFC 9293 3.10.5).
            protocol.timeWaits().remove(timeWait);
            delayedAck.stop();
            return;
        }
        statistics.observer().stateChanged(this, previous, next);
        if (countedOrphan && (next == TcpState.TIME_WAIT || next == TcpState.CLOSED)) {
            countedOrphan = false;
            protocol.orphans().remove();
        }
        if (next == TcpState.TIME_WAIT) {
            // The ACK of the FIN is still owed if the device had no room for it.
            stopTimers();
            reassembly.clear(); // what came from behind the peer's FIN
            timeWait = protocol.timeWaits().add(this, nowNanos);
            observer.closed();
        } else if (next == TcpState.FIN_WAIT_2) {
            if (orphan) {
                finWait2Timer.start(nowNanos);
            }
            observer.finAcknowledged();
        } else if (next == TcpState.CLOSED) {
            stopTimers();
            delayedAck.stop();
            final FastOpenHandshake handshake = fastOpen;
            if (handshake != null) {
                fastOpen = null;
                handshake.failed(nowNanos);
            }
            sendQueue.clear();
            reassembly.clear();
            scoreboard.clear();
            protocol.remove(this);
            observer.closed();
        }
    }

    private void stopTimers() {
        lossTimer.stop();
        pacer.stop();
        retransmissionTimer.stop();
        persistTimer.stop();
        keepAlive.stop();
        finWait2Timer.stop();
    }

    private void queueFin(final TcpState next, final long nowNanos) {
        // In SYN-RECEIVED the FIN waits for ESTABLISHED (RFC 9293 3.10.4): the queue holds it back until then.
        finQueued = true;
        moreComing = false;
        if (state != TcpState.SYN_RECEIVED) {
            enter(next, nowNanos);
            sender.transmit(nowNanos);
        }
    }

    @Override
    public String toString() {
        return local + " > " + remote + " " + state;
    }
}
