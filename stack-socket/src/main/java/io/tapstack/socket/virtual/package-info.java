/**
 * Blocking calls of ordinary threads in virtual time: a simulated network with sockets, exact and faster than real
 * time.
 */
@NullMarked
package io.tapstack.socket.virtual;

import org.jspecify.annotations.NullMarked;
