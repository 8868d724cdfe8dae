package io.tapstack.tcp.connection;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import io.tapstack.error.SocketError;
import io.tapstack.ip.IcmpError;
import io.tapstack.ip.IpPath;
import io.tapstack.ip.ReceivedPacket;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.PortSharing;
import io.tapstack.tcp.ReadBatch;
import io.tapstack.tcp.StampObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpSplice;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.tcp.passive.ListenState;
import io.tapstack.tcp.passive.UnacceptedConnection;
import io.tapstack.tcp.queue.ArrivalStamps;
import io.tapstack.tcp.queue.RecordEnds;
import io.tapstack.tcp.segment.SavedSyn;
import io.tapstack.tcp.segment.Segment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection: creates and connects its parts, and takes the user calls of RFC 9293 3.9.1. Each part is a class
 * that works on the {@link ControlBlock}.
 *
 * <p>All calls are made under the stack's lock. Calls that may send take the stack's time in nanoseconds.
 */
public final class Connection extends ControlBlock implements UnacceptedConnection {

    /** The three-way handshake (RFC 9293 3.5). */
    final Handshake handshake;

    final StateMachine states;
    final WindowReduction reduction;
    final LossTimer lossTimer;
    final Pacer pacer;
    final KeepAlive keepAlive;
    final ReceiveWindow receiveWindow;
    /** SEGMENT ARRIVES (RFC 9293 3.10.7). */
    public final SegmentArrives arrives;

    private final SendBufferLimit sendBuffer;
    private final SegmentOutput output;
    private final SegmentSender sender;
    private final Retransmissions retransmissions;

    /** Creates a connection in CLOSED; {@link #open} or a passive open begins the handshake. */
    public Connection(
            final ConnectionHost host,
            final IpPath path,
            final int localPort,
            final int remotePort,
            final int iss,
            final TcpConfig config) {
        super(host, path, localPort, remotePort, iss, config);
        this.receiveWindow = new ReceiveWindow(this);
        this.sendBuffer = new SendBufferLimit(this);
        this.pacer = new Pacer(this);
        this.reduction = new WindowReduction(this);
        this.output = new SegmentOutput(this, receiveWindow, pacer);
        this.sender = new SegmentSender(this, output, pacer, reduction, sendBuffer);
        this.lossTimer = sender.lossTimer();
        this.keepAlive = new KeepAlive(this, output);
        this.handshake = new Handshake(this, receiveWindow, keepAlive);
        this.retransmissions = new Retransmissions(this, handshake, reduction, lossTimer, pacer);
        this.states = new StateMachine(this, output, handshake, keepAlive, lossTimer, pacer);
        final AckProcessor acks = new AckProcessor(this, reduction, lossTimer, sendBuffer);
        this.arrives = new SegmentArrives(this, handshake, acks, receiveWindow, keepAlive);
    }

    // ---- Calls of the protocol

    /** Active OPEN: sends the SYN, with as much of {@code data} as Fast Open allows. */
    public void open(final ByteBuffer data, final long nowNanos) {
        handshake.open(data, nowNanos);
    }

    /** SEGMENT ARRIVES (RFC 9293 3.10.7). */
    public void segmentArrives(final Segment segment, final long nowNanos) {
        arrives.process(segment, nowNanos);
    }

    /**
     * Processes an ICMP error.
     *
     * @param quoted the quoted packet; its head is at the TCP header
     * @param info addresses and fields of the quoted packet
     * @return false if the error does not quote a sequence number in flight
     */
    public boolean icmpError(
            final IcmpError error,
            final int mtu,
            final PacketBuffer quoted,
            final ReceivedPacket info,
            final long nowNanos) {
        return IcmpErrors.receive(this, error, mtu, quoted, info, nowNanos);
    }

    /** Ends the connection with a reset; the application gets {@code reason}. */
    public void abort(final SocketError reason, final long nowNanos) {
        states.abortFor(reason, nowNanos);
    }

    // ---- User calls (RFC 9293 3.9.1)

    @Override
    public TcpState state() {
        return states.state();
    }

    @Override
    public TcpConfig config() {
        return config;
    }

    @Override
    public int segmentBytes() {
        return mss;
    }

    @Override
    public int sendBufferBytes() {
        return sendBuffer.bufferBytes();
    }

    @Override
    public int receiveBufferBytes() {
        return receiveWindow.tuning().bufferBytes();
    }

    @Override
    public int heldBytes() {
        return sendQueue.chargedBytes() + receiveQueue.chargedBytes() + reassembly.chargedBytes();
    }

    @Override
    public void quickAck(final boolean on, final long nowNanos) {
        delayedAck.quickAck(on);
        if (state == TcpState.ESTABLISHED || state == TcpState.CLOSE_WAIT) {
            transmit(nowNanos);
        }
    }

    @Override
    public void writerWaits() {
        writerWaiting = true;
    }

    @Override
    public boolean isQuickAck() {
        return delayedAck.quickAck().isWanted();
    }

    @Override
    public byte[] savedSyn() {
        final SavedSyn saved = savedSyn;
        return saved == null ? new byte[0] : saved.bytes();
    }

