package io.tapstack.tcp;

import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One connection: the user calls of RFC 9293 3.9.1, and the parts that it is made of. Every idea has a class of its
 * own; what they all look at is the {@link ControlBlock}.
 *
 * <p>All calls are made under the stack's lock. Calls that may send take the stack's time.
 */
public final class TcpConnection extends ControlBlock {

    final SegmentSize segmentSize = new SegmentSize(this);
    final PathMtuDiscovery pathMtu;
    final Handshake handshake = new Handshake(this);
    final StateMachine life = new StateMachine(this);
    final ExplicitCongestionNotification ecn = new ExplicitCongestionNotification(this);
    final WindowReduction reduction = new WindowReduction(this);
    final RetransmissionTimer retransmissionTimer;
    final LossTimer lossTimer;
    final Pacer pacer;
    final PersistTimer persistTimer;
    final ClosedWindow closedWindow = new ClosedWindow(this);
    final DelayedAck delayedAck;
    final KeepAlive keepAlive;
    final ConnectionCounters counters;
    final ReceiveWindow receiveWindow;
    final SendBufferLimit room = new SendBufferLimit(this);
    final SegmentOutput output = new SegmentOutput(this);
    final SegmentSender sender;
    final SegmentArrives arrives;

    private boolean blocked;
    private boolean inputShutdown;
    private boolean inputUnwanted;
    private boolean writerWaiting;
    private ConnectionObserver observer = ConnectionObserver.NONE;

    TcpConnection(
            final TcpProtocol protocol,
            final IpPath path,
            final Endpoint local,
            final Endpoint remote,
            final int iss,
            final TcpConfig config) {
        super(protocol, path, local, remote, iss, config);
        final TimerWheel timers = protocol.timers();
        this.counters = new ConnectionCounters(this);
        this.lossTimer = new LossTimer(timers, this);
        this.pacer = new Pacer(this);
        this.retransmissionTimer = new RetransmissionTimer(timers, estimator, new Retransmissions(this)::timedOut);
        this.receiveWindow = new ReceiveWindow(this);
        this.pathMtu = new PathMtuDiscovery(this);
        this.sender = new SegmentSender(this);
        this.arrives = new SegmentArrives(this);
        this.persistTimer = new PersistTimer(timers, estimator, config, closedWindow::probe);
        this.delayedAck = new DelayedAck(timers, config, sender::transmit, () -> protocol.tellEndOfBurst(this));
        this.keepAlive = new KeepAlive(this);
    }

    // ---- User calls (RFC 9293 3.9.1)

    /** The state; in TIME-WAIT that of the record that has taken this connection's place. */
    public TcpState state() {
        return life.state();
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
     * TCP_QUICKACK: acknowledges without delay from now on, beginning with what waits for an ACK; or delays. Either way
     * until the connection itself has a reason for the other; see {@link QuickAck}.
     */
    public void quickAck(final boolean on, final long nowNanos) {
        delayedAck.quickAck(on);
        if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT) {
            sender.transmit(nowNanos);
        }
    }

    /** Somebody waits for the handshake with bytes to send, so that the ACK of the peer's SYN can go with them. */
    public void writerWaits() {
        writerWaiting = true;
    }

    boolean isWriterWaiting() {
        return writerWaiting;
    }

    /** Whether ACKs are sent without delay as far as quick ACKs go (TCP_QUICKACK). */
    public boolean isQuickAck() {
        return delayedAck.quickAck().isWanted();
    }

    /**
     * TCP_SAVED_SYN: the headers of the SYN that began the connection, if its listener keeps them and nobody has taken
     * them; else nothing.
     */
    public byte[] savedSyn() {
        final SavedSyn saved = savedSyn;
        return saved == null ? new byte[0] : saved.bytes();
    }

    /** What {@link #savedSyn()} has told is forgotten. */
    public void forgetSavedSyn() {
        savedSyn = null;
    }

    /** TCP_INFO. */
    public TcpInfo info(final long nowNanos) {
        return InfoSnapshot.of(this, nowNanos);
    }

