package io.tapstack.event;

import io.tapstack.wire.Endpoint;

/** What names a connection to an observer. */
public interface Flow {
    /** Our address and port. */
    Endpoint local();

    /** The peer's address and port. */
    Endpoint remote();
}
