package io.tapstack.tcp.connection;

import io.tapstack.buffer.BufferPool;
import io.tapstack.error.SocketError;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.congestion.CongestionControl;
import io.tapstack.tcp.demux.DemuxEntry;
import io.tapstack.tcp.passive.ListenState;
import io.tapstack.tcp.queue.ArrivalStamps;
import io.tapstack.tcp.queue.ReassemblyQueue;
import io.tapstack.tcp.queue.ReceiveQueue;
import io.tapstack.tcp.queue.RecordEnds;
import io.tapstack.tcp.queue.SelectiveAcks;
import io.tapstack.tcp.queue.SendQueue;
import io.tapstack.tcp.recovery.AckArrival;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.tcp.recovery.NewRenoRecovery;
import io.tapstack.tcp.recovery.SackScoreboard;
import io.tapstack.tcp.segment.MaximumSegmentSize;
import io.tapstack.tcp.segment.SavedSyn;
import io.tapstack.tcp.segment.Timestamps;
import io.tapstack.tcp.segment.UserTimeoutOption;
import io.tapstack.tcp.segment.WindowScale;
import io.tapstack.tcp.timing.DelayedAck;
import io.tapstack.tcp.timing.PersistTimer;
import io.tapstack.tcp.timing.RetransmissionTimer;
import io.tapstack.tcp.timing.RoundTripEstimator;
import io.tapstack.tcp.timing.RoundTripTiming;
import io.tapstack.tcp.timing.Timeouts;
import io.tapstack.tcp.timing.UserTimeout;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import io.tapstack.wire.SequenceNumber;
import org.jspecify.annotations.Nullable;

/**
 * The transmission control block of RFC 9293 3.3.1: the variables of a connection under the RFC's names, its queues and
 * timers, and values derived from these. The parts of a connection hold this block and the few other parts that they
 * call. An action on the whole connection is an abstract method here, which {@link Connection} implements.
 */
abstract class ControlBlock extends DemuxEntry implements ConnectionHost.Waiting, Timeouts {

    /** R1 (RFC 1122 4.2.3.5): retransmissions without an answer after which the IP layer is told. */
    static final int ADVICE_AFTER = 3;

    final ConnectionHost host;
    final BufferPool pool;
    final StackStatistics statistics;
    final TcpConfig config;
    final long pseudoHeaderSum;

    TcpState state = TcpState.CLOSED;

    // Send sequence variables (RFC 9293 3.3.1). The send queue holds the bytes from SND.UNA, without the SYN, to
    // queueEnd().
    int sndUna;
    int sndNxt;
    int sndWnd;
    int sndWl1;
    int sndWl2;
    int maxSndWnd;
    final int iss;

    // Receive sequence variables. RCV.WND is rcvAdv - rcvNxt: the part of the announced window that the peer has not
    // used.
    int rcvNxt;
    int rcvAdv;
    int irs;

    /** Payload of a full segment in bytes, without options: Eff.snd.MSS (RFC 9293 3.7.1). */
    int mss = MaximumSegmentSize.DEFAULT;

    /**
     * Sequence number behind the last segment sent that was smaller than the MSS, for Minshall's form of Nagle's
     * algorithm.
     */
    int sndSml;

    long lastSendNanos;

    final SendQueue sendQueue;
    final ReceiveQueue receiveQueue;
    final ReassemblyQueue reassembly;
    final SelectiveAcks sacks = new SelectiveAcks();
    final RoundTripEstimator estimator;
    final RoundTripTiming timing = new RoundTripTiming();
    final WindowScale windowScale = new WindowScale();
    final Timestamps timestamps;
    final SackScoreboard scoreboard;
    LossRecovery recovery;
    CongestionControl congestion;
    final RetransmissionTimer retransmissionTimer;
    final PersistTimer persistTimer;
    final DelayedAck delayedAck;

    // Parts that use the control block alone.
    final SegmentSize segmentSize = new SegmentSize(this);
    final PathMtuDiscovery pathMtu;
    final ExplicitCongestionNotification ecn;
    final ConnectionCounters counters;

    ConnectionObserver observer = ConnectionObserver.NONE;

