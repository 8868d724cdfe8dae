package io.tapstack.tcp.recovery;

/**
 * How fast the network delivers: the delivery rate estimator of draft-ietf-ccwg-bbr, 4.1. Each segment remembers how
 * much was delivered when it was sent; when it is delivered itself, what was delivered meanwhile and the time that took
 * make a sample. The time is the longer of the one that sending took and the one that the ACKs took to come, so that
 * neither a burst nor ACKs that were held up look like a fast network.
 *
 * <p>Bytes, and nanoseconds of the stack's clock.
 */
public final class DeliveryRate {

    /**
     * What goes and comes within one poll of the stack has taken next to no time by its clock: no rate can be told from
     * that.
     */
    private static final long SHORTEST_INTERVAL_NANOS = 1_000;

    private long delivered;
    private long deliveredNanos;
    private long firstSentNanos;
    private long lost;
    // What has to be delivered before samples are the network's own again; 0 while they are.
    private long appLimitedUntil;

    // Of the most recently sent segment that the ACK in hand delivered.
    private boolean sampled;
    private long priorDelivered;
    private long priorLost;
    private int txInFlight;
    private boolean appLimited;
    private long sendElapsed;
    private long ackElapsed;
    private long intervalNanos;
    private long rttNanos = -1;

    // The last sample that says something of the network, or the best of those that the application has limited.
    private long sampleDelivered;
    private long sampleNanos;
    private boolean sampleAppLimited = true;

    /** A segment is sent, with {@code inFlightBefore} bytes in the network. */
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

    /** An ACK comes. */
    void ackArrives() {
        sampled = false;
        intervalNanos = 0;
        sendElapsed = 0;
        ackElapsed = 0;
        rttNanos = -1;
    }

    /** The ACK delivers {@code bytes} of {@code segment}. */
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

    /** {@code bytes} are found lost. */
    void lost(final int bytes) {
        lost += bytes;
    }

    /** The ACK is taken in. {@code minRttNanos} is the shortest round trip known: nothing shorter can be a rate. */
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

    /**
     * The application has nothing more to send, and the window is not full: what is in flight says nothing about the
     * network.
     */
    public void applicationLimited(final int inFlight) {
        appLimitedUntil = Math.max(1, delivered + inFlight);
    }

    /** Bytes delivered in all. */
    public long delivered() {
        return delivered;
    }

    /** Bytes lost in all. */
    public long lost() {
        return lost;
    }

    public long priorDelivered() {
        return priorDelivered;
    }

    public long priorLost() {
        return priorLost;
    }

    public int txInFlight() {
        return txInFlight;
    }

    /** True if the last sample shows what the application sent, not what the network can take. */
    public boolean isAppLimited() {
        return appLimited;
    }

    /**
     * Bytes a second, as the last ACK showed them that was not limited by the application, or a better one that was; 0
     * before any.
     */
    public long lastRate() {
        return sampleNanos == 0 ? 0 : (long) (sampleDelivered * 1e9 / sampleNanos);
    }

    /** True if that was limited by the application, so that the network may be faster; also before any. */
    public boolean isLastRateAppLimited() {
        return sampleAppLimited;
    }

    /** The round trip of what the ACK delivered last of all that was sent once; -1 if there is none. */
    public long rttNanos() {
        return rttNanos;
    }

    /** The time that the last sample is for, or 0 if the ACK gave none. */
    public long intervalNanos() {
        return intervalNanos;
    }

    /** The last sample in bytes a second, or 0 if the ACK gave none. */
    public long bytesPerSecond() {
        return intervalNanos == 0 ? 0 : (long) ((delivered - priorDelivered) * 1e9 / intervalNanos);
    }
}
