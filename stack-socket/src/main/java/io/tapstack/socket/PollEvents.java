package io.tapstack.socket;

/** The events of {@code poll(2)}, with Linux's numbers. */
public final class PollEvents {

    /** There is something to read or to accept, or the end of the stream. */
    public static final int POLLIN = 0x01;

    /** There is an unread urgent byte. */
    public static final int POLLPRI = 0x02;

    /** A write would take bytes, or fail at once. */
    public static final int POLLOUT = 0x04;

    /** There is an error, which the next call or SO_ERROR returns. Always reported. */
    public static final int POLLERR = 0x08;

    /** Both directions have ended, or never began. Always reported. */
    public static final int POLLHUP = 0x10;

    /** The socket is closed. Always reported. */
    public static final int POLLNVAL = 0x20;

    /** As {@link #POLLIN}. */
    public static final int POLLRDNORM = 0x40;

    /** As {@link #POLLOUT}. */
    public static final int POLLWRNORM = 0x100;

    /** As {@link #POLLOUT}, for datagrams only. */
    public static final int POLLWRBAND = 0x200;

    /** The peer sends no more, or our input was shut down. */
    public static final int POLLRDHUP = 0x2000;

    static final int READABLE = POLLIN | POLLRDNORM;
    static final int WRITABLE = POLLOUT | POLLWRNORM;
    static final int UNASKED = POLLERR | POLLHUP | POLLNVAL;

    private PollEvents() {}
}
