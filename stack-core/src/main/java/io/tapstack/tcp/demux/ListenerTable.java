package io.tapstack.tcp.demux;

import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.SipHash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Listeners by local address and port; a specific address precedes "any". If several share a port (SO_REUSEPORT), a
 * hash of the peer's address and port selects one.
 */
public final class ListenerTable<L extends TcpListener> {

    private final Map<Endpoint, List<L>> byLocal = new HashMap<>();
    private final SipHash hash;

    public ListenerTable(final SipHash hash) {
        this.hash = hash;
    }

    /** Adds a listener. */
    public void add(final L listener) {
        byLocal.computeIfAbsent(listener.local(), local -> new ArrayList<>(1)).add(listener);
    }

    /** Removes a listener. */
    public void remove(final L listener) {
        final List<L> group = byLocal.get(listener.local());
        if (group != null && group.remove(listener) && group.isEmpty()) {
            byLocal.remove(listener.local());
        }
    }

    /** All listeners; a snapshot. */
    public Collection<L> all() {
        return byLocal.values().stream().flatMap(List::stream).toList();
    }

    /** The listener at {@code local} for a connection from {@code remote}, or null. */
    @Nullable
    public L find(final Endpoint local, final Endpoint remote) {
        if (byLocal.isEmpty()) {
            return null;
        }
        final List<L> exact = byLocal.get(local);
        final List<L> group = exact != null ? exact : byLocal.get(Endpoint.anyIpv4(local.port()));
        return group == null ? null : group.size() == 1 ? group.get(0) : group.get(choice(remote, group.size()));
    }

    private int choice(final Endpoint remote, final int size) {
        final long mixed =
                hash.hash(hash.hash(remote.address().high(), remote.address().low()), remote.port());
        return (int) Long.remainderUnsigned(mixed, size);
    }
}
