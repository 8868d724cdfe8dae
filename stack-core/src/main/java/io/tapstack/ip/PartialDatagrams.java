package io.tapstack.ip;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.wire.IpAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams in reassembly, oldest first. When a limit is reached, the oldest datagram under that limit is evicted,
 * and the new one is accepted: a datagram that lacks a fragment after that many later ones is unlikely to be completed.
 *
 * <p>Confined to the holder of the stack's lock.
 */
final class PartialDatagrams {

    /**
     * A datagram is given up after this many fragments of its source without one of its own: a later one belongs to
     * another datagram with the same identification, of which a fast sender uses up all 65,536 within the time limit
     * (RFC 4963 2; Linux's ipfrag_max_dist).
     */
    static final int MAX_DISTANCE = 4_096;

    /** The datagrams of one sender. */
    private static final class Source {
        final Set<PartialDatagram> oldestFirst = new LinkedHashSet<>();
        int heldBytes;
        int fragments;
    }

    private final Map<ReassemblyKey, PartialDatagram> datagrams = new LinkedHashMap<>();
    private final Map<IpAddress, Source> sources = new HashMap<>();
    private final ReassemblyLimits limits;
    private final StackStatistics statistics;
    private int heldBytes;

    PartialDatagrams(final ReassemblyLimits limits, final StackStatistics statistics) {
        this.limits = limits;
        this.statistics = statistics;
    }

    /** The datagram of a newly received fragment, or null if the fragment is its first. */
    @Nullable
    PartialDatagram find(final ReassemblyKey key) {
        final Source source = sources.get(key.source());
        if (source == null) {
            return null;
        }
        source.fragments++;
        final PartialDatagram known = datagrams.get(key);
        if (known == null) {
            return null;
        }
        if (source.fragments - known.lastFragment() > MAX_DISTANCE) {
            evict(known, DropReason.FRAGMENT_TIMEOUT);
            return null;
        }
        known.lastFragment(source.fragments);
        return known;
    }

    /** Adds a datagram that has no fragments yet. The oldest of its source is evicted if the source has too many. */
    void add(final PartialDatagram datagram) {
        final IpAddress address = datagram.key().source();
        final Source known = sources.get(address);
        if (known != null && known.oldestFirst.size() >= limits.maxDatagramsPerSource()) {
            evict(known.oldestFirst.iterator().next(), DropReason.FRAGMENT_LIMIT);
        }
        datagrams.put(datagram.key(), datagram);
        final Source source = sources.computeIfAbsent(address, key -> new Source());
        source.oldestFirst.add(datagram);
        datagram.lastFragment(source.fragments);
        charge(source, datagram.heldBytes());
    }

    /** Charges the memory of {@code datagram} in place of the {@code before} bytes charged so far. */
    void recharge(final PartialDatagram datagram, final int before) {
        final Source source = sources.get(datagram.key().source());
        if (source != null) {
            charge(source, datagram.heldBytes() - before);
        }
    }

    private void charge(final Source source, final int bytes) {
        source.heldBytes += bytes;
        heldBytes += bytes;
    }

    /** Evicts the oldest datagrams until both limits in bytes hold. */
    void makeRoomFor(final PartialDatagram arriving) {
        final Source source = sources.get(arriving.key().source());
        while (source != null && source.heldBytes > limits.maxBytesPerSource()) {
            evict(source.oldestFirst.iterator().next(), DropReason.FRAGMENT_LIMIT);
        }
        while (heldBytes > limits.maxBytes()) {
            evict(oldest(), DropReason.FRAGMENT_LIMIT);
        }
    }

    /**
     * Evicts the oldest datagram because memory is short elsewhere in the stack.
     *
     * @return false if there is none
     */
    boolean evictOldest() {
        if (datagrams.isEmpty()) {
            return false;
        }
        evict(oldest(), DropReason.NO_MEMORY);
        return true;
    }

    /** RFC 1122 3.3.2 asks for a time exceeded message when the time is over, so an eviction sends none. */
    private void evict(final PartialDatagram datagram, final DropReason reason) {
        if (!datagram.isPoisoned()) {
            statistics.drop(reason);
        }
        remove(datagram);
        datagram.release();
    }

    /** Removes a datagram, whose fragments stay the caller's. */
    void remove(final PartialDatagram datagram) {
        datagrams.remove(datagram.key());
        final IpAddress address = datagram.key().source();
        final Source source = sources.get(address);
        if (source == null) {
            return;
        }
        source.oldestFirst.remove(datagram);
        charge(source, -datagram.heldBytes());
        if (source.oldestFirst.isEmpty()) {
            sources.remove(address);
        }
    }

    boolean isEmpty() {
        return datagrams.isEmpty();
    }

    /** The datagram that has waited longest; there must be one. */
    PartialDatagram oldest() {
        final Iterator<PartialDatagram> oldestFirst = datagrams.values().iterator();
        return oldestFirst.next();
    }

    /** Memory held, in bytes. */
    int heldBytes() {
        return heldBytes;
    }

    void clear() {
        datagrams.values().forEach(PartialDatagram::release);
        datagrams.clear();
        sources.clear();
        heldBytes = 0;
    }
}
