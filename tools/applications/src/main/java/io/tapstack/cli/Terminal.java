package io.tapstack.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Facts about the terminal. {@link System#console()} does not distinguish stderr from stdout. */
public final class Terminal {

    private static final int DEFAULT_COLUMNS = 80;

    private Terminal() {}

    /** True if stderr is a terminal. */
    public static boolean isStderr() {
        return isTerminal(2);
    }

    private static boolean isTerminal(final int descriptor) {
        try {
            final String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (final IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    /** The width from the shell, or a default. */
    static int columns() {
        final String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : DEFAULT_COLUMNS;
    }
}
