package io.tapstack.http.client;

import java.io.IOException;

/** A failed download; the message is for people. */
public final class DownloadFailure extends IOException {

    private static final long serialVersionUID = 1L;

    /** The kind of failure; the exit statuses are those of curl, where it has one. */
    public enum Kind {
        /** A protocol other than http. */
        UNSUPPORTED_PROTOCOL(1),
        /** The address is malformed. */
        BAD_URL(3),
        /** The host's name is unknown. */
        UNKNOWN_HOST(6),
        /** No host answers at the address, or it refuses. */
        CONNECT(7),
        /** The answer is not valid HTTP. */
        BAD_REPLY(8),
        /** The connection ended before the body did. */
        PARTIAL(18),
        /** A status of 400 or more. */
        HTTP_STATUS(22),
        /** The output cannot be written. */
        OUTPUT(23),
        /** No bytes arrived for too long. */
        TIMEOUT(28),
        /** The download cannot be continued. */
        RESUME(33),
        /** Too many redirects in a row. */
        TOO_MANY_REDIRECTS(47),
        /** The connection ended without any answer. */
        NO_REPLY(52),
        /** The connection broke. */
        CONNECTION(56),
        /** It was {@linkplain Downloader#cancel cancelled}. */
        CANCELLED(130);

        private final int exitStatus;

        Kind(final int exitStatus) {
            this.exitStatus = exitStatus;
        }

        /** The exit status of the command. */
        public int exitStatus() {
            return exitStatus;
        }
    }

    private final Kind kind;

    DownloadFailure(final Kind kind, final String message) {
        super(message);
        this.kind = kind;
    }

    DownloadFailure(final Kind kind, final String message, final Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** The kind of failure. */
    public Kind kind() {
        return kind;
    }
}