    @Override
    public void forgetSavedSyn() {
        savedSyn = null;
    }

    @Override
    public TcpInfo info(final long nowNanos) {
        return InfoSnapshot.of(this, nowNanos);
    }

    @Override
    public boolean isReceiveWindowClosing() {
        return receiveWindow.isClosing();
    }

    @Override
    public void flush(final long nowNanos) {
        if (handshake.sendOwedSyn(nowNanos)) {
            sender.flush(nowNanos);
        }
    }

    @Override
    public int pathMtu() {
        return path.mtu();
    }

    @Override
    public void configChanged(final long nowNanos) {
        congestion = CongestionControls.successor(
                congestion, config.congestionControlFactory(), iss, mss, handshake.initialWindow());
        recovery.fastRecovery(congestion.fastRecovery());
        if (state.isSynchronized() && state != TcpState.TIME_WAIT) {
            keepAlive.configChanged(nowNanos);
            transmit(nowNanos);
        }
    }

    @Override
    public void sharing(final PortSharing with) {
        sharing = with;
    }

    @Override
    public TcpSplice spliceWith(final TcpConnection other, final Runnable whenEnded) {
        if (!(other instanceof Connection second)) {
            throw new IllegalArgumentException("connections of two stacks");
        }
        return Splice.join(this, second, whenEnded);
    }

    @Override
    public void accepted() {
        listener = null;
    }

    @Override
    public void observer(final ConnectionObserver newObserver) {
        this.observer = newObserver;
    }

    @Override
    public @Nullable SocketError error() {
        return error;
    }

    @Override
    public @Nullable SocketError softError() {
        return softError;
    }

    @Override
    public @Nullable SocketError takeSoftError() {
        final SocketError reported = softError;
        softError = null;
        return reported;
    }

    @Override
    public int writableBytes() {
        return sendBuffer.writableBytes();
    }

    @Override
    public boolean isWritable() {
        return sendBuffer.isWritable();
    }

    @Override
    public int writableSharedBytes() {
        return sendBuffer.writableSharedBytes();
    }

    @Override
    public void wakeWriter() {
        sendBuffer.wakeWriter();
    }

    @Override
    public boolean write(
            final Region region, final int offset, final int length, final boolean more, final long nowNanos) {
        final boolean taken = append(region, offset, length);
        push(more, nowNanos);
        return taken;
    }

    @Override
    public boolean append(final Region region, final int offset, final int length) {
        if (!state.canSend() || finQueued) {
            return false;
        }
        sendQueue.append(region, offset, length);
        return true;
    }

    @Override
    public void push(final boolean more, final long nowNanos) {
        moreComing = more;
        transmit(nowNanos);
    }

    @Override
    public boolean sendsByReference() {
        return path.checksumOffload();
    }

    @Override
    public int write(final ByteBuffer source, final int limit, final boolean more, final long nowNanos) {
        final int room = writableBytes();
        if (room == 0) {
            wakeWriter();
        }
        final int taken = sendQueue.copyIn(source, Math.min(limit, room));
        moreComing = more;
        transmit(nowNanos);
        return taken;
    }

    @Override
    public int readableBytes() {
        final UrgentPointer pointer = urgent;
        return pointer == null ? receiveQueue.length() : pointer.readable(receiveQueue.length());
    }

    @Override
    public int unreadBytes() {
        return readableBytes() + (finReceived ? 1 : 0);
    }

    @Override
    public int readableBeforeMark() {
        final UrgentPointer pointer = urgent;
        return pointer == null ? receiveQueue.length() : pointer.beforeMark(receiveQueue.length());
    }

    @Override
    public boolean isInputEnded() {
        return readableBytes() == 0 && (finReceived || inputShutdown);
    }

    @Override
    public int borrow(final ReadBatch batch, final int limit) {
        passUrgentMark();
        return receiveQueue.borrow(batch, readLimit(limit));
    }

    @Override
    public void consume(final ReadBatch batch, final int bytes, final long nowNanos) {
        batch.giveBack();
        if (bytes > 0 && receiveQueue.length() > 0) {
            receiveQueue.consume(bytes);
            urgentConsumed();
            receiveWindow.applicationHasRead(bytes, nowNanos);
        }
    }

    @Override
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
     * RECEIVE here and SEND on {@code target}, by reference, as far as the send buffer of {@code target} has room.
     *
     * @return bytes moved
     */
    int pass(final Connection target, final long nowNanos) {
        passUrgentMark();
        final int room = target.writableBytes();
        if (room == 0) {
            target.wakeWriter();
        }
        final int moved = receiveQueue.moveTo(target.sendQueue, Math.min(readableBytes(), room));
        if (moved > 0) {
            // If nothing is in flight and the buffer is full, no ACK will free room, so the data is pushed.
            final boolean inFlight = target.sndNxt != target.sndUna;
            target.push(readableBytes() > 0 && (inFlight || target.writableBytes() > 0), nowNanos);
            urgentConsumed();
            receiveWindow.applicationHasRead(moved, nowNanos);
        }
        return moved;
    }

