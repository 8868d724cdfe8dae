package io.tapstack.error;

import org.jspecify.annotations.Nullable;

/**
 * The errors of a socket, by errno name and Linux's number. Each facade translates them once, into exceptions or
 * numbers.
 */
public enum SocketError {
    ENOENT(2, "no such entry"),
    EINTR(4, "interrupted"),
    EIO(5, "input/output error"),
    EBADF(9, "socket is closed"),
    EAGAIN(11, "would block"),
    ENOMEM(12, "the stack is at its memory limit"),
    EACCES(13, "permission denied"),
    EEXIST(17, "already exists"),
    EINVAL(22, "invalid argument"),
    EPIPE(32, "broken pipe: the output was shut down"),
    ELOOP(40, "too many splices in a chain, or a loop"),
    EPROTO(71, "protocol error"),
    EDESTADDRREQ(89, "destination address required"),
    EMSGSIZE(90, "message too long"),
    ENOPROTOOPT(92, "option not available"),
    EOPNOTSUPP(95, "operation not supported on this socket"),
    EAFNOSUPPORT(97, "address family not supported"),
    EADDRINUSE(98, "address already in use"),
    EADDRNOTAVAIL(99, "address not available"),
    ENETDOWN(100, "network is down"),
    ENETUNREACH(101, "network is unreachable"),
    ECONNABORTED(103, "connection aborted"),
    ECONNRESET(104, "connection reset by peer"),
    ENOBUFS(105, "no buffer space available"),
    EISCONN(106, "already connected"),
    ENOTCONN(107, "not connected"),
    ETIMEDOUT(110, "connection timed out"),
    ECONNREFUSED(111, "connection refused"),
    EHOSTUNREACH(113, "no route to host"),
    EALREADY(114, "already in progress"),
    EINPROGRESS(115, "now in progress");

    private final int errno;
    private final String explanation;

    SocketError(final int errno, final String explanation) {
        this.errno = errno;
        this.explanation = explanation;
    }

    /** The error with Linux's number {@code errno}, or null if there is none. */
    public static @Nullable SocketError of(final int errno) {
        for (final SocketError each : values()) {
            if (each.errno == errno) {
                return each;
            }
        }
        return null;
    }

    /** Linux's number on x86-64. */
    public int errno() {
        return errno;
    }

    /** A phrase for people. */
    public String explanation() {
        return explanation;
    }
}
