package io.tapstack.tcp;

import io.tapstack.buffer.Region;

/**
 * Received payload on loan: references that an application takes under the lock with {@link TcpConnection#borrow},
 * copies out of without the lock, and gives back with {@link TcpConnection#consume}. One object serves a socket for all
 * its reads.
 */
public final class ReadBatch {

    /** Most pieces on loan at a time. */
    public static final int MAX_PIECES = 64;

    private final Region[] regions = new Region[MAX_PIECES];
    private final int[] offsets = new int[MAX_PIECES];
    private final int[] lengths = new int[MAX_PIECES];
    private int pieces;
    private int bytes;

    public boolean isFull() {
        return pieces == MAX_PIECES;
    }

    public void add(final Region region, final int offset, final int length) {
        region.retain();
        regions[pieces] = region;
        offsets[pieces] = offset;
        lengths[pieces] = length;
        pieces++;
        bytes += length;
    }

    @SuppressWarnings("NullAway") // A cleared element is never read: pieces says how many are there.
    public void giveBack() {
        for (int i = 0; i < pieces; i++) {
            regions[i].release();
            regions[i] = null;
        }
        pieces = 0;
        bytes = 0;
    }

    /** How many pieces are on loan. */
    public int pieces() {
        return pieces;
    }

    /** How many bytes are on loan. */
    public int bytes() {
        return bytes;
    }

    public Region region(final int piece) {
        return regions[piece];
    }

    public int offset(final int piece) {
        return offsets[piece];
    }

    public int length(final int piece) {
        return lengths[piece];
    }
}
