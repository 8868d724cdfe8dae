package io.tapstack.link;

/**
 * What is wrong with one direction of a link. Probabilities are per frame, from 0 to 1, and independent of each other; times are in
 * nanoseconds. Frames keep their order, whatever the jitter, unless {@code reordering} says otherwise.
 *
 * @param loss probability that a frame does not arrive
 * @param duplication probability that it arrives twice
 * @param corruption probability that one of its bits arrives inverted. Every Internet checksum finds a single wrong bit; what has
 *     none, an Ethernet header or an ARP packet, is believed by whoever gets it.
 * @param reordering probability that it is held back for {@code reorderNanos}, so that those behind it overtake
 * @param reorderNanos how long such a frame is held back
 * @param delayNanos how long every frame is on its way
 * @param jitterNanos upper limit of what is added to the delay, evenly spread
 * @param bytesPerSecond how fast frames leave one after the other, or 0 for no limit
 * @param queueBytes frames that come while so many bytes wait to leave are lost; counts with a rate only
 * @param markingBytes ECN-capable packets that come while so many bytes wait to leave are marked "congestion experienced" (RFC 3168 5),
 *     or 0 for never; counts with a rate only
 */
public record Impairment(
        double loss,
        double duplication,
        double corruption,
        double reordering,
        long reorderNanos,
        long delayNanos,
        long jitterNanos,
        long bytesPerSecond,
        int queueBytes,
        int markingBytes) {

    /** A perfect link. */
    public static final Impairment NONE = new Impairment(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public Impairment {
        requireProbability("loss", loss);
        requireProbability("duplication", duplication);
        requireProbability("corruption", corruption);
        requireProbability("reordering", reordering);
        if (reorderNanos < 0 || delayNanos < 0 || jitterNanos < 0) {
            throw new IllegalArgumentException("no frame arrives before it was sent");
        }
        if (bytesPerSecond < 0 || queueBytes < 0 || markingBytes < 0) {
            throw new IllegalArgumentException("a rate of " + bytesPerSecond + " with a queue of " + queueBytes);
        }
    }

    public Impairment withLoss(final double probability) {
        return new Impairment(
                probability,
                duplication,
                corruption,
                reordering,
                reorderNanos,
                delayNanos,
                jitterNanos,
                bytesPerSecond,
                queueBytes,
                markingBytes);
    }

    public Impairment withDuplication(final double probability) {
        return new Impairment(
                loss,
                probability,
                corruption,
                reordering,
                reorderNanos,
                delayNanos,
                jitterNanos,
                bytesPerSecond,
                queueBytes,
                markingBytes);
    }

    public Impairment withCorruption(final double probability) {
        return new Impairment(
                loss,
                duplication,
                probability,
                reordering,
                reorderNanos,
                delayNanos,
                jitterNanos,
                bytesPerSecond,
                queueBytes,
                markingBytes);
    }

    public Impairment withReordering(final double probability, final long heldBackNanos) {
        return new Impairment(
                loss,
                duplication,
                corruption,
                probability,
                heldBackNanos,
                delayNanos,
                jitterNanos,
                bytesPerSecond,
                queueBytes,
                markingBytes);
    }

    public Impairment withDelay(final long nanos) {
        return new Impairment(
                loss,
                duplication,
                corruption,
                reordering,
                reorderNanos,
                nanos,
                jitterNanos,
                bytesPerSecond,
                queueBytes,
                markingBytes);
    }

    public Impairment withJitter(final long nanos) {
        return new Impairment(
                loss,
                duplication,
                corruption,
                reordering,
                reorderNanos,
                delayNanos,
                nanos,
                bytesPerSecond,
                queueBytes,
                markingBytes);
    }

    public Impairment withRate(final long newBytesPerSecond, final int newQueueBytes) {
        return new Impairment(
                loss,
                duplication,
                corruption,
                reordering,
                reorderNanos,
                delayNanos,
                jitterNanos,
                newBytesPerSecond,
                newQueueBytes,
                markingBytes);
    }

    public Impairment withMarking(final int bytes) {
        return new Impairment(
                loss,
                duplication,
                corruption,
                reordering,
                reorderNanos,
                delayNanos,
                jitterNanos,
                bytesPerSecond,
                queueBytes,
                bytes);
    }

    /** True if a frame may arrive later than it was sent. */
    public boolean takesTime() {
        return delayNanos > 0 || jitterNanos > 0 || bytesPerSecond > 0 || (reordering > 0 && reorderNanos > 0);
    }

    private static void requireProbability(final String what, final double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(what + " of " + value + " is no probability");
        }
    }
}
