package io.tapstack.tcp;

/** When a connection probes for the path MTU (RFC 4821), as {@code net.ipv4.tcp_mtu_probing} of Linux. */
public enum MtuProbingMode {
    /** Never: the path MTU comes from ICMP alone. */
    OFF,
    /** After a black hole is detected: large segments are lost and no ICMP error arrives. */
    BLACK_HOLE,
    /** From the start of the connection. */
    ON
}
