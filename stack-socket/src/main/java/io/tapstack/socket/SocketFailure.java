package io.tapstack.socket;

import io.tapstack.error.SocketError;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.nio.channels.ClosedByInterruptException;

/** Turns an errno into an exception of {@code java.net}, with the JDK's own message. No other class does so. */
final class SocketFailure {

    private SocketFailure() {}

    /** The exception for {@code error}; the caller throws it. */
    static IOException of(final SocketError error) {
        final String message = message(error);
        return switch (error) {
            case EINTR -> new ClosedByInterruptException();
            case ECONNREFUSED, ETIMEDOUT -> new ConnectException(message);
            case EHOSTUNREACH -> new NoRouteToHostException(message);
            case EADDRINUSE, EADDRNOTAVAIL, EACCES -> new BindException(message);
            default -> new SocketException(message);
        };
    }

    /** The exception for a negative {@code result} of a call at {@code socket}. */
    static IOException of(final long result, final StackSocket socket) {
        return of(Errno.error(result), socket);
    }

    /** The exception for {@code error} at {@code socket}; if the stack has ended, it says what ended it. */
    static IOException of(final SocketError error, final StackSocket socket) {
        final Throwable cause = error == SocketError.ENETDOWN ? socket.lock.failure() : null;
        if (cause == null) {
            return of(error);
        }
        final IOException failure = new SocketException(message(error) + ": " + cause);
        failure.initCause(cause);
        return failure;
    }

    /** The text of {@code strerror(3)}, or the JDK's where that differs. */
    private static String message(final SocketError error) {
        return switch (error) {
            case ENOENT -> "No such file or directory";
            case EINTR -> "Closed by interrupt";
            case EIO -> "Input/output error";
            case EBADF -> "Socket closed";
            case EAGAIN -> "Resource temporarily unavailable";
            case ENOMEM -> "Cannot allocate memory";
            case EACCES -> "Permission denied";
            case EEXIST -> "File exists";
            case EINVAL -> "Invalid argument";
            case EPIPE -> "Broken pipe";
            case ELOOP -> "Too many levels of symbolic links";
            case EPROTO -> "Protocol error";
            case EDESTADDRREQ -> "Destination address required";
            case EMSGSIZE -> "Message too long";
            case ENOPROTOOPT -> "Protocol not available";
            case EOPNOTSUPP -> "Operation not supported";
            case EAFNOSUPPORT -> "Address family not supported by protocol";
            case EADDRINUSE -> "Address already in use";
            case EADDRNOTAVAIL -> "Cannot assign requested address";
            case ENETDOWN -> "Network is down";
            case ENETUNREACH -> "Network is unreachable";
            case ECONNABORTED -> "Software caused connection abort";
            case ECONNRESET -> "Connection reset";
            case ENOBUFS -> "No buffer space available";
            case EISCONN -> "already connected";
            case ENOTCONN -> "Socket is not connected";
            case ETIMEDOUT -> "Connection timed out";
            case ECONNREFUSED -> "Connection refused";
            case EHOSTUNREACH -> "No route to host";
            case EALREADY -> "Operation already in progress";
            case EINPROGRESS -> "Operation now in progress";
        };
    }
}
