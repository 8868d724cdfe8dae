package io.tapstack.dhcp;

import org.jspecify.annotations.Nullable;

/** Is told of the leases of a client, with the stack's lock held, in the middle of protocol work. */
@FunctionalInterface
public interface DhcpObserver {

    /** A lease is in use now, new or renewed; or null if it ended and the address is not used any more. */
    void leaseChanged(@Nullable DhcpLease lease);
}
