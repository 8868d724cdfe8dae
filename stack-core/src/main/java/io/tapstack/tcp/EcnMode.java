package io.tapstack.tcp;

/** When a connection uses Explicit Congestion Notification (RFC 3168 6.1.1). */
public enum EcnMode {
    /** Never. */
    OFF,
    /** If the peer asks for it in its SYN. */
    PASSIVE,
    /** Our own SYNs ask for it too. */
    ON
}
