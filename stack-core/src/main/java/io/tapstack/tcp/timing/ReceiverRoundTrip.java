package io.tapstack.tcp.timing;

import io.tapstack.wire.SequenceNumber;

/**
 * The round trip as a receiver sees it, who sends nothing that would be acknowledged (Linux's
 * {@code tcp_rcv_rtt_measure}). Three sources: the handshake; the peer's echo of our timestamps, which is exact to a
 * tick of a millisecond; and the time in which a whole window arrives, which is never less than a round trip, and finer
 * than a tick. All times in nanoseconds.
 */
public final class ReceiverRoundTrip {

    /** Of our timestamp clock. A shorter round trip is known from the windows alone. */
    private static final long TICK = 1_000_000;

    private long nanos;
    private int lastEcho;
    private int windowEnd;
    private long windowStart;
    private boolean measuring;
    private boolean measured;

    /** The handshake has taken {@code roundTrip}, or 0 if that is not known. */
    public void established(final long roundTrip) {
        nanos = roundTrip;
    }

    /** The estimate, or 0 if there is none. */
    public long nanos() {
        return nanos;
    }

    /** The estimate, or 0 if all that is known is from the handshake. */
    public long measuredNanos() {
        return measured ? nanos : 0;
    }

    /** New data came in order; RCV.NXT and RCV.WND are those before it. */
    public void dataArrived(final int rcvNxt, final int rcvWnd, final long nowNanos) {
        if (measuring && SequenceNumber.lessThan(rcvNxt, windowEnd)) {
            return;
        }
        if (measuring) {
            limit(Math.max(1, nowNanos - windowStart));
            measured = true;
        }
        windowEnd = rcvNxt + rcvWnd;
        windowStart = nowNanos;
        measuring = true;
    }

    /**
     * A full segment came that echoes our timestamp {@code tsEcr}, which is {@code age} old. Counts once for each
     * timestamp.
     */
    public void echoed(final int tsEcr, final long age) {
        if (tsEcr == lastEcho || age < 0) {
            return;
        }
        lastEcho = tsEcr;
        measured = true;
        if (age <= TICK) {
            limit(TICK);
        } else if (nanos == 0) {
            nanos = age;
        } else {
            // A peer that had nothing to send for a while echoes an old timestamp: no single sample counts for much.
            nanos += (Math.min(age, 4 * nanos) - nanos) / 8;
        }
    }

    private void limit(final long longest) {
        nanos = nanos == 0 ? longest : Math.min(nanos, longest);
    }
}
