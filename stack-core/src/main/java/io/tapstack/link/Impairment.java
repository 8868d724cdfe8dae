package io.tapstack.link;

/**
 * What is wrong with one direction of a link. Probabilities are per frame, from 0 to 1, and independent of each other;
 * times are in nanoseconds. Frames keep their order, whatever the jitter, unless {@link Latency#reordering()} says
 * otherwise.
 *
 * @param mishaps what befalls single frames
 * @param latency how long they are on their way
 * @param bottleneck the line that all of them have to pass
 */
public record Impairment(Mishaps mishaps, Latency latency, Bottleneck bottleneck) {

    /** A perfect link. */
    public static final Impairment NONE =
            new Impairment(new Mishaps(0, 0, 0), new Latency(0, 0, 0, 0), new Bottleneck(0, 0, 0));

    /**
     * What befalls single frames.
     *
     * @param loss probability that a frame does not arrive
     * @param duplication probability that it arrives twice
     * @param corruption probability that one of its bits arrives inverted. Every Internet checksum finds a single wrong
     *     bit; what has none, an Ethernet header or an ARP packet, is believed by whoever gets it.
     */
    public record Mishaps(double loss, double duplication, double corruption) {

        public Mishaps {
            requireProbability("loss", loss);
            requireProbability("duplication", duplication);
            requireProbability("corruption", corruption);
        }
    }

    /**
     * How long frames are on their way.
     *
     * @param delayNanos how long every frame is
     * @param jitterNanos upper limit of what is added to the delay, evenly spread
     * @param reordering probability that a frame is held back for {@code reorderNanos}, so that those behind it
     *     overtake
     * @param reorderNanos how long such a frame is held back
     */
    public record Latency(long delayNanos, long jitterNanos, double reordering, long reorderNanos) {

        public Latency {
            requireProbability("reordering", reordering);
            if (reorderNanos < 0 || delayNanos < 0 || jitterNanos < 0) {
                throw new IllegalArgumentException("no frame arrives before it was sent");
            }
        }

        boolean takesTime() {
            return delayNanos > 0 || jitterNanos > 0 || reordering > 0 && reorderNanos > 0;
        }

        /** The longest time that a frame is on its way. */
        public long longestNanos() {
            return delayNanos + jitterNanos + reorderNanos;
        }
    }

    /**
     * The line that all frames have to pass, one after the other.
     *
     * @param bytesPerSecond how fast frames leave, or 0 for no limit
     * @param queueBytes frames that come while so many bytes wait to leave are lost; counts with a rate only
     * @param markingBytes ECN-capable packets that come while so many bytes wait to leave are marked "congestion
     *     experienced" (RFC 3168 5), or 0 for never; counts with a rate only
     */
    public record Bottleneck(long bytesPerSecond, int queueBytes, int markingBytes) {

        public Bottleneck {
            if (bytesPerSecond < 0 || queueBytes < 0 || markingBytes < 0) {
                throw new IllegalArgumentException("a rate of " + bytesPerSecond + " with a queue of " + queueBytes);
            }
        }
    }

    public Impairment withLoss(final double probability) {
        return with(new Mishaps(probability, mishaps.duplication, mishaps.corruption));
    }

    public Impairment withDuplication(final double probability) {
        return with(new Mishaps(mishaps.loss, probability, mishaps.corruption));
    }

    public Impairment withCorruption(final double probability) {
        return with(new Mishaps(mishaps.loss, mishaps.duplication, probability));
    }

    public Impairment withDelay(final long nanos) {
        return with(new Latency(nanos, latency.jitterNanos, latency.reordering, latency.reorderNanos));
    }

    public Impairment withJitter(final long nanos) {
        return with(new Latency(latency.delayNanos, nanos, latency.reordering, latency.reorderNanos));
    }

    public Impairment withReordering(final double probability, final long heldBackNanos) {
        return with(new Latency(latency.delayNanos, latency.jitterNanos, probability, heldBackNanos));
    }

    public Impairment withRate(final long bytesPerSecond, final int queueBytes) {
        return with(new Bottleneck(bytesPerSecond, queueBytes, bottleneck.markingBytes));
    }

    public Impairment withMarking(final int bytes) {
        return with(new Bottleneck(bottleneck.bytesPerSecond, bottleneck.queueBytes, bytes));
    }

    private Impairment with(final Mishaps other) {
        return new Impairment(other, latency, bottleneck);
    }

    private Impairment with(final Latency other) {
        return new Impairment(mishaps, other, bottleneck);
    }

    private Impairment with(final Bottleneck other) {
        return new Impairment(mishaps, latency, other);
    }

    /** True if a frame may arrive later than it was sent. */
    public boolean takesTime() {
        return latency.takesTime() || bottleneck.bytesPerSecond > 0;
    }

    private static void requireProbability(final String what, final double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " of " + value + " is no probability");
        }
    }
}
