package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * The recent paths by source and destination: one for each slot of a hash, which bounds the memory. Paths have no state
 * of their users, so losing one costs a route look-up only. Allocates nothing.
 */
public final class PathCache {

    private static final int SLOTS = 256;

    private final @Nullable RoutedPath[] paths = new RoutedPath[SLOTS];

    PathCache() {}

    /** The path between two addresses, given in halves; null if it is not cached or has no route now. */
    public @Nullable RoutedPath find(
            final long sourceHigh, final long sourceLow, final long destinationHigh, final long destinationLow) {
        final RoutedPath path = paths[slot(sourceHigh, sourceLow, destinationHigh, destinationLow)];
        return path != null
                        && path.isBetween(sourceHigh, sourceLow, destinationHigh, destinationLow)
                        && path.leadsSomewhere()
                ? path
                : null;
    }

    /** Caches a path. */
    public void add(final RoutedPath path) {
        final IpAddress source = path.source();
        final IpAddress destination = path.destination();
        paths[slot(source.high(), source.low(), destination.high(), destination.low())] = path;
    }

    private static int slot(
            final long sourceHigh, final long sourceLow, final long destinationHigh, final long destinationLow) {
        final long mixed =
                ((sourceHigh ^ sourceLow) * 31 + (destinationHigh ^ destinationLow)) * 0x9E37_79B9_7F4A_7C15L;
        return (int) (mixed >>> 56);
    }
}
