package io.tapstack.event;

import io.tapstack.wire.Endpoint;

/** The two ends of a connection, which name it to an observer. */
public interface Flow {
    /** Our address and port. */
    Endpoint local();

    /** The peer's address and port. */
    Endpoint remote();
}
