package io.tapstack.tcp.recovery;

/**
 * Proportional Rate Reduction, PRR (RFC 9937, which replaces RFC 6937): limits sending during recovery or after an ECN
 * echo. Each delivered byte releases a share, so that the flight falls to ssthresh within one round trip; a flight
 * below ssthresh grows back to it.
 */
public final class ProportionalRateReduction {

    private int mss;
    private int ssthresh;
    private int recoverFs;
    private int prrDelivered;
    private int prrOut;
    private int cwnd;

    /**
     * Starts a reduction.
     *
     * @param newSsthresh the flight at its end, from congestion control
     * @param flight RecoverFS: bytes in flight before the ACK that started recovery, without those SACKed earlier
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
     * Processes an ACK in recovery, or the one that starts it.
     *
     * @param deliveredBytes DeliveredData: bytes newly acknowledged or SACKed
     * @param inFlight the pipe after the ACK
     * @param safeAck true if the ACK advances SND.UNA and reports no further loss
     */
    public void acked(final int deliveredBytes, final int inFlight, final boolean safeAck) {
        prrDelivered += deliveredBytes;
        int sendCount;
        if (inFlight > ssthresh) {
            // Rounded to a segment: half a segment that waits for the rest would leave one ACK later than on Linux.
            // Linux rounds up, but takes a smaller share: of cwnd, where RFC 9937 has RecoverFS.
            sendCount = wholeSegments(((long) prrDelivered * ssthresh + recoverFs - 1) / recoverFs - prrOut);
        } else {
            // Conservative: no more than is delivered, plus one segment for a safe ACK (slow start reduction bound).
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

    /** Records sent bytes, new or retransmitted. */
    public void sent(final int bytes) {
        prrOut += bytes;
    }

    /** The current cwnd, in bytes. */
    public int cwnd() {
        return cwnd;
    }
}
