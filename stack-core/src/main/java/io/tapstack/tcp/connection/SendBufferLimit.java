package io.tapstack.tcp.connection;

import io.tapstack.buffer.BufferPool;

/**
 * How much an application may write: the send buffer against the memory that the send queue holds, an allowance of its
 * own for mapped files, which hold none, and the limit of the whole stack. The buffer follows the congestion window, as
 * Linux's does ({@code tcp_sndbuf_expand}): twice the window, so that there is something to send when a whole window is
 * acknowledged; a slow connection holds little. SO_SNDBUF fixes it. A writer that was told to wait is woken when a good
 * part is free, not for every ACK.
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
            // A connection with data in flight waits for its ACKs; the others go on in small steps, so that none waits
            // for ever.
            return tcb.sendQueue.isEmpty() ? BufferPool.FRAME : 0;
        }
        return Math.max(0, room());
    }

    private int room() {
        return Math.min(unsentRoom(), bufferBytes() - tcb.sendQueue.chargedBytes());
    }

    /** The observer is told, once, when there is room. */
    void wakeWriter() {
        if (mayWrite() && !tcb.wakesWriter) {
            tcb.wakesWriter = true;
            if (room() <= 0) {
                tcb.counters.chronograph.look(tcb.host.timers.nowNanos());
            }
        }
    }

    /**
     * What poll says: there is room, and less than half of TCP_NOTSENT_LOWAT was never sent, as on Linux. A write that
     * does not ask first may take more: {@link #writableBytes}.
     */
    boolean isWritable() {
        return !tooMuchUnsent(2) && writableBytes() > 0;
    }

    /**
     * How much TCP_NOTSENT_LOWAT leaves to a write. Linux begins another super-segment while less than the mark was
     * never sent, and always fills the one that it has begun. So what was never sent is limited to the mark, rounded up
     * to whole super-segments.
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

    /** {@code times} as much as was never sent reaches TCP_NOTSENT_LOWAT. */
    private boolean tooMuchUnsent(final int times) {
        final int mark = mark();
        return mark > 0 && (long) times * (tcb.queueEnd() - tcb.sndNxt) >= mark;
    }

    /** TCP_NOTSENT_LOWAT, or what stands for it; 0 for no limit. */
    private int mark() {
        final int own = tcb.config.notSentLowWater();
        if (own == 0) {
            return tcb.config.notSentLowWaterElse();
        }
        return own < 0 ? Integer.MAX_VALUE : own;
    }

    /** Something was sent. */
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
        // A small remainder is not worth a call each time an ACK comes.
        final int unsentRoom = unsentRoom();
        final boolean worthIt = unsentRoom > 0 && room >= tcb.config.sharedSendBytes() / 4;
        return worthIt ? Math.min(room, unsentRoom) : 0;
    }

    /** Something was acknowledged. */
    void freed() {
        if (tcb.wakesWriter
                && !tooMuchUnsent(2)
                && tcb.sendQueue.chargedBytes() <= bufferBytes() / 2
                && tcb.sendQueue.sharedBytes() <= tcb.config.sharedSendBytes() / 2) {
            tcb.wakesWriter = false;
            tcb.observer.writable();
        }
    }

    /** The size of the send buffer now. */
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
