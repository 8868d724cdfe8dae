package io.tapstack.dhcp;

/** The state of a client (RFC 2131 4.4, figure 5). */
public enum DhcpState {
    /** Not running. */
    STOPPED,
    /** Waiting before it starts again, after a refused address. */
    INIT,
    /** Looking for servers. */
    SELECTING,
    /** Asking for the offered address. */
    REQUESTING,
    /** Asking for the address of an earlier lease. */
    REBOOTING,
    /** Looking for another host with the leased address (RFC 5227). */
    PROBING,
    /** The address is in use. */
    BOUND,
    /** Asking the server to extend the lease. */
    RENEWING,
    /** Asking any server to extend the lease. */
    REBINDING
}
