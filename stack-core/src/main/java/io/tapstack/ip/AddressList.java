package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The addresses of one interface, of both families. There are a handful, so a search goes through the list.
 *
 * <p>Confined to the holder of the stack's lock.
 */
public final class AddressList {

    /** Receives the changes of the list. */
    @FunctionalInterface
    public interface Listener {
        /** {@code address} was added or changed its state; {@link AddressState#REMOVED} if it was removed. */
        void changed(HostAddress address);
    }

    private final List<HostAddress> addresses = new ArrayList<>();
    private final List<Listener> listeners = new ArrayList<>();
    private int version;

    /** Calls {@code listener} after each change from now on. */
    public void listen(final Listener listener) {
        listeners.add(listener);
    }

    /**
     * Adds an address.
     *
     * @throws IllegalArgumentException if the interface has it already
     */
    public void add(final HostAddress added) {
        if (find(added.address()) != null) {
            throw new IllegalArgumentException("the interface has the address " + added.address() + " already");
        }
        addresses.add(added);
        added.list(this);
        changed(added);
    }

    /** Removes an address, which is in the state {@link AddressState#REMOVED} afterwards. */
    public void remove(final HostAddress removed) {
        if (addresses.remove(removed)) {
            removed.state(AddressState.REMOVED);
            removed.list(null);
        }
    }

    /** The address of the interface that is equal to {@code address}, in any state; or null. */
    public @Nullable HostAddress find(final IpAddress address) {
        for (int i = 0; i < addresses.size(); i++) {
            if (addresses.get(i).address().equals(address)) {
                return addresses.get(i);
            }
        }
        return null;
    }

    /** As {@link #find(IpAddress)}, for an address as 128 bits; allocates nothing. */
    public @Nullable HostAddress find(final long high, final long low) {
        for (int i = 0; i < addresses.size(); i++) {
            final IpAddress each = addresses.get(i).address();
            if (each.low() == low && each.high() == high) {
                return addresses.get(i);
            }
        }
        return null;
    }

    /** True if the interface uses the address (128 bits). */
    public boolean isUsable(final long high, final long low) {
        final HostAddress found = find(high, low);
        return found != null && found.isUsable();
    }

    /** The number of addresses, in any state. */
    public int size() {
        return addresses.size();
    }

    /** The address at {@code index}, in the order of addition. */
    public HostAddress get(final int index) {
        return addresses.get(index);
    }

    /** All addresses, in the order of addition. */
    public List<HostAddress> all() {
        return List.copyOf(addresses);
    }

    /** Changes with every change of the list or of a state. */
    public int version() {
        return version;
    }

    void changed(final HostAddress address) {
        version++;
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).changed(address);
        }
    }

    @Override
    public String toString() {
        return addresses.toString();
    }
}
