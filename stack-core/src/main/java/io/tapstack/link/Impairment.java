package io.tapstack.link;

/**
 * The impairment of one direction of a link. Probabilities are per frame, from 0 to 1, and independent of each other;
 * times are in nanoseconds. Frames keep their order despite jitter, unless {@link Latency#reordering()} says otherwise.
 *
 * @param mishaps of single frames
 * @param latency of each frame
 * @param bottleneck a line that all frames share
 */
public record Impairment(Mishaps mishaps, Latency latency, Bottleneck bottleneck) {

    /** A perfect link. */
    public static final Impairment NONE =
            new Impairment(new Mishaps(0, 0, 0), new Latency(0, 0, 0, 0), new Bottleneck(0, 0, 0));

    /**
     * The mishaps of single frames.
     *
     * @param loss probability that a frame is lost
     * @param duplication probability that it arrives twice
     * @param corruption probability that one of its bits arrives inverted. Every Internet checksum finds a single wrong
     *     bit; in an Ethernet header or an ARP packet, which have none, it goes unnoticed.
     */
    public record Mishaps(double loss, double duplication, double corruption) {

        public Mishaps {
            requireProbability("loss", loss);
            requireProbability("duplication", duplication);
            requireProbability("corruption", corruption);
        }
    }

    /**
     * The delay of frames.
     *
     * @param delayNanos delay of every frame
     * @param jitterNanos upper limit of an additional delay, evenly distributed
     * @param reordering probability that a frame is held back for {@code reorderNanos}, so that later ones overtake it
     * @param reorderNanos additional delay of such a frame
     */
    public record Latency(long delayNanos, long jitterNanos, double reordering, long reorderNanos) {

        public Latency {
            requireProbability("reordering", reordering);
            if (reorderNanos < 0 || delayNanos < 0 || jitterNanos < 0) {
                throw new IllegalArgumentException("a delay is negative");
            }
        }

        boolean takesTime() {
            return delayNanos > 0 || jitterNanos > 0 || reordering > 0 && reorderNanos > 0;
        }

        /** The longest delay of a frame. */
        public long longestNanos() {
            return delayNanos + jitterNanos + reorderNanos;
        }
    }

    /**
     * A line that all frames pass, one after the other.
     *
     * @param bytesPerSecond rate of the line, or 0 for no limit
     * @param queueBytes length of the queue; frames beyond it are lost. Used with a rate only.
     * @param markingBytes length of the queue from which on ECN-capable packets are marked "congestion experienced"
     *     (RFC 3168 5), or 0 for never. Used with a rate only.
     */
    public record Bottleneck(long bytesPerSecond, int queueBytes, int markingBytes) {

        public Bottleneck {
            if (bytesPerSecond < 0 || queueBytes < 0 || markingBytes < 0) {
                throw new IllegalArgumentException(
                        "a rate of " + bytesPerSecond + " with a queue of " + queueBytes + " bytes");
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
            throw new IllegalArgumentException(what + " of " + value + " is not between 0 and 1");
        }
    }
}
