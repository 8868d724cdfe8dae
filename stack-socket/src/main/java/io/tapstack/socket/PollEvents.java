package io.tapstack.socket;

/** What {@code poll(2)} asks for and answers, with Linux's numbers. */
public final class PollEvents {

    /** There is something to read or to accept, or the end of the stream. */
    public static final int POLLIN = 0x01;

    /** There is an urgent byte that was not read. */
    public static final int POLLPRI = 0x02;

    /** A write would take something, or fail at once. */
    public static final int POLLOUT = 0x04;

    /** There is an error to be fetched by the next call or by SO_ERROR. Answered always. */
    public static final int POLLERR = 0x08;

    /** Both directions have ended, or were never there. Answered always. */
    public static final int POLLHUP = 0x10;

    /** The socket is closed. Answered always. */
    public static final int POLLNVAL = 0x20;

    /** As {@link #POLLIN}. */
    public static final int POLLRDNORM = 0x40;

    /** As {@link #POLLOUT}. */
    public static final int POLLWRNORM = 0x100;

    /** As {@link #POLLOUT}, and said of datagrams only. */
    public static final int POLLWRBAND = 0x200;

    /** The peer sends no more, or our input was shut down. */
    public static final int POLLRDHUP = 0x2000;

    static final int READABLE = POLLIN | POLLRDNORM;
    static final int WRITABLE = POLLOUT | POLLWRNORM;
    static final int UNASKED = POLLERR | POLLHUP | POLLNVAL;

    private PollEvents() {}
}
