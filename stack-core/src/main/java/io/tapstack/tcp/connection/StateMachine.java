package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.timewait.TimeWaitRecord;
import io.tapstack.tcp.timing.FinWait2Timer;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a connection (RFC 9293 3.3.2), and the ways in which it ends: by FINs, a reset or an error, with
 * or without its application.
 */
final class StateMachine {

    private final ControlBlock tcb;
    private final SegmentOutput output;
    private final Handshake handshake;
    private final KeepAlive keepAlive;
    private final LossTimer lossTimer;
    private final Pacer pacer;
    // Created when the application has closed and the peer has not.
    private @Nullable FinWait2Timer finWait2Timer;
    private boolean countedOrphan;
    private boolean resetOwed; // the device had no room for it

    /** The record of this connection in TIME-WAIT; it may expire while the application still reads. */
    private @Nullable TimeWaitRecord timeWait;

    StateMachine(
            final ControlBlock tcb,
            final SegmentOutput output,
            final Handshake handshake,
            final KeepAlive keepAlive,
            final LossTimer lossTimer,
            final Pacer pacer) {
        this.tcb = tcb;
        this.output = output;
        this.handshake = handshake;
        this.keepAlive = keepAlive;
        this.lossTimer = lossTimer;
        this.pacer = pacer;
    }

    /** The state. In TIME-WAIT, CLOSED once the record has expired. */
    TcpState state() {
        final TimeWaitRecord record = timeWait;
        return record == null || record.isQueued() ? tcb.state : TcpState.CLOSED;
    }

    /** Enters another state and does the work of the transition. */
    void enter(final TcpState next, final long nowNanos) {
        final TcpState previous = tcb.state;
        if (previous == next) {
            return;
        }
        tcb.state = next;
        if (timeWait != null) {
            // CLOSED by ABORT: the record is removed too (RFC 9293 3.10.5).
            tcb.host.timeWaits.remove(timeWait);
            tcb.delayedAck.stop();
            return;
        }
        tcb.statistics.observer().stateChanged(tcb, previous, next);
        if (countedOrphan && (next == TcpState.TIME_WAIT || next == TcpState.CLOSED)) {
            countedOrphan = false;
            tcb.host.orphans.remove();
        }
        if (next == TcpState.TIME_WAIT) {
            // The delayed ACK stays: the ACK of the FIN is still due if the device had no room for it.
            stopTimers();
            tcb.reassembly.clear(); // data from behind the peer's FIN
            handshake.ended(nowNanos);
            timeWait = tcb.host.timeWaits.add(tcb, record(), nowNanos);
            tcb.observer.closed();
        } else if (next == TcpState.FIN_WAIT_2) {
            if (tcb.orphan) {
                limitFinWait2(nowNanos);
            }
            tcb.observer.finAcknowledged();
        } else if (next == TcpState.CLOSED) {
            stopTimers();
            tcb.delayedAck.stop();
            handshake.ended(nowNanos);
            tcb.sendQueue.clear();
            tcb.reassembly.clear();
            tcb.scoreboard.clear();
            tcb.counters.closed(nowNanos);
            tcb.host.connections.remove(tcb);
            tcb.observer.closed();
        }
    }

    private TimeWaitRecord record() {
        final int rcvWnd = tcb.rcvWnd();
        return new TimeWaitRecord(
                tcb,
                tcb.sndNxt,
                tcb.rcvNxt,
                rcvWnd,
                tcb.windowScale.toWire(rcvWnd),
                tcb.timestamps.enabled() ? tcb.timestamps : null,
                tcb.ecn.flags(TcpHeader.ACK, false, false),
                tcb.config);
    }

    private void limitFinWait2(final long nowNanos) {
        FinWait2Timer timer = finWait2Timer;
        if (timer == null) {
            timer = new FinWait2Timer(tcb.host.timers, tcb.config, now -> enter(TcpState.CLOSED, now));
            finWait2Timer = timer;
        }
        timer.start(nowNanos);
    }

    private void stopTimers() {
        lossTimer.stop();
        pacer.stop();
        tcb.retransmissionTimer.stop();
        tcb.persistTimer.stop();
        keepAlive.stop();
        if (finWait2Timer != null) {
            finWait2Timer.stop();
        }
    }

    // ---- By FIN

    /** CLOSE of our direction only: a FIN follows the data that was written. */
    void shutdownOutput(final long nowNanos) {
        switch (tcb.state) {
            case SYN_RECEIVED, ESTABLISHED -> queueFin(TcpState.FIN_WAIT_1, nowNanos);
            case CLOSE_WAIT -> queueFin(TcpState.LAST_ACK, nowNanos);
            case SYN_SENT -> enter(TcpState.CLOSED, nowNanos);
            default -> {
                // Already closed, or never open.
            }
        }
    }

    private void queueFin(final TcpState next, final long nowNanos) {
        // In SYN-RECEIVED the FIN is queued until ESTABLISHED (RFC 9293 3.10.4).
        tcb.finQueued = true;
        tcb.moreComing = false;
        if (tcb.state != TcpState.SYN_RECEIVED) {
            enter(next, nowNanos);
            tcb.transmit(nowNanos);
        }
    }

    /** CLOSE of both directions by the application, see {@link TcpConnection#close}. */
    void abandon(final long nowNanos) {
        tcb.orphan = true;
        final boolean alive = tcb.state != TcpState.CLOSED && tcb.state != TcpState.TIME_WAIT;
        if (alive && tcb.state.isSynchronized() && tcb.receiveQueue.length() > 0) {
            abort(nowNanos);
            return;
        }
        tcb.receiveQueue.clear();
        if (alive && !countedOrphan) {
            countedOrphan = tcb.host.orphans.tryAdd();
            if (!countedOrphan) {
                tcb.statistics.orphansReset++;
                abort(nowNanos);
                return;
            }
        }
        shutdownOutput(nowNanos);
        if (tcb.state == TcpState.FIN_WAIT_2) {
            limitFinWait2(nowNanos);
        }
    }

    /** ABORT (RFC 9293 3.10.5): discards all data and sends a reset. */
    void abort(final long nowNanos) {
        abortFor(SocketError.ECONNABORTED, nowNanos);
        tcb.receiveQueue.clear();
    }

    /** Ends the connection with a reset. */
    void abortFor(final SocketError reason, final long nowNanos) {
        // RFC 9293 3.10.5: the states in which the peer knows the connection get a reset.
        switch (tcb.state) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> reset(nowNanos);
            case CLOSING, LAST_ACK -> {
                // Both sides have closed, so a reset is sent only if data is discarded unsent or unread.
                if (!tcb.finSent || tcb.receiveQueue.length() > 0) {
                    reset(nowNanos);
                }
            }
            default -> {
                // The peer does not know the connection, or has received everything.
            }
        }
        tcb.statistics.connectionsAborted += tcb.state == TcpState.CLOSED ? 0 : 1;
        fail(reason, nowNanos);
    }

    private void reset(final long nowNanos) {
        resetOwed = !output.sendReset(nowNanos);
    }

    /**
     * Sends the reset of an ended connection if the device had no room for it. A peer that only waits would not learn
     * of the end otherwise.
     */
    void sendOwedReset(final long nowNanos) {
        if (resetOwed) {
            reset(nowNanos);
        }
    }

    /** Ends the connection without a segment to the peer. */
    void fail(final SocketError reason, final long nowNanos) {
        if (tcb.state != TcpState.CLOSED) {
            tcb.error = reason;
            enter(TcpState.CLOSED, nowNanos);
        }
    }
}
