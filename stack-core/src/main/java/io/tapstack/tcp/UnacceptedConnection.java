package io.tapstack.tcp;

/** A connection that belongs to its listener until the application accepts it. */
interface UnacceptedConnection extends TcpConnection {

    /** The application has accepted the connection. */
    void accepted();
}
