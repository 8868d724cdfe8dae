package io.tapstack.tcp.demux;

import java.util.function.IntPredicate;

/**
 * Ephemeral ports by the double-hash algorithm (RFC 6056 3.3.4). A keyed hash of the destination gives the start in the
 * port range, and a second one the counter. Ports are therefore hard to guess, a 4-tuple is reused late, and the ports
 * to one destination reveal little about those to others.
 */
public final class EphemeralPorts {

    /** The dynamic ports (RFC 6335 6). */
    public static final int FIRST = 49_152;

    private static final int COUNT = 65_536 - FIRST;
    private static final int COUNTERS = 256;

    private final int[] table = new int[COUNTERS];

    /**
     * Returns the next port for a destination.
     *
     * @param hash keyed hash of the destination: its halves are F and G
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
