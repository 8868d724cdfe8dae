package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which local ports are reserved. Two bindings of a port conflict if their addresses overlap, unless both allow reuse and neither
 * listens (SO_REUSEADDR of socket(7)).
 */
final class PortTable {

    private final Map<Integer, List<TcpBinding>> byPort = new HashMap<>();

    boolean isFree(final Endpoint local, final boolean reuseAddress) {
        for (final TcpBinding other : at(local.port())) {
            final boolean overlap = other.local().address().isAny()
                    || local.address().isAny()
                    || other.local().address().equals(local.address());
            if (overlap && !(reuseAddress && other.reuseAddress() && !other.isListening())) {
                return false;
            }
        }
        return true;
    }

    /** True if somebody other than {@code self} listens on an overlapping address of the same port. */
    boolean isListenedTo(final TcpBinding self) {
        for (final TcpBinding other : at(self.local().port())) {
            final boolean overlap = other.local().address().isAny()
                    || self.local().address().isAny()
                    || other.local().address().equals(self.local().address());
            if (other != self && overlap && other.isListening()) {
                return true;
            }
        }
        return false;
    }

    boolean isUsed(final int port) {
        return !at(port).isEmpty();
    }

    TcpBinding add(final Endpoint local, final boolean reuseAddress) {
        final TcpBinding binding = new TcpBinding(this, local, reuseAddress);
        byPort.computeIfAbsent(local.port(), port -> new ArrayList<>(1)).add(binding);
        return binding;
    }

    void remove(final TcpBinding binding) {
        final List<TcpBinding> bindings = at(binding.local().port());
        if (bindings.remove(binding) && bindings.isEmpty()) {
            byPort.remove(binding.local().port());
        }
    }

    private List<TcpBinding> at(final int port) {
        return byPort.getOrDefault(port, new ArrayList<>(0));
    }
}
