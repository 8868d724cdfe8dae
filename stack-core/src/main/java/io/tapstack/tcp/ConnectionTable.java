package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Connections by their 4-tuple: a hash table with linear probing that is looked up with primitives, so that no segment costs an object.
 * The hash is keyed, as peers choose their ports.
 */
final class ConnectionTable {

    private static final int FIRST_CAPACITY = 64;

    private final long key;
    private @Nullable TcpConnection[] slots = new TcpConnection[FIRST_CAPACITY];
    private int size;

    ConnectionTable(final long key) {
        this.key = key;
    }

    int size() {
        return size;
    }

    @Nullable
    TcpConnection find(
            final long localHigh,
            final long localLow,
            final int localPort,
            final long remoteHigh,
            final long remoteLow,
            final int remotePort) {
        int slot = slot(hash(localHigh, localLow, localPort, remoteHigh, remoteLow, remotePort));
        while (true) {
            final TcpConnection candidate = slots[slot];
            if (candidate == null) {
                return null;
            }
            final Endpoint local = candidate.local();
            final Endpoint remote = candidate.remote();
            if (remote.port() == remotePort
                    && local.port() == localPort
                    && remote.address().low() == remoteLow
                    && remote.address().high() == remoteHigh
                    && local.address().low() == localLow
                    && local.address().high() == localHigh) {
                return candidate;
            }
            slot = slot(slot + 1);
        }
    }

    @Nullable
    TcpConnection find(final Endpoint local, final Endpoint remote) {
        return find(
                local.address().high(),
                local.address().low(),
                local.port(),
                remote.address().high(),
                remote.address().low(),
                remote.port());
    }

    void add(final TcpConnection connection) {
        if (size * 2 >= slots.length) {
            grow();
        }
        place(connection);
        size++;
    }

    void remove(final TcpConnection connection) {
        int slot = slot(hash(connection));
        while (slots[slot] != connection) {
            if (slots[slot] == null) {
                return;
            }
            slot = slot(slot + 1);
        }
        slots[slot] = null;
        size--;
        // Whoever was pushed past the hole moves up, or lookups would stop at it.
        int next = slot(slot + 1);
        while (slots[next] != null) {
            final TcpConnection moved = slots[next];
            slots[next] = null;
            place(moved);
            next = slot(next + 1);
        }
    }

    /** All connections, in no order; a snapshot. */
    List<TcpConnection> all() {
        final List<TcpConnection> all = new ArrayList<>(size);
        for (final TcpConnection connection : slots) {
            if (connection != null) {
                all.add(connection);
            }
        }
        return all;
    }

    private void place(final @Nullable TcpConnection connection) {
        if (connection == null) {
            return;
        }
        int slot = slot(hash(connection));
        while (slots[slot] != null) {
            slot = slot(slot + 1);
        }
        slots[slot] = connection;
    }

    private void grow() {
        final @Nullable TcpConnection[] old = slots;
        slots = new TcpConnection[old.length * 2];
        for (final TcpConnection connection : old) {
            place(connection);
        }
    }

    private int hash(final TcpConnection connection) {
        final Endpoint local = connection.local();
        final Endpoint remote = connection.remote();
        return hash(
                local.address().high(),
                local.address().low(),
                local.port(),
                remote.address().high(),
                remote.address().low(),
                remote.port());
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
