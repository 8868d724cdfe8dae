package io.tapstack.cli;

import java.io.PrintWriter;

/** A line on a terminal that is rewritten; invisible without a terminal. */
public final class StatusLine {

    private static final String CLEAR = "\r\033[K";

    private final PrintWriter terminal;
    private final boolean visible;

    private StatusLine(final PrintWriter terminal, final boolean visible) {
        this.terminal = terminal;
        this.visible = visible;
    }

    /** A line on stderr, if that is a terminal. */
    public static StatusLine onStderr(final PrintWriter err) {
        return new StatusLine(err, Terminal.isStderr());
    }

    /** Replaces the text; it is cut at the width of the terminal. */
    public void show(final String text) {
        if (visible) {
            final int width = Terminal.columns() - 1;
            terminal.print(CLEAR + (text.length() <= width ? text : text.substring(0, width)));
            terminal.flush();
        }
    }

    /** Clears the line for other output. */
    public void clear() {
        if (visible) {
            terminal.print(CLEAR);
            terminal.flush();
        }
    }
}
