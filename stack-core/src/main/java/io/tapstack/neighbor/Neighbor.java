package io.tapstack.neighbor;

import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.time.Timer;
import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A neighbour on the link: its Ethernet address, and the state of RFC 4861 7.3.2 that says how far to trust it. A path
 * keeps its neighbour and asks {@link #isUsable()} for every packet.
 *
 * <pre>
 *   INCOMPLETE --answer--> REACHABLE --time--> STALE --packet--> DELAY --time--> PROBE --no answer--> FAILED
 *        |                     ^                                   |               |
 *        +--no answer--> FAILED+------------- confirmed -----------+---- answer ---+
 * </pre>
 *
 * A transport without an answer moves it to PROBE from any state ({@link #suspect()}).
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class Neighbor {

    private final @Nullable NeighborCache cache;
    private final IpAddress address;
    private NeighborState state;
    private long mac;

    private final @Nullable Timer timer;
    private final @Nullable PendingPackets pending;
    private int requestsSent;
    private long confirmedAt;
    private long lastUsedAt;
    private long notBefore;
    private boolean everUsed;
    private boolean router;

    /** Creates an entry of a cache, with an unknown address. */
    Neighbor(final NeighborCache cache, final IpAddress address) {
        this.cache = cache;
        this.address = address;
        this.state = NeighborState.FAILED;
        this.timer = new Timer(cache.wheel(), this::timeIsUp);
        this.pending = cache.newPendingPackets();
        this.lastUsedAt = cache.nowNanos();
        this.notBefore = lastUsedAt;
    }

    private Neighbor(final IpAddress address, final long mac) {
        this.cache = null;
        this.address = address;
        this.state = NeighborState.PERMANENT;
        this.mac = mac;
        this.timer = null;
        this.pending = null;
    }

    /** Creates a neighbour that needs no resolution: broadcast and multicast. */
    public static Neighbor permanent(final IpAddress address, final long mac) {
        return new Neighbor(address, mac);
    }

    /** Its IP address. */
    public IpAddress address() {
        return address;
    }

    /** The 48 bits of its Ethernet address; meaningful after {@link #isUsable()} returned true. */
    public long mac() {
        return mac;
    }

    public NeighborState state() {
        return state;
    }

    /**
     * True if a packet can be sent to {@link #mac()} now. Called once for every packet: the use keeps an entry alive
     * and starts the confirmation of a stale one.
     */
    public boolean isUsable() {
        if (state == NeighborState.REACHABLE || state == NeighborState.PERMANENT) {
            noteUse();
            return true;
        }
        return isUsableSlow();
    }

    private boolean isUsableSlow() {
        noteUse();
        switch (state) {
            case STALE:
                // RFC 4861 7.3.3: the first packet to a stale neighbour starts the delay for a confirmation by a
                // transport.
                state = NeighborState.DELAY;
                armIn(config().delayNanos());
                return true;
            case DELAY:
            case PROBE:
                return true;
            default:
                return false;
        }
    }

    private void noteUse() {
        if (cache != null) {
            lastUsedAt = cache.nowNanos();
            everUsed = true;
        }
    }

    /**
     * Keeps a packet until the address is known, and sends a request if none is pending; called after
     * {@link #isUsable()} returned false.
     *
     * @return false if the neighbour is known not to answer; the packet stays the caller's
     */
    public boolean enqueue(final PacketBuffer packet) {
        if (pending == null || state == NeighborState.EVICTED) {
            return false;
        }
        if (state == NeighborState.FAILED) {
            if (cache().nowNanos() - notBefore < 0) {
                return false;
            }
            pending.add(packet);
            state = NeighborState.INCOMPLETE;
            requestsSent = 0;
            solicit();
            return true;
        }
        pending.add(packet);
        return true;
    }

    /** Drops the packets that wait for the address, when memory is short. */
    public void dropWaiting() {
        if (pending != null) {
            pending.dropAll(DropReason.NO_MEMORY);
        }
    }

    /** A transport has heard from it (RFC 1122 2.3.2.1 (4), RFC 4861 7.3.1). */
    public void confirm() {
        switch (state) {
            case REACHABLE -> confirmedAt = cache().nowNanos();
            case STALE, DELAY, PROBE -> becomeReachable();
            default -> {}
        }
    }

    /**
     * A transport has heard nothing from behind it for a while: it is probed now, not at the end of its lifetime (RFC
     * 1122 3.3.1.4).
     */
    public void suspect() {
        switch (state) {
            case REACHABLE, STALE, DELAY -> probe();
            default -> {}
        }
    }

    private void probe() {
        state = NeighborState.PROBE;
        requestsSent = 0;
        solicit();
    }

    // ---- Received answers

    /** It answered our request. */
    public void answered(final long newMac) {
        final boolean asked = state == NeighborState.INCOMPLETE || state == NeighborState.PROBE;
        if (asked) {
            mac = newMac;
            becomeReachable();
            sendPending();
        } else {
            heard(newMac);
        }
    }

    /** It sent its address unasked. That tells its address, not that our packets reach it (RFC 4861 7.2.3). */
    public void heard(final long newMac) {
        if (state == NeighborState.INCOMPLETE || state == NeighborState.FAILED || mac != newMac) {
            mac = newMac;
            becomeStale();
            sendPending();
        }
    }

    /**
     * It advertised itself (RFC 4861 7.2.5).
     *
     * @param newMac its Ethernet address, or a negative number if the advertisement has none
     * @param solicited it answers a request of ours, so our packets reach it
     * @param override the address replaces a different one that is known
     * @param isRouter it is a router
     */
    public void advertised(final long newMac, final boolean solicited, final boolean override, final boolean isRouter) {
        if (state == NeighborState.INCOMPLETE) {
            if (newMac >= 0) {
                router(isRouter);
                mac = newMac;
                become(solicited);
                sendPending();
            }
            return;
        }
        if (state == NeighborState.FAILED || state == NeighborState.EVICTED) {
            // 7.2.5: without an entry, an advertisement makes none.
            return;
        }
        final boolean differs = newMac >= 0 && newMac != mac;
        if (differs && !override) {
            // 7.2.5, I: the known address may be out of date, so it is confirmed by the next packet.
            if (state == NeighborState.REACHABLE) {
                becomeStale();
            }
            return;
        }
        if (differs) {
            mac = newMac;
        }
        if (solicited || differs) {
            become(solicited);
        }
        router(isRouter);
    }

    /** True if it is a router, as its last advertisement said. */
    public boolean isRouter() {
        return router;
    }

    /** Sets whether it is a router. */
    public void router(final boolean isRouter) {
        final boolean resigned = router && !isRouter;
        router = isRouter;
        if (resigned) {
            cache().events().noRouterAnyMore(this);
        }
    }

    /** True unless it is known not to answer, or not known at all (RFC 4861 6.3.6: "probably reachable"). */
    public boolean isProbablyReachable() {
        return switch (state) {
            case REACHABLE, STALE, DELAY, PROBE, PERMANENT -> true;
            case INCOMPLETE, FAILED, EVICTED -> false;
        };
    }

    /** The oldest packet that waits for its address, or null. Borrowed: it stays in the queue. */
    public @Nullable PacketBuffer oldestWaiting() {
        return pending == null ? null : pending.peek();
    }

    // ---- States

    private void become(final boolean reachable) {
        if (reachable) {
            becomeReachable();
        } else {
            becomeStale();
        }
    }

    private void becomeReachable() {
        enter(NeighborState.REACHABLE);
        confirmedAt = cache().nowNanos();
        armIn(cache().randomReachableNanos());
    }

    private void becomeStale() {
        enter(NeighborState.STALE);
        armIn(config().staleNanos());
    }

    private void fail(final long nowNanos, final long holdOffNanos) {
        notBefore = nowNanos + holdOffNanos;
        armIn(config().staleNanos());
        enter(NeighborState.FAILED);
        giveUpPending(nowNanos);
    }

    private void enter(final NeighborState next) {
        final boolean before = isProbablyReachable();
        state = next;
        if (before != isProbablyReachable() || next == NeighborState.FAILED) {
            cache().events().reachabilityChanged(this);
        }
    }

    /** Removes it from the cache for good. */
    void evict() {
        state = NeighborState.EVICTED;
        if (timer != null && pending != null) {
            timer.cancel();
            pending.dropAll(DropReason.NEIGHBOR_UNRESOLVED);
        }
    }

    private void timeIsUp(final long nowNanos) {
        switch (state) {
            case INCOMPLETE -> {
                if (requestsSent < config().maxRequests()) {
                    solicit();
                } else {
                    fail(nowNanos, config().holdOffNanos());
                }
            }
            case REACHABLE -> {
                final long reachableNanos = cache().randomReachableNanos();
                if (confirmedAt + reachableNanos - nowNanos > 0) {
                    armAt(confirmedAt + reachableNanos);
                } else {
                    becomeStale();
                }
            }
            case DELAY -> probe();
            case PROBE -> {
                if (requestsSent < config().maxRequests()) {
                    solicit();
                } else {
                    // Its Ethernet address may have changed: the next packet sends a broadcast request, at once.
                    fail(nowNanos, 0);
                }
            }
            case STALE, FAILED -> {
                if (nowNanos - lastUsedAt >= config().staleNanos()) {
                    cache().remove(this);
                } else {
                    armAt(lastUsedAt + config().staleNanos());
                }
            }
            case PERMANENT, EVICTED -> {}
        }
    }

    private void solicit() {
        requestsSent++;
        armIn(cache().requestIntervalNanos());
        cache().solicit(this);
    }

    private void sendPending() {
        if (pending == null) {
            return;
        }
        for (PacketBuffer packet = pending.poll(); packet != null; packet = pending.poll()) {
            cache().waiting().resolved(packet, this);
        }
    }

    private void giveUpPending(final long nowNanos) {
        if (pending == null) {
            return;
        }
        for (PacketBuffer packet = pending.poll(); packet != null; packet = pending.poll()) {
            cache().dropUnresolved(packet, nowNanos);
        }
    }

    /** The order of eviction: a higher rank goes first. */
    int evictionRank() {
        if (state == NeighborState.FAILED) {
            return 2;
        }
        return everUsed ? 0 : 1;
    }

    long lastUsedAt() {
        return lastUsedAt;
    }

    int pendingPackets() {
        return pending == null ? 0 : pending.size();
    }

    private NeighborCache cache() {
        if (cache == null) {
            throw new IllegalStateException("a permanent neighbour has no cache");
        }
        return cache;
    }

    private NeighborConfig config() {
        return cache().config();
    }

    private void armIn(final long nanos) {
        armAt(cache().nowNanos() + nanos);
    }

    private void armAt(final long deadlineNanos) {
        if (timer != null) {
            timer.arm(deadlineNanos);
        }
    }

    @Override
    public String toString() {
        return "Neighbor[" + address + " " + state + "]";
    }
}
