package io.tapstack.simulation.grid;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Means of the runs of a {@link Cell}.
 *
 * @param mbps throughput, in megabits of payload a second
 * @param mbpsDeviation standard deviation of a single run's throughput
 * @param retransmitted retransmitted segments
 * @param timeouts expiries of the retransmission timer
 * @param recoveries starts of fast recovery
 * @param goodput share of sent payload that arrived
 * @param fairness Jain's index
 */
record RunFigures(
        double mbps,
        double mbpsDeviation,
        double retransmitted,
        double timeouts,
        double recoveries,
        double goodput,
        double fairness) {

    /** The names of the columns of {@link #toLine()}. */
    static final String HEADER = "mbps,mbps_sd,retransmitted,timeouts,recoveries,goodput,jain";

    /** By chance alone, two means of a few runs nearly always differ by less than this times their deviation. */
    private static final double DEVIATIONS = 2.5;

    private static final double SHARE = 0.05;
    private static final double COUNT_SHARE = 0.2;

    static RunFigures of(final List<Outcome> outcomes) {
        final double mbps = mean(outcomes, Outcome::megabitsPerSecond);
        final double variance = mean(outcomes, outcome -> square(outcome.megabitsPerSecond() - mbps));
        return new RunFigures(
                mbps,
                Math.sqrt(variance * outcomes.size() / Math.max(1, outcomes.size() - 1)),
                mean(outcomes, Outcome::retransmitted),
                mean(outcomes, Outcome::timeouts),
                mean(outcomes, Outcome::recoveries),
                mean(outcomes, Outcome::goodput),
                mean(outcomes, Outcome::fairness));
    }

    private static double mean(final List<Outcome> outcomes, final ToDoubleFunction<Outcome> figure) {
        return outcomes.stream().mapToDouble(figure).average().orElseThrow();
    }

    private static double square(final double value) {
        return value * value;
    }

    /** Columns of the stored results. */
    String toLine() {
        return String.format(
                Locale.ROOT,
                "%.4g,%.2g,%.1f,%.1f,%.1f,%.4f,%.4f",
                mbps,
                mbpsDeviation,
                retransmitted,
                timeouts,
                recoveries,
                goodput,
                fairness);
    }

    static RunFigures parse(final String[] columns) {
        final double[] values = new double[columns.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = Double.parseDouble(columns[i]);
        }
        return new RunFigures(values[0], values[1], values[2], values[3], values[4], values[5], values[6]);
    }

    /** The figures that differ by more than chance and a small change may cause; one line each, none if all agree. */
    List<String> differencesFrom(final RunFigures stored) {
        final List<String> lines = new ArrayList<>();
        final double noise = DEVIATIONS * Math.max(stored.mbpsDeviation, Math.min(mbpsDeviation, stored.mbps / 10));
        compare(lines, "throughput, Mbit/s", mbps, stored.mbps, SHARE * stored.mbps + noise);
        compare(lines, "segments sent again", retransmitted, stored.retransmitted, ofCount(stored.retransmitted));
        compare(lines, "timeouts", timeouts, stored.timeouts, ofCount(stored.timeouts));
        compare(lines, "fast recoveries", recoveries, stored.recoveries, ofCount(stored.recoveries));
        compare(lines, "goodput", goodput, stored.goodput, 0.005 + COUNT_SHARE * (1 - stored.goodput));
        compare(lines, "Jain's index", fairness, stored.fairness, 0.02 + (1 - stored.fairness));
        return lines;
    }

    private static double ofCount(final double stored) {
        return 2 + COUNT_SHARE * stored + 2 * Math.sqrt(stored);
    }

    private static void compare(
            final List<String> lines,
            final String what,
            final double now,
            final double stored,
            final double tolerance) {
        if (!(Math.abs(now - stored) <= tolerance)) {
            final String change = stored == 0 ? "" : String.format(Locale.ROOT, ", %+.0f %%", 100 * (now / stored - 1));
            lines.add(String.format(
                    Locale.ROOT, "%s: %.4g, stored %.4g +- %.2g%s", what, now, stored, tolerance, change));
        }
    }
}
