package io.tapstack.link;

import io.tapstack.wire.Endpoint;

/**
 * Shares the TCP connections of one address out to several stacks: a keyed hash of the 4-tuple says whose a connection is, as receive-side
 * scaling does in a network card. Both directions of a connection have the same hash, so it does not matter which end is ours. Every stack
 * computes the same, so nothing has to be agreed on and nothing is remembered.
 *
 * <p>The hash is keyed, as peers choose their ports: nobody without the key can put all connections on one stack.
 *
 * <p>Immutable; any thread.
 */
public final class FlowSteering {

    private final int queues;
    private final long key;

    /**
     * @param queues how many stacks there are, at least 1
     * @param key unpredictable, but for tests
     */
    public FlowSteering(final int queues, final long key) {
        if (queues < 1) {
            throw new IllegalArgumentException(queues + " queues");
        }
        this.queues = queues;
        this.key = key;
    }

    /** How many queues connections are shared out to. */
    public int queues() {
        return queues;
    }

    /** The queue, from 0, that a connection between these two belongs to; in either order. */
    public int queue(final Endpoint one, final Endpoint other) {
        return queue(
                one.address().high(),
                one.address().low(),
                one.port(),
                other.address().high(),
                other.address().low(),
                other.port());
    }

    /** The same, without objects: an address is its upper and its lower half, as {@link io.tapstack.wire.IpAddress} has them. */
    public int queue(
            final long high,
            final long low,
            final int port,
            final long otherHigh,
            final long otherLow,
            final int otherPort) {
        // A sum is the same in either order.
        long hash = end(high, low, port) + end(otherHigh, otherLow, otherPort);
        hash = (hash ^ hash >>> 32) * 0xD6E8_FEB8_6659_FD93L;
        hash = (hash ^ hash >>> 32) * 0x9E37_79B9_7F4A_7C15L;
        // The upper half is the better mixed one; multiplying brings it to the range without a division.
        return (int) ((hash >>> 32) * queues >>> 32);
    }

    private long end(final long high, final long low, final int port) {
        long hash = (key ^ low ^ (long) port << 40) * 0x9E37_79B9_7F4A_7C15L;
        hash = (hash ^ hash >>> 32 ^ high) * 0xD6E8_FEB8_6659_FD93L;
        return hash ^ hash >>> 32;
    }
}
