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
 * Listeners by local address and port; a specific address precedes "any" of its family, and that precedes ::, which
 * takes both families unless IPV6_V6ONLY is set. If several share a port (SO_REUSEPORT), a hash of the peer's address
 * and port selects one.
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
        final L exact = select(byLocal.get(local), local, remote);
        if (exact != null) {
            return exact;
        }
        final L ofFamily =
                local.address().isIpv4() ? select(byLocal.get(Endpoint.anyIpv4(local.port())), local, remote) : null;
        return ofFamily != null ? ofFamily : select(byLocal.get(Endpoint.anyIpv6(local.port())), local, remote);
    }

    private @Nullable L select(final @Nullable List<L> group, final Endpoint local, final Endpoint remote) {
        if (group == null) {
            return null;
        }
        int count = 0;
        for (final L each : group) {
            count += takes(each, local) ? 1 : 0;
        }
        int chosen = count > 1 ? choice(remote, count) : 0;
        for (final L each : group) {
            if (takes(each, local) && chosen-- == 0) {
                return each;
            }
        }
        return null;
    }

    private boolean takes(final L listener, final Endpoint local) {
        return !listener.ipv6Only() || !local.address().isIpv4();
    }

    private int choice(final Endpoint remote, final int size) {
        final long mixed =
                hash.hash(hash.hash(remote.address().high(), remote.address().low()), remote.port());
        return (int) Long.remainderUnsigned(mixed, size);
    }
}
