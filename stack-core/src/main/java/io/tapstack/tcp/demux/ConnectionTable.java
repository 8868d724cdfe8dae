package io.tapstack.tcp.demux;

import io.tapstack.ip.BoundAddress;
import io.tapstack.tcp.PortSharing;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Connections and their records by 4-tuple: a hash table with linear probing. Lookups take primitives, so that a
 * segment allocates nothing. The hash is keyed, as peers choose their ports.
 */
public final class ConnectionTable {

    private static final int FIRST_CAPACITY = 64;

    private final long key;
    private @Nullable DemuxEntry[] slots = new DemuxEntry[FIRST_CAPACITY];
    private int size;

    public ConnectionTable(final long key) {
        this.key = key;
    }

    int size() {
        return size;
    }

    @Nullable
    public DemuxEntry find(
            final long localHigh,
            final long localLow,
            final int localPort,
            final long remoteHigh,
            final long remoteLow,
            final int remotePort) {
        final int hash = hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort);
        int slot = slot(hash);
        while (true) {
            final DemuxEntry candidate = slots[slot];
            if (candidate == null) {
                return null;
            }
            if (candidate.hash == hash
                    && candidate.remotePort() == remotePort
                    && candidate.localPort() == localPort
                    && is(candidate.path.destination(), remoteHigh, remoteLow)
                    && is(candidate.path.source(), localHigh, localLow)) {
                return candidate;
            }
            slot = slot(slot + 1);
        }
    }

    private static boolean is(final IpAddress address, final long high, final long low) {
        return address.low() == low && address.high() == high;
    }

    /** The entry of a 4-tuple, or null. */
    @Nullable
    public DemuxEntry find(final Endpoint local, final Endpoint remote) {
        return find(
                local.address().high(),
                local.address().low(),
                local.port(),
                remote.address().high(),
                remote.address().low(),
                remote.port());
    }

    /** Adds an entry under its 4-tuple. */
    public void add(final DemuxEntry owner) {
        if (size * 2 >= slots.length) {
            resize(slots.length * 2);
        }
        final IpAddress local = owner.path.source();
        final IpAddress remote = owner.path.destination();
        owner.hash =
                hash(local.high(), local.low(), owner.localPort(), remote.high(), remote.low(), owner.remotePort());
        place(owner);
        size++;
    }

    /** Removes {@code owner}; has no effect if it is absent. */
    public void remove(final DemuxEntry owner) {
        int slot = slot(owner.hash);
        while (slots[slot] != owner) {
            if (slots[slot] == null) {
                return;
            }
            slot = slot(slot + 1);
        }
        slots[slot] = null;
        size--;
        // Entries displaced past the hole move up; otherwise lookups would stop at the hole.
        int next = slot(slot + 1);
        while (slots[next] != null) {
            final DemuxEntry moved = slots[next];
            slots[next] = null;
            place(moved);
            next = slot(next + 1);
        }
        if (size == 0 && slots.length > FIRST_CAPACITY) {
            resize(FIRST_CAPACITY);
        }
    }

    /** Calls {@code action} for each entry, in no order; it must not change the table. */
    public void forEach(final Consumer<DemuxEntry> action) {
        for (final DemuxEntry entry : slots) {
            if (entry != null) {
                action.accept(entry);
            }
        }
    }

    /**
     * True if a binding of {@code address} and {@code port} may coexist with the connections and TIME-WAIT records on
     * its port.
     */
    boolean agree(final BoundAddress address, final int port, final PortSharing sharing) {
        for (final DemuxEntry owner : slots) {
            if (owner != null
                    && owner.holdsPort()
                    && owner.localPort() == port
                    && address.accepts(owner.path.source())
                    && !sharing.agrees(owner.sharing, false)) {
                return false;
            }
        }
        return true;
    }

    private void place(final @Nullable DemuxEntry owner) {
        if (owner == null) {
            return;
        }
        int slot = slot(owner.hash);
        while (slots[slot] != null) {
            slot = slot(slot + 1);
        }
        slots[slot] = owner;
    }

    private void resize(final int capacity) {
        final @Nullable DemuxEntry[] old = slots;
        slots = new DemuxEntry[capacity];
        for (final DemuxEntry owner : old) {
            place(owner);
        }
    }

    private int hash(
            final long localHigh,
            final long localLow,
            final int localPort,
            final long remoteHigh,
            final long remoteLow,
            final int remotePort) {
        long hash = key ^ remoteLow;
        hash = (hash ^ (long) remotePort << 16 ^ localPort) * 0x9E37_79B9_7F4A_7C15L;
        hash = (hash ^ hash >>> 32 ^ remoteHigh) * 0xD6E8_FEB8_6659_FD93L;
        hash = (hash ^ hash >>> 32 ^ localLow ^ localHigh) * 0xD6E8_FEB8_6659_FD93L;
        return (int) (hash ^ hash >>> 32);
    }

    private int slot(final int hash) {
        return hash & (slots.length - 1);
    }
}
