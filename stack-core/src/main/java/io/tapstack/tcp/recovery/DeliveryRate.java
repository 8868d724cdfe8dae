package io.tapstack.tcp.recovery;

/**
 * The delivery rate estimator of draft-ietf-ccwg-bbr, 4.1. Each segment records the bytes delivered at its sending; its
 * own delivery gives a sample of the bytes delivered since then and of the interval. The interval is the longer of the
 * send interval and the ACK interval, so that neither a burst nor delayed ACKs raise the rate.
 *
 * <p>Sizes are in bytes, times in nanoseconds of the stack's clock.
 */
public final class DeliveryRate {

    /** Shortest interval of a sample. Within one poll the stack's clock hardly advances, and gives no rate. */
    private static final long SHORTEST_INTERVAL_NANOS = 1_000;

    private long delivered;
    private long deliveredNanos;
    private long firstSentNanos;
    private long lost;
    // Delivered bytes at which samples stop being application-limited; 0 if they are not.
    private long appLimitedUntil;

    // The most recently sent segment that the current ACK has delivered.
    private boolean sampled;
    private long priorDelivered;
    private long priorLost;
    private int txInFlight;
    private boolean appLimited;
    private long sendElapsed;
    private long ackElapsed;
    private long intervalNanos;
    private long rttNanos = -1;

    // The last sample that is not application-limited, or the largest that is.
    private long sampleDelivered;
    private long sampleNanos;
    private boolean sampleAppLimited = true;

    /** Records the sending of a segment, with {@code inFlightBefore} bytes in the network. */
    void sent(final SentSegment segment, final int inFlightBefore, final long nowNanos) {
        if (inFlightBefore == 0) {
            firstSentNanos = nowNanos;
            deliveredNanos = nowNanos;
        }
        segment.firstSentNanos = firstSentNanos;
        segment.deliveredNanos = deliveredNanos;
        segment.delivered = delivered;
        segment.lost = lost;
        segment.txInFlight = inFlightBefore + segment.length();
        segment.appLimited = appLimitedUntil > 0;
    }

    /** Starts an ACK. */
    void ackArrives() {
        sampled = false;
        intervalNanos = 0;
        sendElapsed = 0;
        ackElapsed = 0;
        rttNanos = -1;
    }

    /** Records that the ACK delivers {@code bytes} of {@code segment}. */
    void delivered(final SentSegment segment, final int bytes, final long nowNanos) {
        delivered += bytes;
        deliveredNanos = nowNanos;
        if (!segment.wasSentAgain()) {
            final long sample = nowNanos - segment.sentNanos;
            rttNanos = rttNanos < 0 ? sample : Math.min(rttNanos, sample);
        }
        final boolean newer = !sampled
                || segment.delivered > priorDelivered
                || segment.delivered == priorDelivered && segment.sentNanos - firstSentNanos >= 0;
        if (newer) {
            sampled = true;
            priorDelivered = segment.delivered;
            priorLost = segment.lost;
            txInFlight = segment.txInFlight;
            appLimited = segment.appLimited;
            sendElapsed = segment.sentNanos - segment.firstSentNanos;
            ackElapsed = nowNanos - segment.deliveredNanos;
            firstSentNanos = segment.sentNanos;
        }
    }

    /** Records a loss of {@code bytes}. */
    void lost(final int bytes) {
        lost += bytes;
    }

    /** Completes an ACK. {@code minRttNanos} is the shortest round trip; an interval below it gives no sample. */
    void ackDone(final long minRttNanos) {
        if (appLimitedUntil > 0 && delivered > appLimitedUntil) {
            appLimitedUntil = 0;
        }
        final long interval = Math.max(sendElapsed, ackElapsed);
        intervalNanos = sampled && interval >= Math.max(SHORTEST_INTERVAL_NANOS, minRttNanos) ? interval : 0;
        if (intervalNanos > 0) {
            keep(delivered - priorDelivered);
        }
    }

    private void keep(final long bytes) {
        if (!appLimited || (double) bytes * sampleNanos >= (double) sampleDelivered * intervalNanos) {
            sampleDelivered = bytes;
            sampleNanos = intervalNanos;
            sampleAppLimited = appLimited;
        }
    }

    /** Marks the flight as application-limited: the application has no more data, and the window is not full. */
    public void applicationLimited(final int inFlight) {
        appLimitedUntil = Math.max(1, delivered + inFlight);
    }

    /** Bytes delivered since the connection began. */
    public long delivered() {
        return delivered;
    }

    /** Bytes lost since the connection began. */
    public long lost() {
        return lost;
    }

    /** {@link #delivered()} when the sampled segment was sent. */
    public long priorDelivered() {
        return priorDelivered;
    }

    /** {@link #lost()} when the sampled segment was sent. */
    public long priorLost() {
        return priorLost;
    }

    /** Bytes in flight immediately after the sampled segment was sent. */
    public int txInFlight() {
        return txInFlight;
    }

    /** True if the application limited the last sample. */
    public boolean isAppLimited() {
        return appLimited;
    }

    /**
     * Delivery rate in bytes per second: the last sample that is not application-limited, or a larger one that is; 0
     * before the first.
     */
    public long lastRate() {
        return sampleNanos == 0 ? 0 : (long) (sampleDelivered * 1e9 / sampleNanos);
    }

    /** True if the application limited {@link #lastRate()}; also before the first sample. */
    public boolean isLastRateAppLimited() {
        return sampleAppLimited;
    }

    /** Round trip of the latest delivered segment without retransmission; -1 if the ACK has none. */
    public long rttNanos() {
        return rttNanos;
    }

    /** Interval of the sample, or 0 if the ACK has none. */
    public long intervalNanos() {
        return intervalNanos;
    }

    /** The sample in bytes per second, or 0 if the ACK has none. */
    public long bytesPerSecond() {
        return intervalNanos == 0 ? 0 : (long) ((delivered - priorDelivered) * 1e9 / intervalNanos);
    }
}
