package io.tapstack.socket;

import io.tapstack.error.SocketError;

/** Turns the negative results of calls into {@link SocketError}s. */
final class Errno {

    private static final SocketError[] BY_NUMBER = new SocketError[128];

    static {
        for (final SocketError error : SocketError.values()) {
            BY_NUMBER[error.errno()] = error;
        }
    }

    private Errno() {}

    /** The error of a call's negative {@code result}. */
    static SocketError error(final long result) {
        return BY_NUMBER[(int) -result];
    }

    static boolean is(final long result, final SocketError error) {
        return result == -error.errno();
    }
}
