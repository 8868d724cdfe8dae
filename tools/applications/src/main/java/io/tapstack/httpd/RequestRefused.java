package io.tapstack.httpd;

import java.io.IOException;

/**
 * A request that is answered by an error status. The message is for the client, so it never quotes the client's bytes.
 */
final class RequestRefused extends IOException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;
    private final boolean connectionUsable;

    private RequestRefused(final HttpStatus status, final String message, final boolean connectionUsable) {
        super(message);
        this.status = status;
        this.connectionUsable = connectionUsable;
    }

    /** A refusal after which the start of the next request is unclear: the connection ends with the response. */
    static RequestRefused andClose(final HttpStatus status, final String message) {
        return new RequestRefused(status, message, false);
    }

    /** A refusal of a well-formed request; the connection can carry more. */
    static RequestRefused of(final HttpStatus status, final String message) {
        return new RequestRefused(status, message, true);
    }

    HttpStatus status() {
        return status;
    }

    boolean connectionUsable() {
        return connectionUsable;
    }

    /** The reason in words. */
    String reason() {
        final String message = getMessage();
        return message == null ? status.line() : message;
    }

    /** Not an error of ours: its stack is never read. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
