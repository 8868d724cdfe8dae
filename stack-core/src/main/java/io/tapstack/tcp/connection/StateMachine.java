package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpState;
import io.tapstack.tcp.timewait.TimeWaitRecord;
import io.tapstack.tcp.timing.FinWait2Timer;
import io.tapstack.wire.TcpHeader;
import org.jspecify.annotations.Nullable;

/**
 * From one state of RFC 9293 3.3.2 to the next, and how a connection ends: by FINs, a reset, an error, with or without
 * its application.
 */
final class StateMachine {

    private final ControlBlock tcb;
    private final SegmentOutput output;
    private final Handshake handshake;
    private final KeepAlive keepAlive;
    private final LossTimer lossTimer;
    private final Pacer pacer;
    // Made when the application is gone and the peer has not closed.
    private @Nullable FinWait2Timer finWait2Timer;
    private boolean countedOrphan;
    private boolean resetOwed; // the device had no room for it

    /** What stands for this connection in TIME-WAIT; it may be over while the application still reads. */
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

    /** The state; in TIME-WAIT that of the record that has taken this connection's place. */
    TcpState state() {
        final TimeWaitRecord record = timeWait;
        return record == null || record.isQueued() ? tcb.state : TcpState.CLOSED;
    }

    /** Goes to another state, and does what is to be done on entering it. */
    void enter(final TcpState next, final long nowNanos) {
        final TcpState previous = tcb.state;
        if (previous == next) {
            return;
        }
        tcb.state = next;
        if (timeWait != null) {
            // CLOSED by ABORT: the record goes too (RFC 9293 3.10.5).
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
            // The ACK of the FIN is still owed if the device had no room for it.
            stopTimers();
            tcb.reassembly.clear(); // what came from behind the peer's FIN
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

    /** CLOSE of our direction only: a FIN goes out behind everything that was written. */
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
        // In SYN-RECEIVED the FIN waits for ESTABLISHED (RFC 9293 3.10.4): the queue holds it back until then.
        tcb.finQueued = true;
        tcb.moreComing = false;
        if (tcb.state != TcpState.SYN_RECEIVED) {
            enter(next, nowNanos);
            tcb.transmit(nowNanos);
        }
    }

    /** CLOSE by an application that goes away: see {@link TcpConnection#close}. */
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

    /** ABORT (RFC 9293 3.10.5): everything is thrown away and the peer gets a reset. */
    void abort(final long nowNanos) {
        abortFor(SocketError.ECONNABORTED, nowNanos);
        tcb.receiveQueue.clear();
    }

    /** Ends the connection with a reset. */
    void abortFor(final SocketError reason, final long nowNanos) {
        // RFC 9293 3.10.5: a reset is sent in the states in which the peer knows of the connection.
        switch (tcb.state) {
            case SYN_RECEIVED, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, CLOSE_WAIT -> reset(nowNanos);
            case CLOSING, LAST_ACK -> {
                // The peer has closed, and knows that we do, unless something is thrown away unsent or unread.
                if (!tcb.finSent || tcb.receiveQueue.length() > 0) {
                    reset(nowNanos);
                }
            }
            default -> {
                // The peer knows nothing of us, or has all it wants.
            }
        }
        tcb.statistics.connectionsAborted += tcb.state == TcpState.CLOSED ? 0 : 1;
        fail(reason, nowNanos);
    }

    private void reset(final long nowNanos) {
        resetOwed = !output.sendReset(nowNanos);
    }

    /**
     * Sends the reset of a connection that is over, if the device had no room for it: nothing else would tell a peer
     * that only waits.
     */
    void sendOwedReset(final long nowNanos) {
        if (resetOwed) {
            reset(nowNanos);
        }
    }

    /** Ends the connection without a word to the peer. */
    void fail(final SocketError reason, final long nowNanos) {
        if (tcb.state != TcpState.CLOSED) {
            tcb.error = reason;
            enter(TcpState.CLOSED, nowNanos);
        }
    }
}
