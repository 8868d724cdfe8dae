package io.tapstack.error;

import java.io.IOException;

/** A call that a transport refuses, with the errno that says why. */
public final class SocketErrorException extends IOException {

    private static final long serialVersionUID = 1L;

    private final SocketError error;

    public SocketErrorException(final SocketError error, final String detail) {
        super(detail + ": " + error.explanation());
        this.error = error;
    }

    public SocketError error() {
        return error;
    }
}
