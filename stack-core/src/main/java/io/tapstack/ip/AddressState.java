package io.tapstack.ip;

/** The state of an address of an interface (RFC 4862 2). */
public enum AddressState {
    /** Being checked for a duplicate; no packet may use it yet. */
    TENTATIVE,
    /** In use without restriction. */
    PREFERRED,
    /** Still valid, but new communication should use another one (RFC 4862 5.5.4). */
    DEPRECATED,
    /** Another host has it; it is never used. */
    DUPLICATE,
    /** No longer an address of the interface. */
    REMOVED
}
