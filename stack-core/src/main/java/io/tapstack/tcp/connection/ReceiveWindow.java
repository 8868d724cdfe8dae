package io.tapstack.tcp.connection;

import io.tapstack.buffer.BufferPool;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.WindowScale;
import io.tapstack.tcp.timing.ReceiveTuning;
import io.tapstack.tcp.timing.ReceiverRoundTrip;
import io.tapstack.wire.SequenceNumber;

/**
 * Computes the announced window. Its right edge never moves back (RFC 9293 3.8.6, SHLD-14), and to avoid silly windows
 * it moves by at least a full segment or half the buffer, whichever is less (3.8.6.2.2).
 */
final class ReceiveWindow {

    private final ControlBlock tcb;
    private final ReceiveTuning tuning;

    ReceiveWindow(final ControlBlock tcb) {
        this.tcb = tcb;
        this.tuning = new ReceiveTuning(tcb.config, tcb.pool);
    }

    ReceiveTuning tuning() {
        return tuning;
    }

    /**
     * True if the window has no room for another segment of the peer, so that the application should read even a little
     * data.
     */
    boolean isClosing() {
        return tcb.rcvWnd() <= tcb.segmentSize.offered();
    }

    /**
     * New data has arrived in order; RCV.NXT does not include it yet.
     *
     * @param full true if no segment before was larger
     */
    void dataArrived(final Segment segment, final boolean full, final long nowNanos) {
        final ReceiverRoundTrip roundTrip = tuning.roundTrip();
        roundTrip.dataArrived(tcb.rcvNxt, tcb.rcvWnd(), nowNanos);
        if (full && tcb.timestamps.enabled() && segment.options.timestampEcho() != 0) {
            final int echo = segment.options.timestampEcho();
            tuning.echoed(echo, tcb.timestamps.age(echo, nowNanos), nowNanos);
        }
    }

    /**
     * The window for a SYN that is sent now. A SYN-ACK repeated after a Fast Open may announce less than the segments
     * before it, which does not move the edge back.
     */
    int announceInSyn() {
        final int window = WindowScale.first(tcb.config);
        tcb.rcvAdv = SequenceNumber.max(tcb.rcvAdv, tcb.rcvNxt + window);
        return window;
    }

    /** The window for a segment that is sent now, in bytes as the peer decodes it. */
    int announce() {
        final int promised = tcb.rcvWnd();
        final int free = free();
        final boolean worthIt = free - promised >= worthwhileStep();
        final int wanted = worthIt ? Math.max(promised, Math.min(free, allowed())) : promised;
        final int unit = 1 << tcb.windowScale.receiveShift();
        // The scale does not round the promised window down. Rounding up moves the edge with every ACK, so it has a
        // limit, beyond which the announced window is smaller than the promised one (RFC 7323 2.4).
        final int roundedUp = tcb.windowScale.representable(wanted + unit - 1);
        final boolean mayRoundUp =
                wanted == promised && roundedUp <= largest() - tcb.receiveQueue.length() + worthwhileStep();
        final int window = mayRoundUp ? roundedUp : tcb.windowScale.representable(wanted);
        tcb.rcvAdv = tcb.rcvNxt + Math.max(window, promised);
        return window;
    }

    /** The application has read {@code bytes}: sends a window update if the window was getting small. */
    void applicationHasRead(final int bytes, final long nowNanos) {
        tuning.taken(bytes, tcb.mss, nowNanos);
        if (!tcb.state.canReceive() || tcb.finReceived) {
            return;
        }
        final int promised = tcb.rcvWnd();
        if (free() - promised >= worthwhileStep() && 2L * promised < largest()) {
            tcb.delayedAck.ackNow();
            tcb.transmit(nowNanos);
        }
    }

    /**
     * Limit of the window under memory pressure: it does not grow, except for one segment when the application has read
     * all data.
     */
    private int allowed() {
        if (!tcb.pool.underPressure()) {
            return Integer.MAX_VALUE;
        }
        tuning.collapse();
        return tcb.receiveQueue.length() == 0 ? tcb.segmentSize.offered() : 0;
    }

    private int worthwhileStep() {
        return Math.min(largest() / 2, tcb.segmentSize.offered());
    }

    /** Free bytes: of payload, and of memory, of which payload may hold twice as much. */
    private int free() {
        final int payload = largest() - tcb.receiveQueue.length();
        return (int) Math.max(0, Math.min(payload, memoryLimit() - tcb.receiveQueue.chargedBytes()));
    }

    /**
     * Memory limit of received data in bytes, as on Linux: twice the buffer, and one super-segment, which arrives in
     * one piece. The receive queue never holds more for payload in order, so the limit is for small pieces out of
     * order.
     */
    private long memoryLimit() {
        return 2L * largest() + BufferPool.SUPER;
    }

    /** The part of the memory limit that is left for data out of order. */
    int reassemblyLimit() {
        return (int) Math.min(Integer.MAX_VALUE, memoryLimit() - tcb.receiveQueue.chargedBytes());
    }

    /** The buffer in bytes, limited to the windows that a header can express: 1 to 65,535 units of the window scale. */
    private int largest() {
        final int shift = tcb.windowScale.receiveShift();
        return Math.max(1 << shift, Math.min(tuning.windowBytes(), WindowScale.MAX_UNSCALED << shift));
    }
}
