package io.tapstack.tcp;

import io.tapstack.buffer.Region;

/**
 * Received payload on loan to an application. The application takes references under the lock with
 * {@link TcpConnection#borrow}, copies the payload without the lock, and returns the references with
 * {@link TcpConnection#consume}. A socket uses one batch for all its reads.
 */
public final class ReadBatch {

    /** Limit of the pieces on loan at a time. */
    public static final int MAX_PIECES = 64;

    private final Region[] regions = new Region[MAX_PIECES];
    private final int[] offsets = new int[MAX_PIECES];
    private final int[] lengths = new int[MAX_PIECES];
    private int pieces;
    private int bytes;

    /** True if the batch holds {@link #MAX_PIECES} pieces. */
    public boolean isFull() {
        return pieces == MAX_PIECES;
    }

    /** Adds {@code length} bytes of {@code region} from {@code offset}, and retains the region. */
    public void add(final Region region, final int offset, final int length) {
        region.retain();
        regions[pieces] = region;
        offsets[pieces] = offset;
        lengths[pieces] = length;
        pieces++;
        bytes += length;
    }

    /** Releases all regions and empties the batch. */
    @SuppressWarnings("NullAway") // A cleared element is never read: pieces limits the index.
    public void giveBack() {
        for (int i = 0; i < pieces; i++) {
            regions[i].release();
            regions[i] = null;
        }
        pieces = 0;
        bytes = 0;
    }

    /** Number of pieces on loan. */
    public int pieces() {
        return pieces;
    }

    /** Number of bytes on loan. */
    public int bytes() {
        return bytes;
    }

    /** The region of a piece. */
    public Region region(final int piece) {
        return regions[piece];
    }

    /** Offset of a piece in its region, in bytes. */
    public int offset(final int piece) {
        return offsets[piece];
    }

    /** Length of a piece, in bytes. */
    public int length(final int piece) {
        return lengths[piece];
    }
}
