package io.tapstack.link;

/** The header that a frame of a device starts with. */
public enum LinkType {
    /** An Ethernet header. */
    ETHERNET,
    /** An IP header: no link addresses, no neighbours to resolve. */
    IP
}