    boolean scaleAgreed;
    boolean sackAgreed;
    boolean finQueued;
    boolean finSent;
    boolean finReceived;
    boolean finAnnounced;
    int finSequence; // of the peer's FIN, valid once finAnnounced
    boolean moreComing; // MSG_MORE
    boolean inputShutdown;
    boolean inputUnwanted;
    boolean writerWaiting; // with data for the ACK of the peer's SYN
    boolean orphan; // the application has closed the connection
    boolean cutShort; // a mapped file in the send queue is shorter than when it was written
    boolean blocked; // the device has no room
    boolean cwndLimited; // the last transmission stopped because of the congestion window
    boolean peerWindowLimited; // it stopped because of the peer's window
    boolean wakesWriter; // the application waits for room in the send buffer
    boolean zeroWindowProbeOutstanding;
    /** The byte or FIN of a zero-window probe no longer counts as sent, but the peer may still acknowledge it. */
    boolean zeroWindowProbeTakenBack;

    int timeouts; // in a row, for the same data
    final UserTimeout userTimeout;

    /** The error that ended the connection, or null. */
    @Nullable
    SocketError error;

    /** A soft error: reported by the network, but not fatal (RFC 5461). Null if there is none. */
    @Nullable
    SocketError softError;

    /** Record boundaries (MSG_EOR); null before the first. */
    @Nullable
    RecordEnds records;

    /** Urgent data; null before the first. */
    @Nullable
    UrgentPointer urgent;

    /** Transmit timestamps; null unless the application asks for them. */
    @Nullable
    TransmitStamps transmitStamps;

    /** Receive timestamps; null unless the application asks for them. */
    @Nullable
    ArrivalStamps arrivalStamps;

    /** The User Timeout Option (RFC 5482); null unless it is in use. */
    @Nullable
    UserTimeoutOption userTimeoutOption;

    /** The peer's SYN (TCP_SAVE_SYN); null unless the listener keeps it, and after it was read. */
    @Nullable
    SavedSyn savedSyn;

    /** The listener that has the connection until it is accepted; then null. */
    @Nullable
    ListenState listener;

    ControlBlock(
            final ConnectionHost host,
            final IpPath path,
            final int localPort,
            final int remotePort,
            final int iss,
            final TcpConfig config) {
        super(path, localPort, remotePort);
        this.host = host;
        this.pool = host.pool;
        this.statistics = host.statistics;
        this.config = config;
        this.pseudoHeaderSum = InternetChecksum.pseudoHeader(path.source(), path.destination(), IpProtocol.TCP);
        this.iss = iss;
        this.sndUna = iss;
        this.sndNxt = iss;
        this.sndSml = iss;
        this.sendQueue = new SendQueue(pool);
        this.receiveQueue = new ReceiveQueue(pool);
        this.reassembly = new ReassemblyQueue(pool);
        this.estimator = new RoundTripEstimator(config);
        this.userTimeout = new UserTimeout(config);
        this.timestamps = new Timestamps(host.initialSequenceNumber.timestampOffset(path, localPort, remotePort));
        this.scoreboard = new SackScoreboard(host.sentSegments);
        this.recovery = new NewRenoRecovery(scoreboard);
        this.congestion = config.congestionControlFactory().create(iss);
        this.retransmissionTimer = new RetransmissionTimer(host.timers, estimator, this);
        this.persistTimer = new PersistTimer(host.timers, estimator, config, this);
        this.delayedAck = new DelayedAck(host.timers, config, this);
        this.pathMtu = new PathMtuDiscovery(this);
        this.ecn = new ExplicitCongestionNotification(this);
        this.counters = new ConnectionCounters(this);
    }

    // ---- Actions of the whole connection

    /** Sends all segments that are allowed now, and an ACK if one is due. */
    abstract void transmit(long nowNanos);

    /** Enters another state of RFC 9293 3.3.2. */
    abstract void enter(TcpState next, long nowNanos);

    /** Ends the connection without a segment to the peer. */
    abstract void fail(SocketError reason, long nowNanos);

    /** Ends the connection with a reset. */
    abstract void abortFor(SocketError reason, long nowNanos);

    /** Gives the connection to its listener after the handshake, or reports an active open to the application. */
    abstract void handOver(long nowNanos);

    /**
     * Answers a suspicious segment with {@code <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>}, but not too often (RFC 5961 7).
     */
    abstract void challengeAck(long nowNanos);

    // ---- Values derived from the variables

    /** RCV.WND. */
    final int rcvWnd() {
        return rcvAdv - rcvNxt;
    }

