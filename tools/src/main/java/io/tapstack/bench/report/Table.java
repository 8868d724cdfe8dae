package io.tapstack.bench.report;

import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Result;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Results for a terminal, one line each. */
public final class Table {

    private static final List<String> HEADS =
            List.of("workload", "unit", "better", "median", "min", "max", "reference", "median", "ratio", "target", "");

    /** Columns of words; all others are of numbers. */
    private static final List<Integer> LEFT = List.of(0, 1, 2, 6, 10);

    private Table() {}

    /** Writes the table. */
    public static void write(final List<Finding> findings, final PrintWriter out) {
        final List<List<String>> rows = new ArrayList<>();
        rows.add(HEADS);
        findings.forEach(finding -> rows.add(row(finding)));
        final int[] widths = new int[HEADS.size()];
        for (final List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        for (final List<String> row : rows) {
            out.println(line(row, widths));
        }
        out.flush();
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

    private static String line(final List<String> row, final int[] widths) {
        final StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            final String padding = " ".repeat(widths[i] - row.get(i).length());
            line.append(LEFT.contains(i) ? row.get(i) + padding : padding + row.get(i))
                    .append("  ");
        }
        return line.toString().stripTrailing();
    }
}
