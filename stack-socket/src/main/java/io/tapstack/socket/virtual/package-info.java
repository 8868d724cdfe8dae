/**
 * Blocking calls of ordinary threads in time that is not real: a simulated network with sockets, exact and faster than
 * its time.
 */
@NullMarked
package io.tapstack.socket.virtual;

import org.jspecify.annotations.NullMarked;
