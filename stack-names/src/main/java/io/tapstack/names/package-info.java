/**
 * Names: a stub resolver (RFC 1034 5.3.1) over the stack's own sockets, with the rules of resolv.conf(5) and hosts(5).
 * {@link io.tapstack.names.StubResolver} is where to start. The protocol is a state machine that is fed with messages
 * and time; sockets and threads are in {@code SocketExchanges} and {@code StubResolver} alone.
 */
@NullMarked
package io.tapstack.names;

import org.jspecify.annotations.NullMarked;
