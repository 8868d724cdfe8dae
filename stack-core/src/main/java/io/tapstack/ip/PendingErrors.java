package io.tapstack.ip;

import io.tapstack.error.SocketError;
import io.tapstack.event.StackStatistics;
import org.jspecify.annotations.Nullable;

/**
 * The errors that a socket has yet to tell: the pending error ({@code SO_ERROR} of {@code socket(7)}) and the
 * {@link ErrorQueue}, which is made when the first report comes.
 *
 * <p>Confined to the thread that runs the stack.
 */
public abstract class PendingErrors {

    private @Nullable SocketError pending;
    private @Nullable ErrorQueue queue;

    /** Where the queue counts the reports that it has no room for. */
    protected abstract StackStatistics statistics();

    /** The queue has a new report. */
    protected abstract void reported();

    /** A report takes the place of the pending error, which is no longer told. */
    protected void replaced() {}

    /** The error that the next call answers, or null. */
    public final @Nullable SocketError pending() {
        return pending;
    }

    /** Sets the error that the next call answers; null for none. */
    public final void pending(final @Nullable SocketError error) {
        pending = error;
    }

    /** The pending error, which is no longer pending, or null. */
    public final @Nullable SocketError take() {
        final SocketError error = pending;
        pending = null;
        return error;
    }

    /** Where reports go. */
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

    /** Drops the reports of errors: {@code IP_RECVERR} was turned off. */
    public final void dropErrors() {
        final ErrorQueue reports = queue;
        if (reports != null) {
            reports.dropErrors();
        }
    }

    /** The oldest report, or null. The pending error is that of the next report from then on, as on Linux. */
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
