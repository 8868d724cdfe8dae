package io.tapstack.tcp.demux;

import io.tapstack.ip.BoundAddress;
import io.tapstack.tcp.PortSharing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The reserved local ports. Two bindings of a port conflict if their addresses overlap, unless their
 * {@link PortSharing} allows it.
 */
final class PortTable {

    private final Map<Integer, List<PortBinding>> byPort = new HashMap<>();

    boolean isFree(final BoundAddress address, final int port, final PortSharing sharing) {
        return isFree(address, port, sharing, null);
    }

    /** True if {@code binding} may listen beside the other bindings of its port. */
    boolean mayListen(final PortBinding binding) {
        return isFree(binding.address(), binding.port(), binding.sharing(), binding);
    }

    private boolean isFree(
            final BoundAddress address, final int port, final PortSharing sharing, final @Nullable PortBinding self) {
        for (final PortBinding other : at(port)) {
            if (other != self
                    && other.address().overlaps(address)
                    && !sharing.agrees(other.sharing(), other.isListening())) {
                return false;
            }
        }
        return true;
    }

    boolean isUsed(final int port) {
        return !at(port).isEmpty();
    }

    PortBinding add(final BoundAddress address, final int port, final PortSharing sharing) {
        final PortBinding binding = new PortBinding(this, address, port, sharing);
        byPort.computeIfAbsent(port, number -> new ArrayList<>(1)).add(binding);
        return binding;
    }

    void remove(final PortBinding binding) {
        final List<PortBinding> bindings = at(binding.port());
        if (bindings.remove(binding) && bindings.isEmpty()) {
            byPort.remove(binding.port());
        }
    }

    private List<PortBinding> at(final int port) {
        return byPort.getOrDefault(port, new ArrayList<>(0));
    }
}
