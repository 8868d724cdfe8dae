package io.tapstack.tcp;

/** When a listener answers a SYN with a cookie instead of keeping it (RFC 4987 3.6). */
public enum SynCookieMode {
    /** When its SYN queue is full. */
    AUTO,
    /** Always. */
    ALWAYS,
    /** Never: what the SYN queue has no room for is dropped. */
    NEVER
}
