package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;

/** A local address and port that a socket has reserved. All calls are made under the stack's lock. */
public interface TcpBinding {

    /** What is reserved; its address may be "any". */
    Endpoint local();

    /** Changes with whom the port is shared, for those who want it from now on. */
    void sharing(PortSharing with);

    /** Gives the port back. Connections that use it go on. */
    void close();
}
