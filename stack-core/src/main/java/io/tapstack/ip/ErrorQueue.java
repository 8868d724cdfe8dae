package io.tapstack.ip;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The error queue of a socket, oldest report first: {@code recv(2)} with {@code MSG_ERRQUEUE} reads it. Its memory is
 * bounded: each entry is charged its payload and {@link #ENTRY_BYTES}, and one that goes beyond the limit is dropped,
 * as on Linux.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class ErrorQueue {

    /** The charge of an entry besides its payload: the memory of an empty socket buffer on Linux. */
    public static final int ENTRY_BYTES = 768;

    private final ArrayDeque<ErrorReport> reports = new ArrayDeque<>();
    private final StackStatistics statistics;
    private final Runnable added;
    private int heldBytes;
    private int zeroCopyReports;

    /** @param added called, with the stack's lock held, for each new report */
    public ErrorQueue(final StackStatistics statistics, final Runnable added) {
        this.statistics = statistics;
        this.added = added;
    }

    /** Queues a report, unless the queue would then hold {@code limitBytes} or more. */
    public void add(final ErrorReport report, final int limitBytes) {
        if (heldBytes + charge(report) >= limitBytes) {
            statistics.drop(DropReason.ERROR_QUEUE_FULL);
            return;
        }
        reports.addLast(report);
        heldBytes += charge(report);
        added.run();
    }

    /**
     * The send {@code id} with {@code MSG_ZEROCOPY} is completed. If the last report is about the send before it, that
     * report is extended. As on Linux, the sender bounds their number, and the report says of the first send whether
     * bytes were copied.
     */
    public void completed(final int id, final boolean copied) {
        final ErrorReport last = reports.peekLast();
        if (last != null && last.origin() == ErrorReport.ZERO_COPY && last.data() + 1 == id) {
            reports.removeLast();
            reports.addLast(ErrorReport.completed(last.info(), id, last.code()));
        } else {
            reports.addLast(ErrorReport.completed(id, id, copied ? ErrorReport.COPIED : 0));
            heldBytes += ENTRY_BYTES;
            zeroCopyReports++;
        }
        added.run();
    }

    /** The number of reports about sends with {@code MSG_ZEROCOPY}. */
    public int zeroCopyReports() {
        return zeroCopyReports;
    }

    /**
     * Removes the oldest report, which is then the caller's; null if there is none. If another one follows, the
     * observer is called again, as on Linux.
     */
    public @Nullable ErrorReport poll() {
        final ErrorReport report = reports.pollFirst();
        if (report != null) {
            heldBytes -= charge(report);
            zeroCopyReports -= report.origin() == ErrorReport.ZERO_COPY ? 1 : 0;
            if (!reports.isEmpty()) {
                added.run();
            }
        }
        return report;
    }

    /** The errno of the oldest report if it is about an ICMP message, else 0. */
    public int nextIcmpErrno() {
        final ErrorReport next = reports.peekFirst();
        return next != null && next.isIcmp() ? next.errno() : 0;
    }

    /** Drops the reports of errors, but not those of other origins; called when {@code IP_RECVERR} is turned off. */
    public void dropErrors() {
        for (final Iterator<ErrorReport> each = reports.iterator(); each.hasNext(); ) {
            final ErrorReport report = each.next();
            if (report.isIcmp()) {
                heldBytes -= charge(report);
                each.remove();
            }
        }
    }

    public boolean isEmpty() {
        return reports.isEmpty();
    }

    /** The charge of all reports, in bytes. */
    public int heldBytes() {
        return heldBytes;
    }

    private static int charge(final ErrorReport report) {
        return ENTRY_BYTES + report.payload().length;
    }
}
