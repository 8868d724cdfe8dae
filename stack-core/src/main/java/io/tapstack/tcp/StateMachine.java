package io.tapstack.tcp;

import io.tapstack.error.SocketError;
import org.jspecify.annotations.Nullable;

/**
 * From one state of RFC 9293 3.3.2 to the next, and how a connection ends: by FINs, a reset, an error, with or without
 * its application.
 */
final class StateMachine {

    private final TcpConnection tcb;
    // Made when the application is gone and the peer has not closed.
    private @Nullable FinWait2Timer finWait2Timer;
    private boolean orphan;
    private boolean countedOrphan;
    private boolean cutShort;
    private boolean resetOwed; // the device had no room for it
    private @Nullable SocketError error;
    private @Nullable SocketError softError;

    /** What stands for this connection in TIME-WAIT; it may be over while the application still reads. */
    private @Nullable TimeWaitRecord timeWait;

    StateMachine(final TcpConnection tcb) {
        this.tcb = tcb;
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
            tcb.protocol.timeWaits().remove(timeWait);
            tcb.delayedAck.stop();
            return;
        }
        tcb.statistics.observer().stateChanged(tcb, previous, next);
        if (countedOrphan && (next == TcpState.TIME_WAIT || next == TcpState.CLOSED)) {
            countedOrphan = false;
            tcb.protocol.orphans().remove();
        }
        if (next == TcpState.TIME_WAIT) {
            // The ACK of the FIN is still owed if the device had no room for it.
            stopTimers();
            tcb.reassembly.clear(); // what came from behind the peer's FIN
            tcb.handshake.ended(nowNanos);
            timeWait = tcb.protocol.timeWaits().add(tcb, nowNanos);
            tcb.observer().closed();
        } else if (next == TcpState.FIN_WAIT_2) {
            if (orphan) {
                limitFinWait2(nowNanos);
            }
            tcb.observer().finAcknowledged();
        } else if (next == TcpState.CLOSED) {
            stopTimers();
            tcb.delayedAck.stop();
            tcb.handshake.ended(nowNanos);
            tcb.sendQueue.clear();
            tcb.reassembly.clear();
            tcb.scoreboard.clear();
            tcb.counters.closed(nowNanos);
            tcb.protocol.remove(tcb);
            tcb.observer().closed();
        }
    }

    private void limitFinWait2(final long nowNanos) {
        FinWait2Timer timer = finWait2Timer;
        if (timer == null) {
            timer = new FinWait2Timer(tcb.protocol.timers(), tcb.config, now -> enter(TcpState.CLOSED, now));
            finWait2Timer = timer;
        }
        timer.start(nowNanos);
    }

    private void stopTimers() {
        tcb.lossTimer.stop();
        tcb.pacer.stop();
        tcb.retransmissionTimer.stop();
        tcb.persistTimer.stop();
        tcb.keepAlive.stop();
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
            tcb.sender.transmit(nowNanos);
        }
    }

    /** CLOSE by an application that goes away: see {@link TcpConnection#close}. */
    void abandon(final long nowNanos) {
        orphan = true;
        final boolean alive = tcb.state != TcpState.CLOSED && tcb.state != TcpState.TIME_WAIT;
        if (alive && tcb.state.isSynchronized() && tcb.receiveQueue.length() > 0) {
            tcb.abort(nowNanos);
            return;
        }
        tcb.receiveQueue.clear();
        if (alive && !countedOrphan) {
            countedOrphan = tcb.protocol.orphans().tryAdd();
            if (!countedOrphan) {
                tcb.statistics.orphansReset++;
                tcb.abort(nowNanos);
                return;
            }
        }
        shutdownOutput(nowNanos);
        if (tcb.state == TcpState.FIN_WAIT_2) {
            limitFinWait2(nowNanos);
        }
    }

    /** True once the application is gone. */
    boolean isOrphan() {
        return orphan;
    }

    /**
     * How often data is sent again before the connection is given up: nobody waits for an orphan, and it holds memory.
     */
    int retries() {
        final int retries = tcb.config.dataRetries();
        return orphan ? Math.min(tcb.config.orphanRetries(), retries) : retries;
    }

    // ---- By an error

    /** Why the connection failed, or null. */
    @Nullable
    SocketError error() {
        return error;
    }

    /** An error that the network reported and the connection lived through (RFC 5461), or null. */
    @Nullable
    SocketError softError() {
        return softError;
    }

    void softError(final SocketError reported) {
        softError = reported;
    }

    /** Something new is acknowledged: what the network had reported is over. */
    void forgetSoftError() {
        softError = null;
    }

    /** What the network has reported, which says more than {@code otherwise}. */
    SocketError errorOr(final SocketError otherwise) {
        final SocketError reported = softError;
        return reported == null ? otherwise : reported;
    }

    /** The Internet layer knows no way to the peer. */
    void unreachable(final long nowNanos) {
        softError = SocketError.EHOSTUNREACH;
        if (tcb.state == TcpState.SYN_SENT) {
            fail(SocketError.EHOSTUNREACH, nowNanos);
        }
    }

    /**
     * A mapped file in the send queue has become shorter. What is in flight may still arrive; then the peer is told, by
     * a reset, that the rest does not come: a stream that ended with a FIN would look complete.
     */
    void fileCutShort(final long nowNanos) {
        cutShort = true;
        if (tcb.sndUna == tcb.sndNxt) {
            abortFor(SocketError.EIO, nowNanos);
        }
    }

    boolean isCutShort() {
        return cutShort;
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
        resetOwed = !tcb.output.sendReset(nowNanos);
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
            error = reason;
            enter(TcpState.CLOSED, nowNanos);
        }
    }
}
