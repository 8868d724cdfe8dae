package io.tapstack.simulation.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.tcp.congestion.CongestionControls;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Throughput, its cost and its shares, compared with the results in {@code docs/simulation-grid.csv}: some cells of the
 * grid in every test run, all of them with {@code -Dtapstack.grid=all}. {@code -Dtapstack.grid=store} writes the file
 * anew instead.
 */
class GridTest {

    private static final String MODE = System.getProperty("tapstack.grid", "some");

    private static final String ADVICE = """

            If that is what the change is for, say so in its message and store the new results:
                bin/tapstack test -Dtapstack.quick -DskipITs -Dtest=GridTest -Dtapstack.grid=store""";

    @TestFactory
    Stream<DynamicTest> asStored() throws IOException {
        assumeTrue(!MODE.equals("store"), "results are stored, not compared");
        final StoredResults stored = StoredResults.read();
        final List<Cell> cells = MODE.equals("all")
                ? Grid.all(CongestionControls.BUILT_IN.names())
                : Grid.some(CongestionControls.BUILT_IN.names());
        return cells.stream().map(cell -> DynamicTest.dynamicTest(cell.toString(), () -> compare(cell, stored)));
    }

    private static void compare(final Cell cell, final StoredResults stored) {
        final RunFigures before = stored.of(cell);
        assumeTrue(
                before != null || stored.knows(cell.congestionControl()),
                cell.congestionControl() + " has no stored results yet" + ADVICE);
        assertThat(before).as("stored results of %s%s", cell, ADVICE).isNotNull();
        final List<String> differences = cell.measure().differencesFrom(before);
        assertThat(differences)
                .withFailMessage(() -> cell + ":\n    " + String.join("\n    ", differences) + ADVICE)
                .isEmpty();
    }

    @Test
    void store() throws IOException {
        assumeTrue(MODE.equals("store"), "results are compared, not stored");
        final StoredResults before = StoredResults.read();
        final List<Cell> cells = Grid.all(CongestionControls.BUILT_IN.names());
        // Cells share no state, so any number of them can be measured at once.
        final Map<Cell, RunFigures> found =
                cells.parallelStream().collect(Collectors.toMap(cell -> cell, Cell::measure));
        final Map<Cell, RunFigures> inOrder = new LinkedHashMap<>();
        for (final Cell cell : cells) {
            inOrder.put(cell, found.get(cell));
            final RunFigures stored = before.of(cell);
            if (stored != null) {
                final List<String> differences = found.get(cell).differencesFrom(stored);
                if (!differences.isEmpty()) {
                    System.out.println(cell + ":\n    " + String.join("\n    ", differences));
                }
            }
        }
        StoredResults.write(inOrder);
    }

    /** Every cell of each run is in the grid. */
    @Test
    void someAreOfAll() {
        assertThat(Grid.all(List.of("reno")))
                .containsAll(Grid.some(List.of("reno")))
                .doesNotHaveDuplicates();
    }
}
