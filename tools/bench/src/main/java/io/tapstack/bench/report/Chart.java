package io.tapstack.bench.report;

import io.tapstack.bench.measure.Finding;
import io.tapstack.bench.measure.Result;
import io.tapstack.bench.measure.Target;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Paint;
import java.awt.geom.Rectangle2D;
import java.io.File;
import java.io.IOException;
import java.util.List;
import org.jfree.chart.ChartUtils;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.labels.ItemLabelAnchor;
import org.jfree.chart.labels.ItemLabelPosition;
import org.jfree.chart.labels.StandardCategoryItemLabelGenerator;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.CombinedRangeCategoryPlot;
import org.jfree.chart.plot.DatasetRenderingOrder;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.plot.ValueMarker;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.LineAndShapeRenderer;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.Layer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;

/** Results as a picture: a bar for the ratio of each to its reference, with the target as a mark across it. */
public final class Chart {

    private static final int WIDTH = 1500;
    private static final int ROW_HEIGHT = 34;
    private static final int MARGINS = 190;
    private static final int FEWEST_ROWS = 3;

    // Blue, vermilion and grey of the palette by Okabe and Ito, which people who confuse red and green tell apart.
    private static final Color MET = new Color(0x0072b2);
    private static final Color MISSED = new Color(0xd55e00);
    private static final Color WITHOUT_TARGET = new Color(0x9a9a9a);
    private static final Color INK = new Color(0x2b2b2b);
    private static final Color GRID = new Color(0xdddddd);
    private static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 14);
    private static final Font HEAD = new Font(Font.SANS_SERIF, Font.BOLD, 20);

    private static final double TICK = 0.5;

    /** Longest bar; a longer one is cut, so that it does not shrink the others, and its label gives the ratio. */
    private static final double LONGEST = 3;

    /** Room beyond the longest bar, for its label. */
    private static final double BEYOND = 1.3;

    /** Largest share of the picture for the words. */
    private static final float WORDS = 0.6f;

    private static final double MARK_WIDTH = 3;
    private static final double MARK_HEIGHT = 26;

    private Chart() {}

    /**
     * Writes a PNG, of the results that have a reference.
     *
     * @param circumstances lines below the title: the machine, the runs
     */
    public static void write(final List<Finding> findings, final List<String> circumstances, final File file)
            throws IOException {
        System.setProperty("java.awt.headless", "true");
        final List<Finding> compared = findings.stream()
                .filter(finding -> finding.result().ratio() != null)
                .toList();
        final List<Finding> more = side(compared, true);
        final List<Finding> less = side(compared, false);
        final CombinedRangeCategoryPlot plot = new CombinedRangeCategoryPlot(axis(compared));
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setGap(14);
        for (final List<Finding> part : List.of(more, less)) {
            if (!part.isEmpty()) {
                plot.add(part(part, part == more ? "more is better" : "less is better"), rows(part));
            }
        }
        final JFreeChart chart = new JFreeChart("Tapstack beside its references", HEAD, plot, false);
        chart.setBackgroundPaint(Color.WHITE);
        chart.setPadding(new RectangleInsets(12, 12, 12, 12));
        circumstances.forEach(circumstance -> chart.addSubtitle(line(circumstance)));
        chart.addSubtitle(line(
                "ratio of medians: Tapstack over the reference.  Dashed line: 1.0, as good as the reference.  Black mark: target."
                        + "  A bar that ends at 3 goes on to the ratio beside it."));
        final int height = MARGINS + ROW_HEIGHT * (rows(more) + rows(less));
        ChartUtils.saveChartAsPNG(file, chart, WIDTH, height);
    }

    /** The height of a part in rows: its title is beside it, upright. */
    private static int rows(final List<Finding> part) {
        return part.isEmpty() ? 0 : Math.max(FEWEST_ROWS, part.size());
    }

    private static List<Finding> side(final List<Finding> findings, final boolean moreIsBetter) {
        return findings.stream()
                .filter(finding -> finding.comparison().metric().moreIsBetter() == moreIsBetter)
                .toList();
    }

    private static TextTitle line(final String text) {
        final TextTitle title = new TextTitle(text, TEXT);
        title.setPaint(INK);
        title.setHorizontalAlignment(HorizontalAlignment.CENTER);
        return title;
    }

    private static NumberAxis axis(final List<Finding> findings) {
        double most = 1;
        for (final Finding finding : findings) {
            final Double ratio = finding.result().ratio();
            most = Math.max(most, ratio == null ? 0 : ratio);
            most = Math.max(most, bound(finding.comparison().target()));
        }
        final NumberAxis axis = new NumberAxis("ratio to the reference");
        axis.setRange(0, Math.min(most, LONGEST) * BEYOND);
        axis.setTickUnit(new NumberTickUnit(TICK));
        axis.setLabelFont(TEXT);
        axis.setTickLabelFont(TEXT);
        return axis;
    }

    /** The position of the mark, or 0 for none. */
    private static double bound(final Target target) {
        return switch (target.kind()) {
            case RATIO_AT_LEAST, RATIO_AT_MOST -> target.bound();
            case NONE, VALUE_AT_LEAST, VALUE_AT_MOST -> 0;
        };
    }

    private static CategoryPlot part(final List<Finding> findings, final String title) {
        final DefaultCategoryDataset ratios = new DefaultCategoryDataset();
        final DefaultCategoryDataset targets = new DefaultCategoryDataset();
        for (final Finding finding : findings) {
            final String name = words(finding.result());
            final Double ratio = finding.result().ratio();
            ratios.addValue(ratio == null ? null : Double.valueOf(Math.min(ratio, LONGEST)), "ratio", name);
            final double bound = bound(finding.comparison().target());
            targets.addValue(bound > 0 ? Double.valueOf(bound) : null, "target", name);
        }
        final CategoryAxis names = new CategoryAxis(title);
        names.setLabelFont(TEXT.deriveFont(Font.BOLD));
        names.setTickLabelFont(TEXT);
        names.setMaximumCategoryLabelWidthRatio(WORDS);
        names.setCategoryMargin(0.25);
        names.setLowerMargin(0.01);
        names.setUpperMargin(0.01);
        final CategoryPlot plot = new CategoryPlot(ratios, names, null, bars(findings));
        plot.setOrientation(PlotOrientation.HORIZONTAL);
        plot.setDataset(1, targets);
        plot.setRenderer(1, marks());
        plot.setDatasetRenderingOrder(DatasetRenderingOrder.FORWARD);
        plot.setBackgroundPaint(Color.WHITE);
        plot.setRangeGridlinePaint(GRID);
        plot.setRangeGridlineStroke(new BasicStroke(1));
        plot.setOutlineVisible(false);
        plot.addRangeMarker(
                new ValueMarker(
                        1,
                        INK,
                        new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 1, new float[] {6, 5}, 0)),
                Layer.BACKGROUND);
        return plot;
    }

    private static BarRenderer bars(final List<Finding> findings) {
        final BarRenderer renderer = new BarRenderer() {

            private static final long serialVersionUID = 1L;

            @Override
            public Paint getItemPaint(final int row, final int column) {
                final Finding finding = findings.get(column);
                return !finding.comparison().target().isSet() ? WITHOUT_TARGET : finding.isGood() ? MET : MISSED;
            }
        };
        renderer.setDefaultItemLabelGenerator(new StandardCategoryItemLabelGenerator() {

            private static final long serialVersionUID = 1L;

            @Override
            public String generateLabel(final CategoryDataset dataset, final int row, final int column) {
                return label(findings.get(column));
            }
        });
        renderer.setDefaultItemLabelFont(TEXT);
        renderer.setDefaultItemLabelsVisible(true);
        renderer.setDefaultPositiveItemLabelPosition(
                new ItemLabelPosition(ItemLabelAnchor.OUTSIDE3, TextAnchor.CENTER_LEFT));
        renderer.setBarPainter(new StandardBarPainter());
        renderer.setShadowVisible(false);
        renderer.setDrawBarOutline(false);
        renderer.setMaximumBarWidth(0.9);
        return renderer;
    }

    /** The label behind a bar: its colour in words, and its true length. */
    static String label(final Finding finding) {
        final Double ratio = finding.result().ratio();
        final String verdict = !finding.comparison().target().isSet() ? "" : finding.isGood() ? "reached" : "missed";
        final String end = ratio != null && ratio > LONGEST ? ">> " + Figures.ratio(ratio) : "";
        return (end + "  " + verdict).strip();
    }

    private static LineAndShapeRenderer marks() {
        final LineAndShapeRenderer renderer = new LineAndShapeRenderer(false, true);
        renderer.setSeriesShape(0, new Rectangle2D.Double(-MARK_WIDTH / 2, -MARK_HEIGHT / 2, MARK_WIDTH, MARK_HEIGHT));
        renderer.setSeriesPaint(0, Color.BLACK);
        return renderer;
    }

    /** The label in front of a bar; unique, as it is the bar's key. */
    private static String words(final Result result) {
        final Double ratio = result.ratio();
        final Double reference = result.referenceValue();
        return result.workload() + ":  " + Figures.value(result.value()) + ' ' + result.unit() + ";  "
                + result.reference()
                + ' ' + (reference == null ? "" : Figures.value(reference)) + "   =   "
                + (ratio == null ? "" : Figures.ratio(ratio)) + " x";
    }
}
