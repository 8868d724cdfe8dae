package io.tapstack.packetdrill.call;

import io.tapstack.posix.SocketName;
import io.tapstack.wire.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of the machine under test, with Linux's numbers for levels, options and flags. All return 0 or more
 * for success and {@code -errno} for failure, and wait as documented. Structures are bytes in the machine's byte order.
 */
public interface SystemCalls {

    /** A received message: the number of its bytes, or a negative errno. */
    record Received(long result, int flags) {}

    /** {@code struct pollfd}. */
    final class PollEntry {
        /** The descriptor. */
        public final int fd;
        /** The requested events. */
        public final int events;
        /** The events found; written by {@code poll}. */
        public int revents;

        public PollEntry(final int fd, final int events) {
            this.fd = fd;
            this.events = events;
        }
    }

    /** {@code struct epoll_event}. */
    record EpollEvent(int events, long data) {}

    /** socket(2). */
    long socket(int domain, int type, int protocol);

    /** bind(2). */
    long bind(int fd, SocketName address);

    /** listen(2). */
    long listen(int fd, int backlog);

    /** accept4(2). */
    long accept(int fd, int flags);

    /** connect(2); null for AF_UNSPEC. */
    long connect(int fd, @Nullable SocketName address);

    /** read(2), or recv(2) if there are flags. The bytes go into {@code target}. */
    Received receive(int fd, byte[] target, int flags);

    /**
     * recvmsg(2). The bytes go into {@code target}, control messages into {@code control}.
     *
     * @param control as long as msg_controllen; its unused part is cleared
     */
    Received receiveMessage(int fd, byte[] target, byte[] control, int flags);

    /** write(2), or sendto(2) if there are flags or an address. */
    long send(int fd, byte[] data, int flags, @Nullable SocketName to);

    /**
     * sendmsg(2).
     *
     * @param control the control messages as {@code struct cmsghdr}
     */
    long sendMessage(int fd, byte[] data, byte[] control, int flags, @Nullable SocketName to);

    /** CLOCK_REALTIME at the script's start, in nanoseconds: the origin of the times of messages. */
    long startNanos();

    /** sendfile(2) from a file of zeros. */
    long sendFile(int fd, long offset, long count);

    /** close(2). */
    long close(int fd);

    /** shutdown(2). */
    long shutdown(int fd, int how);

    /**
     * getsockopt(2).
     *
     * @return the length written to {@code value}
     */
    long getOption(int fd, int level, int name, byte[] value);

    /** setsockopt(2). */
    long setOption(int fd, int level, int name, byte[] value);

    /** fcntl(2). */
    long fcntl(int fd, int command, int argument);

    /** ioctl(2) that reads one int. */
    long ioctl(int fd, long request, int[] value);

    /** poll(2). */
    long poll(PollEntry[] entries, int timeoutMillis);

    /** epoll_create1(2). */
    long epollCreate(int flags);

    /** epoll_ctl(2). */
    long epollControl(int epoll, int operation, int fd, EpollEvent event);

    /** epoll_wait(2). */
    long epollWait(int epoll, EpollEvent[] events, int timeoutMillis);

    /** getsockname(2), or null. */
    @Nullable
    Endpoint localAddress(int fd);

    /** getpeername(2), or null. */
    @Nullable
    Endpoint peerAddress(int fd);
}
