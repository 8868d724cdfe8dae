package io.tapstack.tcp;

import io.tapstack.wire.Endpoint;

/** A local address and port that a socket has reserved. All methods are called under the stack's lock. */
public interface TcpBinding {

    /** The reserved address and port; the address may be "any". */
    Endpoint local();

    /** True for a binding of :: that excludes IPv4 (IPV6_V6ONLY). */
    boolean ipv6Only();

    /** Sets the sharing of the port, for sockets that bind to it from now on. */
    void sharing(PortSharing with);

    /** Releases the port. Connections that use it continue. */
    void close();
}
