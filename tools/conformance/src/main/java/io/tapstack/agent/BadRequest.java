package io.tapstack.agent;

import java.io.IOException;

/** A request that breaks the wire format. */
final class BadRequest extends IOException {

    private static final long serialVersionUID = 1L;

    private final int errno;
    private final boolean last;

    /** @param last whether it is not known where the next request starts */
    BadRequest(final int errno, final boolean last, final String message) {
        super(message);
        this.errno = errno;
        this.last = last;
    }

    /** What the client is told. */
    int errno() {
        return errno;
    }

    /** Whether the connection has to end after that. */
    boolean isLast() {
        return last;
    }
}
