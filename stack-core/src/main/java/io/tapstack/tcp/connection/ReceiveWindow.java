package io.tapstack.tcp.connection;

import io.tapstack.buffer.BufferPool;
import io.tapstack.tcp.segment.Segment;
import io.tapstack.tcp.segment.WindowScale;
import io.tapstack.tcp.timing.ReceiveTuning;
import io.tapstack.tcp.timing.ReceiverRoundTrip;
import io.tapstack.wire.SequenceNumber;

/**
 * What the peer is promised: RCV.WND and its right edge, which never moves back (RFC 9293 3.8.6, SHLD-14), and the
 * receiver's side of silly-window avoidance (3.8.6.2.2): the edge moves on by a full segment or half the buffer,
 * whichever is less.
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

    /** True if the peer may send no further segment: what has come has to be read, however little it is. */
    boolean isClosing() {
        return tcb.rcvWnd() <= tcb.segmentSize.offered();
    }

    /** New data came in order, in a segment as large as any so far if {@code full}; RCV.NXT is still before it. */
    void dataArrived(final Segment segment, final boolean full, final long nowNanos) {
        final ReceiverRoundTrip roundTrip = tuning.roundTrip();
        roundTrip.dataArrived(tcb.rcvNxt, tcb.rcvWnd(), nowNanos);
        if (full && tcb.timestamps.enabled() && segment.options.timestampEcho() != 0) {
            final int echo = segment.options.timestampEcho();
            tuning.echoed(echo, tcb.timestamps.age(echo, nowNanos), nowNanos);
        }
    }

    /**
     * The window to announce in a SYN that goes out now. A SYN-ACK that is repeated after a Fast Open may announce less
     * than segments between the two did, which is not taken back.
     */
    int announceInSyn() {
        final int window = WindowScale.first(tcb.config);
        tcb.rcvAdv = SequenceNumber.max(tcb.rcvAdv, tcb.rcvNxt + window);
        return window;
    }

    /** The window to announce in a segment that goes out now, in bytes as the peer will understand it. */
    int announce() {
        final int promised = tcb.rcvWnd();
        final int free = free();
        final boolean worthIt = free - promised >= worthwhileStep();
        final int wanted = worthIt ? Math.max(promised, Math.min(free, allowed())) : promised;
        final int unit = 1 << tcb.windowScale.receiveShift();
        // What was promised is not rounded down by the scale. To round it up moves the edge with every ACK, so that
        // has a limit, beyond which the window is said to be smaller than it is (RFC 7323 2.4).
        final int roundedUp = tcb.windowScale.representable(wanted + unit - 1);
        final boolean mayRoundUp =
                wanted == promised && roundedUp <= largest() - tcb.receiveQueue.length() + worthwhileStep();
        final int window = mayRoundUp ? roundedUp : tcb.windowScale.representable(wanted);
        tcb.rcvAdv = tcb.rcvNxt + Math.max(window, promised);
        return window;
    }

    /** The application has taken {@code bytes} and made room: tells the peer, if its window was getting small. */
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

    /** Under memory pressure a window does not grow, but whoever has read everything is offered one more segment. */
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

    /** What can still come: of payload, and of memory, of which payload may hold twice as much. */
    private int free() {
        final int payload = largest() - tcb.receiveQueue.length();
        return (int) Math.max(0, Math.min(payload, memoryLimit() - tcb.receiveQueue.chargedBytes()));
    }

    /**
     * The memory that received data may hold, in bytes: as Linux has it, twice the buffer, and a super-segment, which
     * comes in one piece. By how the queues keep data, payload in order never holds more than that; so this is for what
     * comes out of order in crumbs.
     */
    private long memoryLimit() {
        return 2L * largest() + BufferPool.SUPER;
    }

    /** What of it is left for data out of order. */
    int reassemblyLimit() {
        return (int) Math.min(Integer.MAX_VALUE, memoryLimit() - tcb.receiveQueue.chargedBytes());
    }

    /** The buffer, as far as the peer can be told of it: between what 1 and what 65,535 stand for in the header. */
    private int largest() {
        final int shift = tcb.windowScale.receiveShift();
        return Math.max(1 << shift, Math.min(tuning.windowBytes(), WindowScale.MAX_UNSCALED << shift));
    }
}
