package io.tapstack.tcp.recovery;

/**
 * How much may be sent while losses are made good (RFC 9937, which replaces RFC 6937), or after an ECN echo: as the
 * peer's ACKs report data delivered, just so much goes out that the flight comes down to ssthresh over one round trip;
 * and if losses have brought it below, it comes back up.
 */
public final class ProportionalRateReduction {

    private int mss;
    private int ssthresh;
    private int recoverFs;
    private int prrDelivered;
    private int prrOut;
    private int cwnd;

    /**
     * The reduction starts.
     *
     * @param newSsthresh what congestion control wants the flight to be in the end
     * @param flight RecoverFS: what was in flight before the ACK that started recovery, without what had been SACKed
     *     earlier
     */
    public void start(final int newSsthresh, final int flight, final int segmentSize) {
        mss = segmentSize;
        ssthresh = newSsthresh;
        recoverFs = Math.max(1, flight);
        prrDelivered = 0;
        prrOut = 0;
        cwnd = flight;
    }

    /**
     * An ACK comes in recovery, or starts it.
     *
     * @param deliveredBytes DeliveredData: what it acknowledges or SACKs that was not before
     * @param inFlight the pipe after it
     * @param safeAck it moves SND.UNA and reports no further loss
     */
    public void acked(final int deliveredBytes, final int inFlight, final boolean safeAck) {
        prrDelivered += deliveredBytes;
        int sendCount;
        if (inFlight > ssthresh) {
            // Rounded to a segment: half of one that waited for the rest would go out an ACK later than on Linux, which
            // rounds up, but a smaller share: of cwnd, where RFC 9937 has RecoverFS.
            sendCount = wholeSegments(((long) prrDelivered * ssthresh + recoverFs - 1) / recoverFs - prrOut);
        } else {
            // Conservative: no more than is delivered; a segment more if all goes well (slow start reduction bound).
            sendCount = Math.max(prrDelivered - prrOut, deliveredBytes);
            if (safeAck) {
                sendCount += mss;
            }
            sendCount = Math.min(ssthresh - inFlight, sendCount);
        }
        if (prrOut == 0 && sendCount < mss) {
            sendCount = mss; // the fast retransmit itself; or what carries CWR
        }
        cwnd = inFlight + Math.max(0, sendCount);
    }

    private int wholeSegments(final long bytes) {
        return bytes <= 0 ? 0 : (int) ((bytes + mss / 2) / mss * mss);
    }

    /** Something was sent, new or again. */
    public void sent(final int bytes) {
        prrOut += bytes;
    }

    /** cwnd for now. */
    public int cwnd() {
        return cwnd;
    }
}
