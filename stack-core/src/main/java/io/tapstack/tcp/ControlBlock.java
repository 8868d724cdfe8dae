package io.tapstack.tcp;

import io.tapstack.buffer.BufferPool;
import io.tapstack.event.StackStatistics;
import io.tapstack.ip.IpPath;
import io.tapstack.tcp.congestion.CongestionControl;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.tcp.recovery.LossRecovery;
import io.tapstack.tcp.recovery.NewRenoRecovery;
import io.tapstack.tcp.recovery.SackScoreboard;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.InternetChecksum;
import io.tapstack.wire.IpProtocol;
import org.jspecify.annotations.Nullable;

/**
 * The transmission control block of RFC 9293 3.3.1: what is known of a connection, under the RFC's names, and what
 * follows from that. What is done with it the parts of {@link TcpConnection} know.
 */
abstract sealed class ControlBlock extends DemuxEntry permits TcpConnection {

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
    int mss = SegmentSize.DEFAULT_MSS;

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

    boolean scaleAgreed;
    boolean sackAgreed;
    boolean finQueued;
    boolean finSent;
    boolean finReceived;
    boolean finAnnounced;
    int finSequence; // of the peer's FIN, once finAnnounced
    boolean moreComing;
    boolean zeroWindowProbeOutstanding;
    /**
     * A probe's byte (or FIN) counts as not sent any more, but can still be acknowledged: SND.UNA + 1 was sent once.
     */
    boolean zeroWindowProbeTakenBack;

    int timeouts; // in a row, of the same data
    final UserTimeout userTimeout;

    /** Null as long as nothing was urgent. */
    @Nullable
    UrgentPointer urgent;

    /** Null unless the application asks for the times of what it sends. */
    @Nullable
    TransmitStamps transmitStamps;

    /** Null unless the application asks for the times of what it receives. */
    @Nullable
    ArrivalStamps arrivalStamps;

    /** Null unless it is in use. */
    @Nullable
    UserTimeoutOption userTimeoutOption;

    /** Null unless its listener keeps SYNs, and as soon as it was read. */
    @Nullable
    SavedSyn savedSyn;

    /** The listener that this connection belongs to until it is accepted. */
    @Nullable
    TcpListener listener;

    ControlBlock(
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
        this.sndUna = iss;
        this.sndNxt = iss;
        this.sendQueue = new SendQueue(pool);
        this.receiveQueue = new ReceiveQueue(pool);
        this.reassembly = new ReassemblyQueue(pool);
        this.estimator = new RoundTripEstimator(config);
        this.userTimeout = new UserTimeout(config);
        this.timestamps =
                new Timestamps(protocol.initialSequenceNumber().timestampOffset(path, local.port(), remote.port()));
        this.scoreboard = new SackScoreboard(protocol.sentSegments());
        this.recovery = new NewRenoRecovery(scoreboard);
        this.congestion = CongestionControls.create(config.congestionControl(), iss);
    }

    @Override
    public final Endpoint local() {
        return local;
    }

    @Override
    public final Endpoint remote() {
        return remote;
    }

    /** RCV.WND. */
    final int rcvWnd() {
        return rcvAdv - rcvNxt;
    }

    /** Sequence number behind the data that has come in order. */
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

    /** Sequence number behind the last byte in the send queue: that of the FIN, once there is one. */
    final int queueEnd() {
        return queueStart() + sendQueue.length() - (isFinAcknowledged() ? 1 : 0);
    }

    /**
     * True if the peer has taken back a part of its window that was used already: the "usable window" of RFC 9293
     * 3.8.6.2.1 is negative. A scaled window may seem to shrink by less than its unit.
     */
    final boolean isPeerWindowShrunk() {
        return state.isSynchronized() && sndNxt - (sndUna + sndWnd) >= 1 << windowScale.sendShift();
    }

    /** True once the peer has our FIN. */
    final boolean isFinAcknowledged() {
        return finSent && sendQueue.isEmpty() && sndUna == sndNxt;
    }

    /** True in the states in which data and FIN of ours can be on their way. */
    final boolean maySendData() {
        return switch (state) {
            case ESTABLISHED, CLOSE_WAIT, FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return local + " > " + remote + " " + state;
    }
}
