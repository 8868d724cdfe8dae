package io.tapstack.tcp;

/**
 * Receives the transmit timestamps of bytes that a connection sends, on behalf of a socket. Methods run under the
 * stack's lock, in the middle of protocol work, and must be short.
 */
public interface StampObserver {

    /** The byte was handed to the device: Linux's {@code SCM_TSTAMP_SND}. */
    int SENT = 0;

    /** The byte is about to be handed to the device: {@code SCM_TSTAMP_SCHED}. */
    int SCHEDULED = 1;

    /** The peer has acknowledged the byte: {@code SCM_TSTAMP_ACK}. */
    int ACKNOWLEDGED = 2;

    /**
     * Reports a timestamp of one byte.
     *
     * @param what {@link #SCHEDULED}, {@link #SENT} or {@link #ACKNOWLEDGED}
     * @param sequence sequence number of the byte
     * @param packet the IP packet that carried the byte; for {@link #ACKNOWLEDGED} its payload alone; empty unless
     *     {@link #wantsPackets()}
     * @param nowNanos the stack's time
     */
    void stamped(int what, int sequence, byte[] packet, long nowNanos);

    /** True if {@link #stamped} needs the packet. */
    boolean wantsPackets();
}
