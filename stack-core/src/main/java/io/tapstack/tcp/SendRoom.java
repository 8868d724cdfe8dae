package io.tapstack.tcp;

import io.tapstack.buffer.BufferPool;

/**
 * How much an application may write: SO_SNDBUF against the memory that the send queue holds, an allowance of its own for mapped files,
 * which hold none, and the limit of the whole stack. A writer that was told to wait is woken when a good part is free, not for
 * every ACK.
 */
final class SendRoom {

    private final TcpConnection tcb;
    private boolean wanted;

    SendRoom(final TcpConnection tcb) {
        this.tcb = tcb;
    }

    /** Bytes that may be written now; 0 means that the observer will be told. */
    int writableBytes() {
        if (!mayWrite()) {
            return 0;
        }
        if (tcb.pool.underPressure()) {
            // Whoever has something in flight waits for it; the others go on in small steps, so that nobody waits for
            // ever.
            wanted |= !tcb.sendQueue.isEmpty();
            return tcb.sendQueue.isEmpty() ? BufferPool.FRAME : 0;
        }
        final int room = tcb.config.sendBufferBytes() - tcb.sendQueue.chargedBytes();
        wanted |= room <= 0;
        return Math.max(0, room);
    }

    /** Bytes of a mapped file that may be written now; 0 means that the observer will be told. */
    int writableSharedBytes() {
        if (!mayWrite()) {
            return 0;
        }
        final int room = tcb.config.sharedSendBytes() - tcb.sendQueue.sharedBytes();
        // A small remainder is not worth a call each time an ACK comes.
        final boolean worthIt = room >= tcb.config.sharedSendBytes() / 4;
        wanted |= !worthIt;
        return worthIt ? room : 0;
    }

    /** Something was acknowledged. */
    void freed() {
        if (wanted
                && tcb.sendQueue.chargedBytes() <= tcb.config.sendBufferBytes() / 2
                && tcb.sendQueue.sharedBytes() <= tcb.config.sharedSendBytes() / 2) {
            wanted = false;
            tcb.observer().writable();
        }
    }

    private boolean mayWrite() {
        return tcb.state.canSend() && !tcb.finQueued;
    }
}