    /**
     * True if the peer's next segment may not fit any more, so that whoever waits for more to read may wait in vain
     * (SO_RCVLOWAT).
     */
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
                congestion, config.congestionControl(), iss, mss, handshake.initialWindow());
        recovery.fastRecovery(congestion.fastRecovery());
        if (state.isSynchronized() && state != TcpState.TIME_WAIT) {
            keepAlive.update(nowNanos);
            sender.transmit(nowNanos);
        }
    }

    /**
     * Who else may bind to the local port as long as the connection has it; at first, as its binding or listener says.
     */
    public void sharing(final PortSharing with) {
        sharing = with;
    }

    /** Who is told what happens. */
    public void observer(final ConnectionObserver newObserver) {
        this.observer = newObserver;
    }

    /** Why the connection failed, or null. */
    public @Nullable SocketError error() {
        return life.error();
    }

    /** An error that the network reported and the connection lived through (RFC 5461), or null. */
    public @Nullable SocketError softError() {
        return life.softError();
    }

    /** The same, and it is forgotten: RFC 9293 3.9.1.8, MUST-47, wants such errors reported to whoever asks. */
    public @Nullable SocketError takeSoftError() {
        final SocketError reported = life.softError();
        life.forgetSoftError();
        return reported;
    }

    /** Bytes that {@link #write} takes now; 0 means wait for {@link ConnectionObserver#writable()}. */
    public int writableBytes() {
        return room.writableBytes();
    }

    /**
     * What poll says: false means wait for {@link ConnectionObserver#writable()}, though {@link #write} may take
     * something now.
     */
    public boolean isWritable() {
        return room.isWritable();
    }

    /** Bytes of a mapped file that {@link #write} takes now; 0 means wait for {@link ConnectionObserver#writable()}. */
    public int writableSharedBytes() {
        return room.writableSharedBytes();
    }

    /**
     * SEND by reference: appends {@code length} bytes of {@code region}, which is retained until they are acknowledged
     * and must not change. How much is sensible {@link #writableBytes()} tells; more is taken all the same.
     *
     * @param more the rest of a message follows at once (MSG_MORE): a segment that is not full waits for it
     */
    public void write(
            final Region region, final int offset, final int length, final boolean more, final long nowNanos) {
        append(region, offset, length);
        push(more, nowNanos);
    }

    /**
     * The first half of {@link #write}: nothing is sent before {@link #push}, so that several pieces go out together.
     */
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

    /** True if the device gathers payload where it lies; else the stack copies it for every segment. */
    public boolean sendsByReference() {
        return path.checksumOffload();
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
        final UrgentPointer pointer = urgent;
        return pointer == null ? receiveQueue.length() : pointer.readable(receiveQueue.length());
    }

    /** Sequence numbers that have come in order and were not read, the FIN among them (TCP_INQ). */
    public int unreadBytes() {
        return readableBytes() + (finReceived ? 1 : 0);
    }

    /** Bytes that can be read now and stand before the urgent one, if that is read apart (FIONREAD). */
    public int readableBeforeMark() {
        final UrgentPointer pointer = urgent;
        return pointer == null ? receiveQueue.length() : pointer.beforeMark(receiveQueue.length());
    }

    /**
     * True if the peer's FIN has come (or the input was shut down) and everything before it was read: end of stream.
     */
    public boolean isInputEnded() {
        return readableBytes() == 0 && (finReceived || inputShutdown);
    }

    /** RECEIVE by reference: lends up to {@code limit} bytes. @return how many are on loan */
    public int borrow(final ReadBatch batch, final int limit) {
        passUrgentMark();
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
        passUrgentMark();
        final int copied = receiveQueue.peek(target, readLimit(receiveQueue.length()));
        if (!peek && copied > 0) {
            receiveQueue.consume(copied);
            urgentConsumed();
            receiveWindow.applicationHasRead(copied, nowNanos);
        }
        return copied;
    }

    /**
     * RECEIVE here and SEND on {@code target}, by reference, as far as that one has room. @return how many bytes have
     * moved
     */
    int pass(final TcpConnection target, final long nowNanos) {
        passUrgentMark();
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

    /**
     * MSG_EOR: a record ends behind the next {@code length} bytes to be written, or with 0 behind those that were: no
     * segment spans its end.
     */
    public void endRecord(final int length) {
        sender.endRecord(queueEnd() + length);
    }

    /** Bytes in the send queue that the peer has not acknowledged, the FIN among them (SIOCOUTQ). */
    public int unacknowledgedBytes() {
        return sendQueue.length() + (isFinOutstanding() ? 1 : 0);
    }

    /** Bytes in the send queue that were never sent (SIOCOUTQNSD). */
    public int unsentBytes() {
        return Math.max(0, queueEnd() - sndNxt + (isFinOutstanding() ? 1 : 0));
    }

    private boolean isFinOutstanding() {
        return finQueued && state.isSynchronized() && !isFinAcknowledged();
    }

    /** The application reads on: what stood at the urgent mark and was to be read apart is lost, as on Linux. */
    public void passUrgentMark() {
        if (urgent != null) {
            urgent.pass();
        }
    }

    /** CLOSE of our direction only: a FIN goes out behind everything that was written. */
    public void shutdownOutput(final long nowNanos) {
        life.shutdownOutput(nowNanos);
    }

    /** Nobody will read any more: what comes is acknowledged and thrown away. */
    public void shutdownInput(final long nowNanos) {
        inputShutdown = true;
        receiveQueue.clear();
        receiveWindow.applicationHasRead(0, nowNanos);
        observer.readable();
    }

    /**
     * The application says that it will not read, though it still may, what is here and what comes. If the output ends
     * too, this is as good as a CLOSE: what comes then is answered with a reset (RFC 1122 4.2.2.13), as on Linux.
     */
    public void inputUnwanted() {
        inputUnwanted = true;
    }

    /**
     * CLOSE by an application that goes away. What was written is still delivered, but if received data was not read
     * the peer is told so with a reset (RFC 1122 4.2.2.13).
     */
    public void close(final long nowNanos) {
        observer = ConnectionObserver.NONE;
        life.abandon(nowNanos);
    }

    /** ABORT: everything is thrown away and the peer gets a reset. */
    public void abort(final long nowNanos) {
        life.abortFor(SocketError.ECONNABORTED, nowNanos);
        receiveQueue.clear();
    }

    /**
     * The last of the next {@code length} bytes to be written has its times told.
     *
     * @param kinds which of them: a set of Linux's {@code SOF_TIMESTAMPING_TX} flags
     */
    public void stampWrite(final int length, final int kinds, final StampObserver by) {
        TransmitStamps stamps = transmitStamps;
        if (stamps == null) {
            stamps = new TransmitStamps(this, by);
            transmitStamps = stamps;
        }
        stamps.request(queueEnd() + length - 1, kinds, by);
    }

    /** The sequence number of the next byte to be written. */
    public int writeSequence() {
        return queueEnd();
    }

    /** SND.UNA. */
    public int unacknowledgedSequence() {
        return sndUna;
    }

    /**
     * When the byte came that is {@code ahead} bytes behind the next one to be read; -1 for the last one that was read.
     * Known if {@link TcpConfig#stampArrivals} was on then.
     *
     * @return the stack's time, or {@link Long#MIN_VALUE}
     */
    public long arrivalNanos(final int ahead) {
        final ArrivalStamps stamps = arrivalStamps;
        if (stamps == null) {
            return ArrivalStamps.UNKNOWN;
        }
        stamps.forgetBefore(readNext() - 1);
        return stamps.of(readNext() + ahead);
    }

    // ---- What the parts of the connection ask for

    /** Notes when bytes came, if somebody wants to know. */
    void noteArrival(final int seq, final int length, final long nowNanos) {
        if (config.stampArrivals()) {
            ArrivalStamps stamps = arrivalStamps;
            if (stamps == null) {
                stamps = new ArrivalStamps();
                arrivalStamps = stamps;
            }
            stamps.forgetBefore(readNext() - 1);
            stamps.arrived(seq, seq + length, nowNanos);
        }
    }

    UrgentPointer urgentPointer() {
        UrgentPointer pointer = urgent;
        if (pointer == null) {
            pointer = new UrgentPointer(this);
            urgent = pointer;
        }
        return pointer;
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

    boolean isInputShutdown() {
        return inputShutdown;
    }

    boolean isInputUnwanted() {
        return inputUnwanted || inputShutdown;
    }

    ConnectionObserver observer() {
        return observer;
    }

    /** {@code bytes} of {@code segment} are new and in order; RCV.NXT is still before them. */
    void dataArrived(final Segment segment, final int bytes, final long nowNanos) {
        counters.dataArrived(nowNanos);
        receiveWindow.dataArrived(segment, segmentSize.received(bytes), nowNanos);
        final int fullSegment = segmentSize.fullReceived();
        delayedAck.quickAck().dataArrived(rcvWnd(), fullSegment, estimator.rto(), nowNanos);
        delayedAck.dataArrived(bytes, fullSegment, nowNanos);
    }

    /**
     * Answers a suspicious segment with {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}, but not too often (RFC 5961 7).
     */
    void challengeAck(final long nowNanos) {
        if (mayChallenge(protocol.challengeAcks(), nowNanos)) {
            statistics.challengeAcks++;
            output.sendAck(nowNanos);
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
        if (state() == TcpState.CLOSED) {
            life.sendOwedReset(nowNanos);
        } else {
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
}
