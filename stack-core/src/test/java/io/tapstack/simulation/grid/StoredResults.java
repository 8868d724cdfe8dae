package io.tapstack.simulation.grid;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The file with the results of the cells of the {@link Grid}: a line for each, first the cell, then its
 * {@link RunFigures}.
 */
final class StoredResults {

    /** From the module's directory, where its tests run. */
    static final Path FILE = Path.of("..", "docs", "simulation-grid.csv");

    private final Map<String, RunFigures> results = new LinkedHashMap<>();

    static StoredResults read() throws IOException {
        final StoredResults stored = new StoredResults();
        if (Files.exists(FILE)) {
            final int keyColumns = Cell.HEADER.split(",").length;
            for (final String line : Files.readAllLines(FILE)) {
                final String[] columns = line.split(",");
                if (!line.equals(header())) {
                    final String key = String.join(",", Arrays.copyOf(columns, keyColumns));
                    stored.results.put(key, RunFigures.parse(Arrays.copyOfRange(columns, keyColumns, columns.length)));
                }
            }
        }
        return stored;
    }

    @Nullable
    RunFigures of(final Cell cell) {
        return results.get(cell.key());
    }

    /** True if there are results of this congestion control. */
    boolean knows(final String congestionControl) {
        return results.keySet().stream().anyMatch(key -> key.startsWith(congestionControl + ","));
    }

    static void write(final Map<Cell, RunFigures> figures) throws IOException {
        final List<String> lines = new ArrayList<>();
        lines.add(header());
        figures.forEach((cell, found) -> lines.add(cell.key() + "," + found.toLine()));
        Files.write(FILE, lines);
    }

    private static String header() {
        return Cell.HEADER + "," + RunFigures.HEADER;
    }
}
