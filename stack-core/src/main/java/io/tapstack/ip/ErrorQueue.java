package io.tapstack.ip;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import java.util.ArrayDeque;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The error queue of a socket: what {@code recv(2)} of {@code MSG_ERRQUEUE} reads, oldest first. Its memory is bounded:
 * each entry is charged its payload and {@link #ENTRY_BYTES}, and one that goes beyond the limit is dropped, as on
 * Linux.
 *
 * <p>Confined to whoever runs the stack.
 */
public final class ErrorQueue {

    /** What an entry is charged besides its payload: the memory of an empty socket buffer on Linux. */
    public static final int ENTRY_BYTES = 768;

    private final ArrayDeque<ErrorReport> reports = new ArrayDeque<>();
    private final StackStatistics statistics;
    private final Runnable added;
    private int heldBytes;
    private int zeroCopyReports;

    /** @param added is called, under the stack's lock, whenever there is something new */
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
     * The send {@code id} with {@code MSG_ZEROCOPY} is completed. If the last report is about the one before, it is
     * about both from now on. As on Linux, their number is bounded by whoever sends, and whether bytes were copied is
     * said of the first.
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

    /** How many reports are about sends with {@code MSG_ZEROCOPY}. */
    public int zeroCopyReports() {
        return zeroCopyReports;
    }

    /**
     * The oldest report, which is the caller's, or null. If there is one more, the observer is called again, as on
     * Linux.
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

    /** The errno of the oldest report if that is about an ICMP message, else 0. */
    public int nextIcmpErrno() {
        final ErrorReport next = reports.peekFirst();
        return next != null && next.isIcmp() ? next.errno() : 0;
    }

    /** Drops the reports of errors, not those of other origins: {@code IP_RECVERR} was turned off. */
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

    /** What the reports are charged, in bytes. */
    public int heldBytes() {
        return heldBytes;
    }

    private static int charge(final ErrorReport report) {
        return ENTRY_BYTES + report.payload().length;
    }
}
