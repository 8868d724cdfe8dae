package io.tapstack.http.client;

import io.tapstack.http.Amount;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/** A progress bar, redrawn on one line of a terminal. */
public final class ProgressBar implements DownloadProgress {

    private static final long DRAW_NANOS = 100_000_000;

    private final PrintWriter terminal;
    private final String name;
    private final int columns;
    private final LongSupplier nanoClock;
    private long existing;
    private long received;
    private OptionalLong total = OptionalLong.empty();
    private long startNanos;
    private long drawnNanos;

    /**
     * Creates a bar that has not begun.
     *
     * @param columns the width of the terminal
     * @param nanoClock the time, as {@link System#nanoTime}
     */
    public ProgressBar(final PrintWriter terminal, final String name, final int columns, final LongSupplier nanoClock) {
        this.terminal = terminal;
        this.name = name.length() <= 24 ? name : name.substring(0, 21) + "...";
        this.columns = columns;
        this.nanoClock = nanoClock;
    }

    @Override
    public void begin(final long existingBytes, final OptionalLong totalBytes) {
        existing = existingBytes;
        total = totalBytes;
        received = 0;
        startNanos = nanoClock.getAsLong();
        draw(startNanos);
    }

    @Override
    public void advance(final long bytes) {
        received += bytes;
        final long now = nanoClock.getAsLong();
        if (now - drawnNanos >= DRAW_NANOS) {
            draw(now);
        }
    }

    @Override
    public void end() {
        draw(nanoClock.getAsLong());
        terminal.println();
        terminal.flush();
    }

    private void draw(final long now) {
        drawnNanos = now;
        terminal.print('\r' + line(now) + "\033[K");
        terminal.flush();
    }

    private String line(final long now) {
        final long have = existing + received;
        final long elapsed = now - startNanos;
        final String counts = Amount.bytes(have) + (received == 0 ? "" : "  " + Amount.rate(received, elapsed));
        if (total.isEmpty()) {
            return name + "  " + counts;
        }
        final long all = total.getAsLong();
        final double fraction = all == 0 ? 1 : (double) have / all;
        final String tail =
                String.format(Locale.ROOT, "] %3d %%  %s%s", (int) (fraction * 100), counts, left(all - have, elapsed));
        // Leaves room for the ^C that a terminal shows: a line that wraps could not be redrawn.
        final int width = Math.max(4, Math.min(50, columns - name.length() - tail.length() - 6));
        final int filled = (int) Math.round(fraction * width);
        return name + "  [" + "#".repeat(filled) + " ".repeat(width - filled) + tail;
    }

    private String left(final long bytes, final long elapsedNanos) {
        if (bytes <= 0 || received == 0) {
            return "";
        }
        final long seconds = (long) (elapsedNanos / 1e9 * bytes / received);
        return seconds < 60 ? "  " + seconds + " s left" : "  " + seconds / 60 + " min left";
    }
}
