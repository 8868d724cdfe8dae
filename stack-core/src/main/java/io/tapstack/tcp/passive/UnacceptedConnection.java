package io.tapstack.tcp.passive;

import io.tapstack.tcp.TcpConnection;

/** A connection that belongs to its listener until the application accepts it. */
public interface UnacceptedConnection extends TcpConnection {

    /** The application has accepted the connection. */
    void accepted();
}
