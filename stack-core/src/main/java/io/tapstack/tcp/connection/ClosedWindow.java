package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.TcpHeader;

/**
 * The sender while the peer's window is closed or too small and nothing is in flight. It sends zero-window probes as
 * long as the peer answers (RFC 9293 3.8.6.1, RFC 1122 4.2.2.17), and uses a small window after the override timeout
 * (RFC 9293 3.8.6.2.1). An orphan and a connection with a user timeout probe for a limited time (RFC 6429 4, RFC 5482).
 */
final class ClosedWindow {

    private final ControlBlock tcb;
    private final SegmentOutput output;
    private final SegmentSender sender;

    ClosedWindow(final ControlBlock tcb, final SegmentOutput output, final SegmentSender sender) {
        this.tcb = tcb;
        this.output = output;
        this.sender = sender;
    }

    /**
     * All segments that are allowed were sent: starts or stops the persist timer.
     *
     * @param heldBack true if the device or the pacing, not the peer, delays the rest
     */
    void enterIfStuck(final boolean heldBack, final long nowNanos) {
        final boolean nothingInFlight = tcb.sndUna == tcb.sndNxt;
        final boolean waiting = tcb.queueEnd() != tcb.sndNxt || tcb.finQueued;
        if (nothingInFlight && waiting && !tcb.finSent && !heldBack && tcb.maySendData()) {
            tcb.persistTimer.start(nowNanos);
        } else if (!tcb.zeroWindowProbeOutstanding) {
            tcb.persistTimer.stop();
        }
    }

    /** Ends probing if the window has opened; called before segments are sent. */
    void leaveIfOpen() {
        if (tcb.persistTimer.isRunning() && tcb.sndWnd > 0) {
            // Before its first expiry the timer is the override timeout, which no segment and no write may delay.
            if (tcb.persistTimer.hasProbed()) {
                tcb.persistTimer.stop();
            }
            if (tcb.zeroWindowProbeOutstanding) {
                // The peer has not acknowledged the byte of the probe, so that byte is sent again as the first of the
                // new data. If the probe was accepted after all, the peer gets a duplicate.
                tcb.zeroWindowProbeOutstanding = false;
                tcb.zeroWindowProbeTakenBack = true;
                tcb.sndNxt = tcb.sndUna;
                tcb.finSent = false;
            }
        }
    }

    /** The persist timer has expired: sends a zero-window probe, or ends the connection. */
    void probe(final long nowNanos) {
        if (tcb.orphan && tcb.persistTimer.probes() >= tcb.retries()) {
            // RFC 6429 4: no application waits for an orphan, and it holds memory.
            tcb.abortFor(SocketError.ETIMEDOUT, nowNanos);
            return;
        }
        if (tcb.persistTimer.isOverdue(nowNanos)) {
            // RFC 6429 4: the user may limit the time too. The peer answers, so it gets a reset.
            tcb.abortFor(SocketError.ETIMEDOUT, nowNanos);
            return;
        }
        if (tcb.persistTimer.unanswered() > tcb.config.dataRetries()) {
            tcb.fail(SocketError.ETIMEDOUT, nowNanos);
            return;
        }
        if (tcb.sndWnd > 0 && !tcb.zeroWindowProbeOutstanding) {
            override(nowNanos);
            return;
        }
        // RFC 9293 3.8.6.1: at least one octet of new data (MUST-36), or the FIN if there is none.
        final int left = tcb.queueEnd() - tcb.sndUna;
        final boolean data = left > 0;
        final int flags = data ? left == 1 ? TcpHeader.PSH : 0 : TcpHeader.FIN;
        final SendResult result = output.send(tcb.sndUna, data ? 1 : 0, TcpHeader.ACK | flags, tcb.mss, nowNanos);
        if (result == SendResult.FILE_CUT_SHORT) {
            // The mapped file was truncated, so the byte is lost.
            tcb.sndNxt = tcb.sndUna;
            tcb.fileCutShort(nowNanos);
        }
        if (tcb.state == TcpState.CLOSED) {
            return;
        }
        if (result == SendResult.SENT) {
            tcb.zeroWindowProbeOutstanding = true;
            tcb.sndNxt = tcb.sndUna + 1;
            tcb.finSent |= !data;
            tcb.timing.cancel();
        }
        tcb.persistTimer.probeSent(nowNanos);
    }

    /**
     * RFC 9293 3.8.6.2.1 (4): sends data although the segment is small. As on Linux, this also limits the delay of
     * TCP_CORK and MSG_MORE.
     */
    private void override(final long nowNanos) {
        tcb.moreComing = false;
        final int unsent = tcb.queueEnd() - tcb.sndNxt;
        final int length = Math.min(unsent, Math.min(tcb.sndWnd, tcb.mss));
        sender.sendNew(length, tcb.finQueued && length == unsent && length < tcb.sndWnd, nowNanos);
        tcb.transmit(nowNanos);
    }
}
