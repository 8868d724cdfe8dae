package io.tapstack.network;

/** An {@link Activity}'s task has thrown an exception, which is the cause; the message has the network's seed. */
public final class ActivityFailure extends RuntimeException {

    ActivityFailure(final String message, final Throwable cause) {
        super(message, cause);
    }
}
