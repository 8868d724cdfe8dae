package io.tapstack.names;

import io.tapstack.wire.Endpoint;

/** Sends queries for a look-up, which never waits. The answers come back by the calls of {@link Lookup}. */
interface Exchanges {

    /** A query that was sent, and the place where its answers arrive. */
    interface Exchange {

        /** Ends it: no more answers arrive. Does nothing if it has ended. */
        void close();
    }

    /**
     * Sends a query.
     *
     * @param server its address and port
     * @param overTcp true for a connection of its own, false for a UDP socket of its own, at an unpredictable port
     * @param receiver gets the answers, and the failure of the exchange
     */
    Exchange send(Endpoint server, boolean overTcp, byte[] query, Receiver receiver);

    /** What becomes of an exchange. Is never called by {@link #send}. */
    interface Receiver {

        /** {@code message} has arrived from the server's address and port. */
        void received(byte[] message, long now);

        /** The server cannot be reached, or has closed the connection; the exchange has ended. */
        void failed(String why, long now);
    }
}
