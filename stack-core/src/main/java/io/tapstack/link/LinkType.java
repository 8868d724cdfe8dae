package io.tapstack.link;

/** What a frame of a device starts with. */
public enum LinkType {
    /** An Ethernet header. */
    ETHERNET,
    /** An IP header: no addresses below it, no neighbours to resolve. */
    IP
}
