package io.tapstack.tcp.timing;

import io.tapstack.wire.SequenceNumber;

/**
 * The round trip of a receiver that sends no data (Linux's {@code tcp_rcv_rtt_measure}), in nanoseconds. It has three
 * sources: the handshake; the peer's echo of our timestamps, exact to a tick of a millisecond; and the time in which a
 * whole window arrives, which is at least a round trip, and finer than a tick.
 */
public final class ReceiverRoundTrip {

    /** One tick of our timestamp clock. Only window arrivals measure a shorter round trip. */
    private static final long TICK = 1_000_000;

    private long nanos;
    private int lastEcho;
    private int windowEnd;
    private long windowStart;
    private boolean measuring;
    private boolean measured;

    /** Sets the round trip of the handshake, or 0 if unknown. */
    public void established(final long roundTrip) {
        nanos = roundTrip;
    }

    /** The estimate, or 0 if there is none. */
    public long nanos() {
        return nanos;
    }

    /** The estimate, or 0 if only the handshake was measured. */
    public long measuredNanos() {
        return measured ? nanos : 0;
    }

    /** Records new in-order data; RCV.NXT and RCV.WND have the values before it. */
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
     * Processes a full segment that echoes our timestamp {@code tsEcr}, sent {@code age} ago. Each timestamp counts
     * once.
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
            // A peer after an idle time echoes an old timestamp: a single sample has a small weight.
            nanos += (Math.min(age, 4 * nanos) - nanos) / 8;
        }
    }

    private void limit(final long longest) {
        nanos = nanos == 0 ? longest : Math.min(nanos, longest);
    }
}
