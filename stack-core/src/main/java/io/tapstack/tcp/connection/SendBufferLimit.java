package io.tapstack.tcp.connection;

import io.tapstack.buffer.BufferPool;

/**
 * Limits the bytes that an application may write, by the memory of the send queue, by an allowance for mapped files,
 * which hold no memory, and by the limit of the stack. The buffer is twice the congestion window, as on Linux
 * ({@code tcp_sndbuf_expand}), so that data is ready when a whole window is acknowledged; SO_SNDBUF fixes it. A waiting
 * writer is woken when a large part is free, not for every ACK.
 */
public final class SendBufferLimit {

    private final ControlBlock tcb;

    SendBufferLimit(final ControlBlock tcb) {
        this.tcb = tcb;
    }

    /** Bytes that may be written now. */
    int writableBytes() {
        if (!mayWrite()) {
            return 0;
        }
        if (tcb.pool.underPressure()) {
            // A connection with queued data waits for its ACKs. The others write in small steps, so that none waits
            // for ever.
            return tcb.sendQueue.isEmpty() ? BufferPool.FRAME : 0;
        }
        return Math.max(0, room());
    }

    private int room() {
        return Math.min(unsentRoom(), bufferBytes() - tcb.sendQueue.chargedBytes());
    }

    /** Calls the observer once when there is room. */
    void wakeWriter() {
        if (mayWrite() && !tcb.wakesWriter) {
            tcb.wakesWriter = true;
            if (room() <= 0) {
                tcb.counters.chronograph.look(tcb.host.timers.nowNanos());
            }
        }
    }

    /**
     * True if poll reports POLLOUT: there is room, and the unsent data is less than half of TCP_NOTSENT_LOWAT, as on
     * Linux. A write without poll may take more: {@link #writableBytes}.
     */
    boolean isWritable() {
        return !tooMuchUnsent(2) && writableBytes() > 0;
    }

    /**
     * Bytes that TCP_NOTSENT_LOWAT allows a write. Linux begins a super-segment while the unsent data is below the
     * mark, and always fills it. So the limit of the unsent data is the mark, rounded up to whole super-segments.
     */
    private int unsentRoom() {
        final int mark = mark();
        if (mark <= 0) {
            return Integer.MAX_VALUE;
        }
        final int unit = tcb.segmentSize.superSegment();
        final long most = ((long) mark + unit - 1) / unit * unit;
        return (int) Math.max(0, Math.min(most - (tcb.queueEnd() - tcb.sndNxt), Integer.MAX_VALUE));
    }

    /** True if the unsent data times {@code times} reaches TCP_NOTSENT_LOWAT. */
    private boolean tooMuchUnsent(final int times) {
        final int mark = mark();
        return mark > 0 && (long) times * (tcb.queueEnd() - tcb.sndNxt) >= mark;
    }

    /** TCP_NOTSENT_LOWAT of the connection, or else of the stack; 0 for no limit. */
    private int mark() {
        final int own = tcb.config.notSentLowWater();
        if (own == 0) {
            return tcb.config.notSentLowWaterElse();
        }
        return own < 0 ? Integer.MAX_VALUE : own;
    }

    /** Data was sent. */
    void sent() {
        if (tcb.wakesWriter && mark() > 0) {
            freed();
        }
    }

    /** Bytes of a mapped file that may be written now. */
    int writableSharedBytes() {
        if (!mayWrite()) {
            return 0;
        }
        final int room = tcb.config.sharedSendBytes() - tcb.sendQueue.sharedBytes();
        // A small remainder would cost a call for each ACK.
        final int unsentRoom = unsentRoom();
        final boolean worthIt = unsentRoom > 0 && room >= tcb.config.sharedSendBytes() / 4;
        return worthIt ? Math.min(room, unsentRoom) : 0;
    }

    /** Data was acknowledged: calls the observer if enough room is free. */
    void freed() {
        if (tcb.wakesWriter
                && !tooMuchUnsent(2)
                && tcb.sendQueue.chargedBytes() <= bufferBytes() / 2
                && tcb.sendQueue.sharedBytes() <= tcb.config.sharedSendBytes() / 2) {
            tcb.wakesWriter = false;
            tcb.observer.writable();
        }
    }

    /** The current size of the send buffer in bytes. */
    int bufferBytes() {
        final int start = tcb.config.sendBufferBytes();
        final int limit = tcb.config.sendBufferLimit();
        if (start == limit || tcb.pool.isTight()) {
            return start;
        }
        final int usable = Math.min(tcb.congestion.cwnd(), Math.max(tcb.sndWnd, start));
        return Math.max(start, 2 * Math.min(limit / 2, usable));
    }

    private boolean mayWrite() {
        return tcb.state.canSend() && !tcb.finQueued;
    }
}
