package io.tapstack.tcp;

import java.util.function.IntPredicate;

/**
 * Ephemeral ports by the simple hash-based algorithm (RFC 6056 3.3.3): a keyed hash of the destination gives every peer a place of
 * its own in the range to count up from, so ports are hard to guess and a 4-tuple comes back late.
 */
public final class EphemeralPorts {

    /** The dynamic ports (RFC 6335 6). */
    public static final int FIRST = 49_152;

    private static final int COUNT = 65_536 - FIRST;

    private int next;

    /**
     * The next port for a destination.
     *
     * @param offset F: the keyed hash of the destination
     * @param isFree whether a port can be used
     * @return 0 if none is free
     */
    public int choose(final int offset, final IntPredicate isFree) {
        for (int tries = 0; tries < COUNT; tries++) {
            final int port = FIRST + Integer.remainderUnsigned(offset + next, COUNT);
            next++;
            if (isFree.test(port)) {
                return port;
            }
        }
        return 0;
    }
}
