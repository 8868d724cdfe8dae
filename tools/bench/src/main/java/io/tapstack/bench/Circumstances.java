package io.tapstack.bench;

import io.tapstack.bench.lab.Scale;
import java.util.List;
import java.util.Locale;

/**
 * The conditions of a run, besides the code, for the text above the table and in the chart.
 *
 * @param machine processors, kernel and Java, from {@link BenchMachine#describe()}
 * @param scale the amount measured
 * @param load the load average at the start of the run
 */
public record Circumstances(String machine, Scale scale, double load) {

    /** From this load average on, other work shares the processors with the subjects. */
    private static final double BUSY = 0.5;

    /** The circumstances of a run that begins now. */
    public static Circumstances now(final Scale scale) {
        return new Circumstances(BenchMachine.describe(), scale, BenchMachine.loadAverage());
    }

    /** True if other work was running at the start of the run. */
    public boolean busy() {
        return load > BUSY;
    }

    /** One line for each condition. */
    public List<String> lines() {
        final String runs = (scale.limit().isZero() ? "" : "up to ") + scale.runs() + " runs of each, in turn"
                + (scale.quick() ? "; --quick: short runs, rough figures" : "");
        return List.of(
                machine,
                busy()
                        ? runs + String.format(Locale.ROOT, "; the machine was busy (load %.1f): do not compare", load)
                        : runs);
    }
}
