package io.tapstack.socket;

/** Flags of {@code send(2)} and {@code recv(2)}, with Linux's numbers. */
public final class MessageFlags {

    /** Send: the last byte is urgent. Receive: the urgent byte apart, if {@code SO_OOBINLINE} is off (RFC 6093). */
    public static final int MSG_OOB = 0x01;

    /** Read without taking. */
    public static final int MSG_PEEK = 0x02;

    /** Control messages were cut, as there was no room for them. */
    public static final int MSG_CTRUNC = 0x08;

    /** Return a datagram's true length, even if it was cut to fit; of a stream, drop bytes without copying them. */
    public static final int MSG_TRUNC = 0x20;

    /** Do not wait in this call, even on a blocking socket. */
    public static final int MSG_DONTWAIT = 0x40;

    /** A record ends behind the last byte: no segment has bytes of this send and of the next one. */
    public static final int MSG_EOR = 0x80;

    /** Wait for all requested bytes. */
    public static final int MSG_WAITALL = 0x100;

    /** Read the error queue, without waiting: see {@link ReceivedMessage#report}. */
    public static final int MSG_ERRQUEUE = 0x2000;

    /** No SIGPIPE; without effect, as the stack sends no signals. */
    public static final int MSG_NOSIGNAL = 0x4000;

    /** More bytes follow: do not send a segment that is not full. */
    public static final int MSG_MORE = 0x8000;

    /**
     * Send: with {@code SO_ZEROCOPY}, lend the memory of a direct buffer instead of copying it. It must not change
     * until the send is reported completed in the error queue ({@link #MSG_ERRQUEUE}).
     */
    public static final int MSG_ZEROCOPY = 0x400_0000;

    /** Connect by {@code sendto}, with data in the SYN if the server has given a cookie (RFC 7413). */
    public static final int MSG_FASTOPEN = 0x2000_0000;

    private MessageFlags() {}

    static boolean has(final int flags, final int flag) {
        return (flags & flag) != 0;
    }
}
