package io.tapstack.link;

import io.tapstack.wire.Endpoint;
import io.tapstack.wire.SipHash;

/**
 * Assigns each TCP connection of one address to one of several stacks, by a keyed hash of the 4-tuple, as receive-side
 * scaling does in a network card. Both directions of a connection have the same hash, so it does not matter which end
 * is ours. Every stack computes the same, so they need neither agree nor remember.
 *
 * <p>The hash is keyed because peers choose their ports: without the key a peer cannot put all connections on one
 * stack.
 *
 * <p>Immutable; any thread.
 */
public final class FlowSteering {

    private final int queues;
    private final SipHash hash;

    /**
     * @param queues the number of stacks, at least 1
     * @param hash with an unpredictable key, except in tests
     */
    public FlowSteering(final int queues, final SipHash hash) {
        if (queues < 1) {
            throw new IllegalArgumentException(queues + " queues; at least 1 is needed");
        }
        this.queues = queues;
        this.hash = hash;
    }

    /** The number of queues. */
    public int queues() {
        return queues;
    }

    /** The queue, from 0, of the connection between two endpoints, in either order. */
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
     * The same without objects: an address is its upper and its lower half, as {@link io.tapstack.wire.IpAddress} has
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
        // The product's upper half is in the range, without a division.
        return (int) ((sum >>> 32) * queues >>> 32);
    }

    /**
     * The port goes to bits that are 0 in an IPv4 address, and that differ little between neighbours in an IPv6
     * address.
     */
    private long end(final long high, final long low, final int port) {
        return hash.hash(high ^ (long) port << 48, low);
    }
}
