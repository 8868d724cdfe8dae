package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receiver's side of SACK (RFC 2018 4): which blocks an ACK reports. The first is the one that the latest segment
 * is in; then those that were reported most recently, so that each is reported several times even if ACKs are lost. A
 * segment that came before is reported in front of them, once (DSACK, RFC 2883 4).
 */
public final class SelectiveAcks {

    private static final int MAX_BLOCKS = 4;

    // Made when something comes out of order for the first time.
    private @Nullable SequenceRanges ranges;

    // One sequence number of each block, the latest first.
    private final int[] recent = new int[MAX_BLOCKS];
    private int recentCount;

    private boolean duplicate;
    private int duplicateLeft;
    private int duplicateRight;

    /** What lies from {@code left} to {@code right}, a FIN included, came out of order and is kept. */
    public void outOfOrder(final int left, final int right) {
        SequenceRanges all = ranges;
        if (all == null) {
            all = new SequenceRanges();
            ranges = all;
        }
        reportOverlap(all, left, right);
        all.add(left, right);
        remember(left, all);
    }

    /**
     * What lies from {@code left} to {@code right} came in order. The next ACK reports what of it had come out of order
     * already, before {@link #inOrder} takes the blocks out that are in order now.
     */
    public void filled(final int left, final int right) {
        final SequenceRanges all = ranges;
        if (all != null) {
            reportOverlap(all, left, right);
        }
    }

    private void reportOverlap(final SequenceRanges all, final int left, final int right) {
        final int overlapped = all.firstEndingAfter(left);
        if (overlapped == all.count() || !SequenceNumber.lessThan(all.left(overlapped), right)) {
            return;
        }
        final int from = SequenceNumber.max(left, all.left(overlapped));
        final int to = SequenceNumber.min(right, all.right(overlapped));
        if (!duplicate) {
            duplicate(from, to);
        } else if (from == duplicateRight) {
            duplicateRight = to; // The FIN behind data that came twice.
        }
        // RFC 2883 4.2.3: of several parts that came twice the first is reported.
    }

    private void remember(final int sequence, final SequenceRanges all) {
        final int block = all.find(sequence);
        int kept = 0;
        int latest = sequence;
        // The others move back by one; those that are in the same block now go.
        for (int i = 0; i < recentCount; i++) {
            final int other = recent[i];
            final int otherBlock = all.find(other);
            if (otherBlock >= 0 && otherBlock != block && kept < MAX_BLOCKS - 1) {
                recent[kept] = latest;
                latest = other;
                kept++;
            }
        }
        recent[kept] = latest;
        recentCount = kept + 1;
    }

    /** What lies from {@code left} to {@code right} came again: the next ACK says so. */
    public void duplicate(final int left, final int right) {
        duplicate = true;
        duplicateLeft = left;
        duplicateRight = right;
    }

    /** Everything before {@code rcvNxt} is in order. */
    public void inOrder(final int rcvNxt) {
        final SequenceRanges all = ranges;
        if (all != null && all.count() > 0) {
            all.removeBefore(rcvNxt);
        }
    }

    /** What came out of order at {@code sequence} and behind it was let go (RFC 2018 8). */
    public void forgetFrom(final int sequence) {
        final SequenceRanges all = ranges;
        if (all != null) {
            all.removeFrom(sequence);
        }
    }

    /** True if there is something that an ACK has to report. */
    public boolean isReportDue() {
        return duplicate || ranges != null && ranges.count() > 0;
    }

    /** Bytes that {@link #write} needs, with {@code space} bytes free for options. */
    public int optionLength(final int space) {
        return isReportDue() ? TcpOptions.sackLength(Math.min(blocks(), TcpOptions.sackBlocksIn(space))) : 0;
    }

    private int blocks() {
        final SequenceRanges all = ranges;
        int blocks = duplicate ? 1 : 0;
        if (all != null) {
            for (int i = 0; i < recentCount; i++) {
                blocks += all.find(recent[i]) >= 0 ? 1 : 0;
            }
        }
        return blocks;
    }

    /** Writes the option at {@code at}, {@code length} bytes of it. */
    public void write(final ByteBuffer buffer, final int at, final int length) {
        final int blocks = TcpOptions.sackBlocksIn(length);
        TcpOptions.writeSackHead(buffer, at, blocks);
        int written = 0;
        if (duplicate) {
            TcpOptions.writeSackBlock(buffer, at, written++, duplicateLeft, duplicateRight);
        }
        final SequenceRanges all = ranges;
        if (all == null) {
            return;
        }
        for (int i = 0; i < recentCount && written < blocks; i++) {
            final int block = all.find(recent[i]);
            if (block >= 0) {
                TcpOptions.writeSackBlock(buffer, at, written++, all.left(block), all.right(block));
            }
        }
    }

    /** An ACK with the option went out: a duplicate is reported once. */
    public void reported() {
        duplicate = false;
    }
}
