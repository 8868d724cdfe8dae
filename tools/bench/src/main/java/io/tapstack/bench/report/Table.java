package io.tapstack.bench.report;

import io.tapstack.bench.measure.Comparison;
import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Result;
import java.io.PrintWriter;
import java.util.List;

/**
 * Writes results to a terminal, one line each, as they come: the columns are wide enough for the comparisons to come.
 */
public final class Table {

    private static final List<String> HEADS =
            List.of("workload", "unit", "better", "median", "min", "max", "reference", "median", "ratio", "target", "");

    /** Columns of words; all others are of numbers. */
    private static final List<Integer> LEFT = List.of(0, 1, 2, 6, 10);

    /** Wide enough for {@code 1234567}, a rate of small exchanges, and {@code 123.45 x}. */
    private static final int FIGURE_WIDTH = 8;

    private final PrintWriter out;
    private final int[] widths = new int[HEADS.size()];

    /** Creates a table of these comparisons, in any order, and writes its head. */
    public Table(final List<Comparison> expected, final PrintWriter out) {
        this.out = out;
        widen(HEADS);
        for (final Comparison comparison : expected) {
            widen(words(comparison));
        }
        out.println(line(HEADS));
        out.flush();
    }

    /** Writes a line. */
    public void add(final Finding finding) {
        out.println(line(row(finding)));
        out.flush();
    }

    private void widen(final List<String> row) {
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
        }
    }

    /** The row with the widest figures. */
    private static List<String> words(final Comparison comparison) {
        final String figure = "0".repeat(FIGURE_WIDTH);
        final String reference = comparison.reference().orElse("");
        return List.of(
                comparison.name(),
                comparison.metric().unit(),
                "",
                figure,
                figure,
                figure,
                reference,
                reference.isEmpty() ? "" : figure,
                reference.isEmpty() ? "" : figure,
                Figures.target(comparison.target()),
                "");
    }

    private static List<String> row(final Finding finding) {
        final Result result = finding.result();
        final Double referenceValue = result.referenceValue();
        final Double ratio = result.ratio();
        final String reference = result.reference();
        return List.of(
                result.workload(),
                result.unit(),
                finding.comparison().metric().moreIsBetter() ? "more" : "less",
                Figures.value(result.value()),
                Figures.value(result.min()),
                Figures.value(result.max()),
                reference == null ? "" : reference,
                referenceValue == null ? "" : Figures.value(referenceValue),
                ratio == null ? "" : Figures.ratio(ratio) + " x",
                Figures.target(finding.comparison().target()),
                !finding.comparison().target().isSet() ? "" : finding.isGood() ? "✔" : "✘");
    }

    private String line(final List<String> row) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            final String padding = " ".repeat(Math.max(0, widths[i] - row.get(i).length()));
            line.append(LEFT.contains(i) ? row.get(i) + padding : padding + row.get(i))
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }
}
