package io.tapstack.neighbor;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.time.TimerWheel;
import io.tapstack.wire.IpAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The neighbours of one interface. The cache is bounded: when it is full, an entry that failed goes first, then one
 * that was learned from a stranger's request and never used, then the one that was used least recently. So a flood of
 * requests does not push out the neighbours that transports use.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class NeighborCache {

    private final Map<IpAddress, Neighbor> neighbors = new HashMap<>();
    private final TimerWheel wheel;
    private final NeighborConfig config;
    private final StackStatistics statistics;
    private final RandomGenerator random;
    private final Solicitor solicitor;
    private final WaitingPackets waiting;
    private NeighborEvents events = NeighborEvents.NONE;
    private long reachableNanos;
    private long requestIntervalNanos;

    /**
     * @param random jitter of timers
     * @param solicitor asks for the addresses
     * @param waiting takes back the packets that waited for an address
     */
    public NeighborCache(
            final TimerWheel wheel,
            final NeighborConfig config,
            final StackStatistics statistics,
            final RandomGenerator random,
            final Solicitor solicitor,
            final WaitingPackets waiting) {
        this.wheel = wheel;
        this.config = config;
        this.statistics = statistics;
        this.random = random;
        this.solicitor = solicitor;
        this.waiting = waiting;
        this.reachableNanos = config.reachableNanos();
        this.requestIntervalNanos = config.requestIntervalNanos();
    }

    /** Tells {@code observer} when neighbours fail, answer again or cease to be routers. */
    public void observe(final NeighborEvents observer) {
        this.events = observer;
    }

    /** Sets the lifetime of a confirmation, on average, from the next confirmation on (RFC 4861 6.3.4). */
    public void reachableNanos(final long nanos) {
        this.reachableNanos = nanos;
    }

    /** Sets the time between two requests, from the next request on (RFC 4861 6.3.4, Retrans Timer). */
    public void requestIntervalNanos(final long nanos) {
        this.requestIntervalNanos = nanos;
    }

    long requestIntervalNanos() {
        return requestIntervalNanos;
    }

    NeighborEvents events() {
        return events;
    }

    /** The entry for {@code address}, created if there is none. */
    public Neighbor neighbor(final IpAddress address) {
        final Neighbor known = neighbors.get(address);
        if (known != null) {
            return known;
        }
        if (neighbors.size() >= config.maxNeighbors()) {
            evictOne();
        }
        final Neighbor added = new Neighbor(this, address);
        neighbors.put(address, added);
        return added;
    }

    /** The entry for {@code address}, or null. */
    public @Nullable Neighbor find(final IpAddress address) {
        return neighbors.get(address);
    }

    public int size() {
        return neighbors.size();
    }

    /** Removes all entries; waiting packets are dropped. */
    public void clear() {
        neighbors.values().forEach(Neighbor::evict);
        neighbors.clear();
    }

    private void evictOne() {
        Neighbor victim = null;
        for (final Neighbor candidate : neighbors.values()) {
            if (victim == null || isBetterVictim(candidate, victim)) {
                victim = candidate;
            }
        }
        if (victim != null) {
            statistics.drop(DropReason.NEIGHBOR_CACHE_FULL);
            remove(victim);
        }
    }

    private static boolean isBetterVictim(final Neighbor candidate, final Neighbor than) {
        final int rank = candidate.evictionRank() - than.evictionRank();
        return rank > 0 || (rank == 0 && candidate.lastUsedAt() - than.lastUsedAt() < 0);
    }

    void remove(final Neighbor neighbor) {
        neighbors.remove(neighbor.address());
        neighbor.evict();
    }

    PendingPackets newPendingPackets() {
        return new PendingPackets(config.maxPendingPackets(), config.maxPendingBytes(), statistics);
    }

    void solicit(final Neighbor neighbor) {
        solicitor.solicit(neighbor);
    }

    void dropUnresolved(final PacketBuffer packet, final long nowNanos) {
        statistics.drop(DropReason.NEIGHBOR_UNRESOLVED);
        waiting.unresolved(packet, nowNanos);
        packet.release();
    }

    WaitingPackets waiting() {
        return waiting;
    }

    NeighborConfig config() {
        return config;
    }

    TimerWheel wheel() {
        return wheel;
    }

    long nowNanos() {
        return wheel.nowNanos();
    }

    /** RFC 4861 6.3.2: between half and one and a half of the base, so that hosts do not probe in step. */
    long randomReachableNanos() {
        final long base = reachableNanos;
        return base / 2 + random.nextLong(base + 1);
    }
}
