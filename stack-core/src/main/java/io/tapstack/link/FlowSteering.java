package io.tapstack.link;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.SipHash;

/**
 * Shares the TCP connections of one address out to several stacks: a keyed hash of the 4-tuple says whose a connection
 * is, as receive-side scaling does in a network card. Both directions of a connection have the same hash, so it does
 * not matter which end is ours. Every stack computes the same, so nothing has to be agreed on and nothing is
 * remembered.
 *
 * <p>The hash is keyed, as peers choose their ports: nobody without the key can put all connections on one stack.
 *
 * <p>Immutable; any thread.
 */
public final class FlowSteering {

    private final int queues;
    private final SipHash hash;

    /**
     * @param queues how many stacks there are, at least 1
     * @param hash its key is unpredictable, but for tests
     */
    public FlowSteering(final int queues, final SipHash hash) {
        if (queues < 1) {
            throw new IllegalArgumentException(queues + " queues");
        }
        this.queues = queues;
        this.hash = hash;
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

    /**
     * The same, without objects: an address is its upper and its lower half, as {@link io.tapstack.wire.IpAddress} has
     * them.
     */
    public int queue(
            final long high,
            final long low,
            final int port,
            final long otherHigh,
            final long otherLow,
            final int otherPort) {
        // A sum is the same in either order.
        final long sum = end(high, low, port) + end(otherHigh, otherLow, otherPort);
        // Multiplying brings the upper half to the range without a division.
        return (int) ((sum >>> 32) * queues >>> 32);
    }

    /** The port goes where an IPv4 address has nothing, and an IPv6 address little that tells neighbours apart. */
    private long end(final long high, final long low, final int port) {
        return hash.hash(high ^ (long) port << 48, low);
    }
}
