package io.tapstack.tcp.queue;

import io.tapstack.wire.SequenceNumber;
import io.tapstack.wire.TcpOptions;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The receiver's side of SACK (RFC 2018 4): the blocks of an ACK. The first block contains the latest segment; the most
 * recently reported blocks follow, so that each is reported several times even if ACKs are lost. A duplicate segment is
 * reported before them, once (DSACK, RFC 2883 4).
 */
public final class SelectiveAcks {

    private static final int MAX_BLOCKS = 4;

    // Created with the first out-of-order segment.
    private @Nullable SequenceRanges ranges;

    // One sequence number of each block, the latest first.
    private final int[] recent = new int[MAX_BLOCKS];
    private int recentCount;

    private boolean duplicate;
    private int duplicateLeft;
    private int duplicateRight;

    /** Records out-of-order data from {@code left} to {@code right}, a FIN included. */
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
     * Records in-order data from {@code left} to {@code right}. The next ACK reports the part that had arrived out of
     * order, before {@link #inOrder} removes blocks that are now in order.
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
            duplicateRight = to; // The FIN after duplicate data.
        }
        // RFC 2883 4.2.3: of several duplicate parts the first is reported.
    }

    private void remember(final int sequence, final SequenceRanges all) {
        final int block = all.find(sequence);
        int kept = 0;
        int latest = sequence;
        // The other blocks move back by one; those in the new block are removed.
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

    /** Records duplicate data from {@code left} to {@code right} for the next ACK. */
    public void duplicate(final int left, final int right) {
        duplicate = true;
        duplicateLeft = left;
        duplicateRight = right;
    }

    /** Removes blocks before {@code rcvNxt}, which are in order. */
    public void inOrder(final int rcvNxt) {
        final SequenceRanges all = ranges;
        if (all != null && all.count() > 0) {
            all.removeBefore(rcvNxt);
        }
    }

    /** Removes out-of-order data from {@code sequence} on, which was dropped (RFC 2018 8). */
    public void forgetFrom(final int sequence) {
        final SequenceRanges all = ranges;
        if (all != null) {
            all.removeFrom(sequence);
        }
    }

    /** True if an ACK has blocks to report. */
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

    /** Writes {@code length} bytes of the option at {@code at}. */
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

    /** Records an ACK with the option: a duplicate is reported once. */
    public void reported() {
        duplicate = false;
    }
}
