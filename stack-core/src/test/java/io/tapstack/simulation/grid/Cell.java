package io.tapstack.simulation.grid;

import io.tapstack.link.Impairment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;

/**
 * One cell of the {@link Grid}: flows over a path. Loss, reordering, duplication and corruption affect data and ACKs
 * alike, each on its way; the delay is one way; rate and queue are those of the data's direction.
 *
 * @param congestionControl its name
 * @param flows connections that share the path
 * @param spreadMillis difference of round trips between one host (of up to four) and the next
 * @param heldMillis time for which a reordered frame is held back
 * @param rateMbps rate of the bottleneck
 * @param queueKib length of its queue
 * @param circumstance a special condition
 */
record Cell(
        String congestionControl,
        int flows,
        int spreadMillis,
        double lossPercent,
        int delayMillis,
        int jitterMillis,
        double reorderPercent,
        int heldMillis,
        double duplicatePercent,
        double corruptPercent,
        double rateMbps,
        int queueKib,
        Circumstance circumstance) {

    /** The names of the columns of {@link #key()}. */
    static final String HEADER =
            "cc,flows,spread_ms,loss_pct,delay_ms,jitter_ms,reorder_pct,held_ms,duplicate_pct,corrupt_pct,rate_mbps,queue_kib,circumstance";

    private static final long MILLIS = 1_000_000L;
    private static final double BYTES_PER_MEGABIT = 125_000;
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    /** Randomness needs many runs; without it few runs suffice. */
    private static final int SEEDS = 8;

    private static final int CALM_SEEDS = 2;

    /** Columns of the stored results. */
    String key() {
        final StringJoiner key = new StringJoiner(",").add(congestionControl);
        for (final double value : new double[] {
            flows,
            spreadMillis,
            lossPercent,
            delayMillis,
            jitterMillis,
            reorderPercent,
            heldMillis,
            duplicatePercent,
            corruptPercent,
            rateMbps,
            queueKib
        }) {
            key.add(number(value));
        }
        return key.add(circumstance.toString()).toString();
    }

    /** The measured mean of all seeds. */
    RunFigures measure() {
        final List<Outcome> outcomes = new ArrayList<>();
        final int seeds = isCalm() ? CALM_SEEDS : SEEDS;
        for (int seed = 1; seed <= seeds; seed++) {
            outcomes.add(BulkRun.of(plan(), seed));
        }
        return RunFigures.of(outcomes);
    }

    Plan plan() {
        final Impairment back = Impairment.NONE
                .withLoss(lossPercent / 100)
                .withDelay(delayMillis * MILLIS)
                .withJitter(jitterMillis * MILLIS)
                .withReordering(reorderPercent / 100, heldMillis * MILLIS)
                .withDuplication(duplicatePercent / 100)
                .withCorruption(corruptPercent / 100);
        final Impairment forward = back.withRate((long) (rateMbps * BYTES_PER_MEGABIT), queueKib * KIB);
        return circumstance.applyTo(
                Plan.of(congestionControl, forward, back, bytes()).withFlows(flows, spreadMillis * MILLIS));
    }

    /** Enough for a few sawteeth, little enough for the smallest segments. */
    private long bytes() {
        if (circumstance != Circumstance.NONE && isCalm()) {
            return (circumstance == Circumstance.TAIL_LOSS ? 1L : 16L) * MIB;
        }
        if (isCalm()) {
            return (flows > 1 ? 64L : 32L) * MIB;
        }
        return (lossPercent + corruptPercent >= 5 ? 1L : 8L) * MIB * (flows > 1 ? 4 : 1);
    }

    private boolean isCalm() {
        return lossPercent + reorderPercent + duplicatePercent + corruptPercent + jitterMillis == 0;
    }

    private static String number(final double value) {
        return value == Math.rint(value) ? String.valueOf((long) value) : String.format(Locale.ROOT, "%s", value);
    }

    /** In words, without the neutral values. */
    @Override
    public String toString() {
        final StringJoiner words = new StringJoiner(", ");
        words.add(congestionControl).add(flows == 1 ? "1 flow" : flows + " flows");
        say(words, spreadMillis, "round trips apart by %s ms");
        say(words, lossPercent, "loss %s %%");
        words.add("delay " + delayMillis + " ms");
        say(words, jitterMillis, "jitter %s ms");
        say(words, reorderPercent, "reordered %s %% by " + heldMillis + " ms");
        say(words, duplicatePercent, "duplicated %s %%");
        say(words, corruptPercent, "corrupted %s %%");
        words.add(number(rateMbps) + " Mbit/s").add("queue " + queueKib + " KiB");
        return circumstance == Circumstance.NONE
                ? words.toString()
                : words.add(circumstance.toString()).toString();
    }

    private static void say(final StringJoiner words, final double value, final String how) {
        if (value != 0) {
            words.add(how.formatted(number(value)));
        }
    }
}
