package io.tapstack.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What is known about the terminal. {@link System#console()} does not tell stderr from stdout. */
public final class Terminal {

    private static final int DEFAULT_COLUMNS = 80;

    private Terminal() {}

    /** Whether stderr is read by a person. */
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

    /** The width, as far as the shell tells it. */
    static int columns() {
        final String columns = System.getenv("COLUMNS");
        return columns != null && columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : DEFAULT_COLUMNS;
    }
}
