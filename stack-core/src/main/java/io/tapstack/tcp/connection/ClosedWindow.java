package io.tapstack.tcp.connection;

import io.tapstack.error.SocketError;
import io.tapstack.tcp.TcpState;
import io.tapstack.wire.TcpHeader;

/**
 * What a sender does while the peer's window is closed, or too small to be used, and nothing is in flight that would
 * bring an ACK: it probes (RFC 9293 3.8.6.1, RFC 1122 4.2.2.17), for as long as the peer answers; and after the
 * override timeout it uses a small window all the same (RFC 9293 3.8.6.2.1). A connection that nobody waits for any
 * more may not go on so for ever, and one that has a user timeout only for as long as that (RFC 6429 4, RFC 5482).
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
     * All that may be sent was sent.
     *
     * @param heldBack true if the device or the pacing, not the peer, holds back the rest
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

    /** Before anything is sent: the window may have opened. */
    void leaveIfOpen() {
        if (tcb.persistTimer.isRunning() && tcb.sndWnd > 0) {
            // Before its first expiry it is the override timeout, which no segment and no write may put off.
            if (tcb.persistTimer.hasProbed()) {
                tcb.persistTimer.stop();
            }
            if (tcb.zeroWindowProbeOutstanding) {
                // The peer has not taken the probe's byte: it is the first of the new data. If it arrives yet it is a
                // duplicate.
                tcb.zeroWindowProbeOutstanding = false;
                tcb.zeroWindowProbeTakenBack = true;
                tcb.sndNxt = tcb.sndUna;
                tcb.finSent = false;
            }
        }
    }

    /** The persist timer expired. */
    void probe(final long nowNanos) {
        if (tcb.orphan && tcb.persistTimer.probes() >= tcb.retries()) {
            // RFC 6429 4: nobody waits for this connection any more, and it holds memory.
            tcb.abortFor(SocketError.ETIMEDOUT, nowNanos);
            return;
        }
        if (tcb.persistTimer.isOverdue(nowNanos)) {
            // RFC 6429 4: the user, too, may say when it is enough. The peer answers, so it is told.
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
            // The byte is not there any more: a file was cut short.
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
     * RFC 9293 3.8.6.2.1 (4): what is there goes out, silly or not. It is also what ends TCP_CORK and MSG_MORE in the
     * end, as on Linux.
     */
    private void override(final long nowNanos) {
        tcb.moreComing = false;
        final int unsent = tcb.queueEnd() - tcb.sndNxt;
        final int length = Math.min(unsent, Math.min(tcb.sndWnd, tcb.mss));
        sender.sendNew(length, tcb.finQueued && length == unsent && length < tcb.sndWnd, nowNanos);
        tcb.transmit(nowNanos);
    }
}
