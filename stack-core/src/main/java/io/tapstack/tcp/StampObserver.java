package io.tapstack.tcp;

/**
 * Whoever asked for the times of bytes that a connection sends: a socket. Calls come under the stack's lock, in the
 * middle of protocol work.
 */
public interface StampObserver {

    /** The byte was handed to the device: Linux's {@code SCM_TSTAMP_SND}. */
    int SENT = 0;

    /** The byte is about to be handed to the device: {@code SCM_TSTAMP_SCHED}. */
    int SCHEDULED = 1;

    /** The peer has acknowledged the byte: {@code SCM_TSTAMP_ACK}. */
    int ACKNOWLEDGED = 2;

    /**
     * Something has happened to a byte.
     *
     * @param what {@link #SCHEDULED}, {@link #SENT} or {@link #ACKNOWLEDGED}
     * @param sequence of the byte
     * @param packet the IP packet that it was sent in; its payload alone if it is acknowledged; empty unless
     *     {@link #wantsPackets()}
     */
    void stamped(int what, int sequence, byte[] packet, long nowNanos);

    /** Whether packets are to be told. */
    boolean wantsPackets();
}
