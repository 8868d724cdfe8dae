package io.tapstack.ip;

import io.tapstack.error.SocketError;
import io.tapstack.event.StackStatistics;
import org.jspecify.annotations.Nullable;

/**
 * The errors of a socket that were not read yet: the pending error ({@code SO_ERROR} of {@code socket(7)}) and the
 * {@link ErrorQueue}, which is created for the first report.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public abstract class PendingErrors {

    private @Nullable SocketError pending;
    private @Nullable ErrorQueue queue;

    /** The counters for reports that the queue has no room for. */
    protected abstract StackStatistics statistics();

    /** The queue has a new report. */
    protected abstract void reported();

    /** A report replaces the pending error, which is not returned any more. */
    protected void replaced() {}

    /** The error that the next call returns, or null. */
    public final @Nullable SocketError pending() {
        return pending;
    }

    /** Sets the error that the next call returns; null for none. */
    public final void pending(final @Nullable SocketError error) {
        pending = error;
    }

    /** Clears the pending error and returns it, or null. */
    public final @Nullable SocketError take() {
        final SocketError error = pending;
        pending = null;
        return error;
    }

    /** The queue of reports. */
    public final ErrorQueue queue() {
        ErrorQueue reports = queue;
        if (reports == null) {
            reports = new ErrorQueue(statistics(), this::reported);
            queue = reports;
        }
        return reports;
    }

    public final boolean hasReports() {
        final ErrorQueue reports = queue;
        return reports != null && !reports.isEmpty();
    }

    /** Drops the reports of errors; called when {@code IP_RECVERR} is turned off. */
    public final void dropErrors() {
        final ErrorQueue reports = queue;
        if (reports != null) {
            reports.dropErrors();
        }
    }

    /**
     * Removes the oldest report, or returns null. From then on the pending error is that of the next report, as on
     * Linux.
     */
    public final @Nullable ErrorReport takeReport() {
        final ErrorQueue reports = queue;
        final ErrorReport report = reports == null ? null : reports.poll();
        if (reports == null || report == null) {
            return null;
        }
        final int next = reports.nextIcmpErrno();
        if (next != 0 || report.isIcmp()) {
            replaced();
            pending = SocketError.of(next);
        }
        return report;
    }
}
