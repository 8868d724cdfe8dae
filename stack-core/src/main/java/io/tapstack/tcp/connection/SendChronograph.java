package io.tapstack.tcp.connection;

import io.tapstack.tcp.TcpInfo;
import io.tapstack.tcp.TcpState;

/**
 * Measures the time that a sender is idle, busy, limited by the peer's window, or limited by a full send buffer that is
 * too small for the network (Linux: {@code tcp_chrono_start}). Each transmission checks for a change.
 */
final class SendChronograph {

    private enum Lap {
        IDLE,
        BUSY,
        PEER_WINDOW,
        SEND_BUFFER
    }

    private final ControlBlock tcb;
    private Lap lap = Lap.IDLE;
    private long since;
    private long busyNanos;
    private long peerWindowNanos;
    private long sendBufferNanos;

    SendChronograph(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** Begins another lap if the limit has changed. */
    void look(final long nowNanos) {
        final Lap next = lap();
        if (next != lap) {
            add(nowNanos);
            lap = next;
        }
    }

    private Lap lap() {
        if (isAllDone()) {
            return Lap.IDLE;
        }
        if (tcb.peerWindowLimited) {
            return Lap.PEER_WINDOW;
        }
        final boolean open = tcb.state == TcpState.ESTABLISHED || tcb.state == TcpState.CLOSE_WAIT;
        return open && tcb.wakesWriter && tcb.queueEnd() == tcb.sndNxt ? Lap.SEND_BUFFER : Lap.BUSY;
    }

    private boolean isAllDone() {
        if (!tcb.maySendData()) {
            // During the handshake only Fast Open data counts.
            return tcb.state != TcpState.SYN_SENT || tcb.sndNxt == tcb.iss + 1;
        }
        return tcb.sendQueue.isEmpty() && (!tcb.finQueued || tcb.isFinAcknowledged());
    }

    private void add(final long nowNanos) {
        // An application may have to wait while the stack's clock stands still.
        final long elapsed = Math.max(0, nowNanos - since);
        switch (lap) {
            case BUSY -> busyNanos += elapsed;
            case PEER_WINDOW -> peerWindowNanos += elapsed;
            case SEND_BUFFER -> sendBufferNanos += elapsed;
            case IDLE -> {
                // idle time is not reported
            }
        }
        since = nowNanos;
    }

    TcpInfo.Limited snapshot(final long nowNanos) {
        add(nowNanos);
        return new TcpInfo.Limited(busyNanos + peerWindowNanos + sendBufferNanos, peerWindowNanos, sendBufferNanos);
    }
}
