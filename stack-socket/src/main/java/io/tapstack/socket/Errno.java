package io.tapstack.socket;

import io.tapstack.error.SocketError;

/** From the negative numbers that calls answer back to {@link SocketError}s. */
final class Errno {

    private static final SocketError[] BY_NUMBER = new SocketError[128];

    static {
        for (final SocketError error : SocketError.values()) {
            BY_NUMBER[error.errno()] = error;
        }
    }

    private Errno() {}

    /** The error that a call's negative {@code result} stands for. */
    static SocketError error(final long result) {
        return BY_NUMBER[(int) -result];
    }

    static boolean is(final long result, final SocketError error) {
        return result == -error.errno();
    }
}