    @Override
    public boolean isAtUrgentMark() {
        final UrgentPointer pointer = urgent;
        return pointer != null && pointer.isAtMark();
    }

    @Override
    public boolean hasUrgentByte() {
        final UrgentPointer pointer = urgent;
        return pointer != null && pointer.isHere();
    }

    @Override
    public boolean isUrgentByteAnnounced() {
        final UrgentPointer pointer = urgent;
        return pointer != null && pointer.isAnnounced();
    }

    @Override
    public byte readUrgentByte(final boolean peek) {
        return urgentPointer().take(peek);
    }

    @Override
    public void markUrgent(final int length) {
        urgentPointer().mark(length);
    }

    @Override
    public void endRecord(final int length) {
        RecordEnds ends = records;
        if (ends == null) {
            ends = new RecordEnds();
            records = ends;
        }
        ends.add(queueEnd() + length);
    }

    @Override
    public int unacknowledgedBytes() {
        return sendQueue.length() + (isFinOutstanding() ? 1 : 0);
    }

    @Override
    public int unsentBytes() {
        return Math.max(0, queueEnd() - sndNxt + (isFinOutstanding() ? 1 : 0));
    }

    private boolean isFinOutstanding() {
        return finQueued && state.isSynchronized() && !isFinAcknowledged();
    }

    @Override
    public void passUrgentMark() {
        if (urgent != null) {
            urgent.pass();
        }
    }

    @Override
    public void shutdownOutput(final long nowNanos) {
        states.shutdownOutput(nowNanos);
    }

    @Override
    public void shutdownInput(final long nowNanos) {
        inputShutdown = true;
        receiveQueue.clear();
        receiveWindow.applicationHasRead(0, nowNanos);
        observer.readable();
    }

    @Override
    public void inputUnwanted() {
        inputUnwanted = true;
    }

    @Override
    public void close(final long nowNanos) {
        observer = ConnectionObserver.NONE;
        states.abandon(nowNanos);
    }

    @Override
    public void abort(final long nowNanos) {
        states.abort(nowNanos);
    }

    @Override
    public void stampWrite(final int length, final int kinds, final StampObserver by) {
        TransmitStamps stamps = transmitStamps;
        if (stamps == null) {
            stamps = new TransmitStamps(this, by);
            transmitStamps = stamps;
        }
        stamps.request(queueEnd() + length - 1, kinds, by);
    }

    @Override
    public int writeSequence() {
        return queueEnd();
    }

    @Override
    public int unacknowledgedSequence() {
        return sndUna;
    }

    @Override
    public long arrivalNanos(final int ahead) {
        final ArrivalStamps stamps = arrivalStamps;
        if (stamps == null) {
            return ArrivalStamps.UNKNOWN;
        }
        stamps.forgetBefore(readNext() - 1);
        return stamps.of(readNext() + ahead);
    }

    // ---- Actions of the whole connection, called by its parts

    private void urgentConsumed() {
        if (urgent != null) {
            urgent.consumed();
        }
    }

    private int readLimit(final int wanted) {
        final UrgentPointer pointer = urgent;
        return pointer == null ? wanted : pointer.limit(wanted);
    }

    @Override
    void transmit(final long nowNanos) {
        // The peer drops data until it has the SYN, so nothing else is sent.
        if (handshake.sendOwedSyn(nowNanos)) {
            sender.transmit(nowNanos);
        }
    }

    @Override
    void enter(final TcpState next, final long nowNanos) {
        states.enter(next, nowNanos);
    }

    @Override
    void fail(final SocketError reason, final long nowNanos) {
        states.fail(reason, nowNanos);
    }

    @Override
    public void abortFor(final SocketError reason, final long nowNanos) {
        states.abortFor(reason, nowNanos);
    }

    @Override
    void handOver(final long nowNanos) {
        final ListenState belongsTo = listener;
        if (belongsTo != null) {
            statistics.connectionsAccepted++;
            belongsTo.established(this, nowNanos);
        } else {
            statistics.connectionsOpened++;
            observer.connected();
        }
    }

    @Override
    void challengeAck(final long nowNanos) {
        if (mayChallenge(host.challengeAcks, nowNanos)) {
            statistics.challengeAcks++;
            output.sendAck(nowNanos);
        }
    }

    @Override
    public void retransmissionTimeout(final long nowNanos) {
        retransmissions.timedOut(nowNanos);
    }

    @Override
    public void persistTimeout(final long nowNanos) {
        sender.closedWindow().probe(nowNanos);
    }

    @Override
    public void ackTimeout(final long nowNanos) {
        transmit(nowNanos);
    }

    @Override
    public void ackAfterBurst() {
        host.resumeAfterBurst(this);
    }

    @Override
    public void deviceReady(final long nowNanos) {
        blocked = false;
        if (state() == TcpState.CLOSED) {
            states.sendOwedReset(nowNanos);
        } else {
            transmit(nowNanos);
        }
    }

    @Override
    public void burstEnded(final long nowNanos) {
        delayedAck.burstEnded();
        if (state() != TcpState.CLOSED) {
            transmit(nowNanos);
        }
    }
}
