package io.tapstack.tcp.demux;

import java.util.function.IntPredicate;

/**
 * Ephemeral ports by the double-hash algorithm (RFC 6056 3.3.4): a keyed hash of the destination gives every peer a
 * place of its own in the range to count up from, and a second one the counter, so that ports are hard to guess, a
 * 4-tuple comes back late, and what goes to one destination tells little about what goes to others.
 */
public final class EphemeralPorts {

    /** The dynamic ports (RFC 6335 6). */
    public static final int FIRST = 49_152;

    private static final int COUNT = 65_536 - FIRST;
    private static final int COUNTERS = 256;

    private final int[] table = new int[COUNTERS];

    /**
     * The next port for a destination.
     *
     * @param hash of the destination, keyed: its halves are F and G
     * @param isFree whether a port can be used
     * @return 0 if none is free
     */
    public int choose(final long hash, final IntPredicate isFree) {
        final int offset = (int) hash;
        final int index = (int) (hash >>> 32) & (COUNTERS - 1);
        for (int tries = 0; tries < COUNT; tries++) {
            final int port = FIRST + Integer.remainderUnsigned(offset + table[index], COUNT);
            table[index]++;
            if (isFree.test(port)) {
                return port;
            }
        }
        return 0;
    }
}