    /** Sequence number behind the data received in order, without the FIN. */
    final int receivedEnd() {
        return finReceived ? rcvNxt - 1 : rcvNxt;
    }

    /** Sequence number of the next byte that the application reads. */
    final int readNext() {
        return receivedEnd() - receiveQueue.length();
    }

    /** Sequence number of the first byte in the send queue. */
    final int queueStart() {
        return state == TcpState.SYN_SENT || state == TcpState.SYN_RECEIVED ? iss + 1 : sndUna;
    }

    /** Sequence number behind the last byte in the send queue, which is that of our FIN, if any. */
    final int queueEnd() {
        return queueStart() + sendQueue.length() - (isFinAcknowledged() ? 1 : 0);
    }

    /**
     * True if the peer has shrunk its window below SND.NXT: the "usable window" of RFC 9293 3.8.6.2.1 is negative. A
     * difference of less than one unit of the window scale does not count.
     */
    final boolean isPeerWindowShrunk() {
        return state.isSynchronized() && sndNxt - (sndUna + sndWnd) >= 1 << windowScale.sendShift();
    }

    /**
     * SND.UNA has moved. The end of the last small segment follows, as after 2 GiB an old value would seem to lie
     * ahead.
     */
    final void acknowledgedUpTo(final int ack) {
        sndSml = SequenceNumber.max(sndSml, ack);
        if (records != null) {
            records.acknowledged(ack);
        }
    }

    /** The urgent pointer, created at the first use. */
    final UrgentPointer urgentPointer() {
        UrgentPointer pointer = urgent;
        if (pointer == null) {
            pointer = new UrgentPointer(this);
            urgent = pointer;
        }
        return pointer;
    }

    /** Records the arrival time of bytes, if the application asks for it. */
    final void noteArrival(final int seq, final int length, final long nowNanos) {
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

    /**
     * True if no record ends between the bytes {@code first} and {@code last}, so that one segment may contain both.
     */
    final boolean isOneRecord(final int first, final int last) {
        final int length = last - first + 1;
        return records == null || records.limit(first, length) == length;
    }

    /** The shared {@link AckArrival}, filled for a timer event instead of an ACK. */
    final AckArrival timerEvent(final long nowNanos) {
        final AckArrival arrival = host.arrival;
        arrival.begin(nowNanos, sndUna, sndNxt);
        arrival.srttNanos = estimator.srtt();
        arrival.minRttNanos = estimator.minimum();
        return arrival;
    }

    /** Retransmissions before the connection fails. An orphan has fewer, as it holds memory. */
    final int retries() {
        return orphan ? Math.min(config.orphanRetries(), config.dataRetries()) : config.dataRetries();
    }

    /** The soft error if the network has reported one, as it is more precise; else {@code otherwise}. */
    final SocketError errorOr(final SocketError otherwise) {
        final SocketError reported = softError;
        return reported == null ? otherwise : reported;
    }

    /** A segment with an ACK was sent, so no delayed ACK is pending. */
    final void acknowledgedWithSegment() {
        delayedAck.ackSent();
        timestamps.ackSent(rcvNxt);
    }

    /** The device has no room for a segment: the host calls {@link #deviceReady} at its next poll. */
    final void blockedByDevice() {
        if (!blocked) {
            blocked = true;
            host.resumeWhenDeviceIsReady(this);
        }
    }

    /**
     * A mapped file in the send queue was truncated. Data in flight may still arrive; then the connection is reset, as
     * a FIN would make the stream look complete.
     */
    final void fileCutShort(final long nowNanos) {
        cutShort = true;
        if (sndUna == sndNxt) {
            abortFor(SocketError.EIO, nowNanos);
        }
    }

    /**
     * Tells the IP layer after R1 retransmissions, of a SYN too, that the peer may be unreachable (RFC 1122 4.2.3.5).
     */
    final void advise(final int retransmissions) {
        if (retransmissions >= ADVICE_AFTER) {
            path.suspectUnreachable();
        }
    }

    /** True once our FIN is acknowledged. */
    final boolean isFinAcknowledged() {
        return finSent && sendQueue.isEmpty() && sndUna == sndNxt;
    }

    /** True in the states in which our data or FIN may be sent or in flight. */
    final boolean maySendData() {
        return switch (state) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return local() + " > " + remote() + " " + state;
    }
}
