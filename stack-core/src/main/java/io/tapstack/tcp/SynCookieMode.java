package io.tapstack.tcp;

/** When a listener answers a SYN with a SYN cookie instead of a SYN queue entry (RFC 4987 3.6). */
public enum SynCookieMode {
    /** When the SYN queue is full. */
    AUTO,
    /** For each SYN. */
    ALWAYS,
    /** Never: a SYN is dropped when the SYN queue is full. */
    NEVER
}
