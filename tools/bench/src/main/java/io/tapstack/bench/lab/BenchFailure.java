package io.tapstack.bench.lab;

import java.io.IOException;

/** A measurement that is impossible, or whose check has failed: the message is a line for people. */
public final class BenchFailure extends IOException {

    private static final long serialVersionUID = 1L;

    /** A failure in one line. */
    public BenchFailure(final String message) {
        super(message);
    }

    /** A failure with its cause. */
    public BenchFailure(final String message, final Throwable cause) {
        super(message, cause);
    }
}
