package io.tapstack.agent;

import java.io.IOException;

/** A request that breaks the wire format. */
final class BadRequest extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;
    private final boolean last;

    /** @param last true if the start of the next request is unknown */
    BadRequest(final int errno, final boolean last, final String message) {
        super(message);
        this.errno = errno;
        this.last = last;
    }

    /** The errno for the client. */
    int errno() {
        return errno;
    }

    /** True if the connection has to end after that. */
    boolean isLast() {
        return last;
    }
}
