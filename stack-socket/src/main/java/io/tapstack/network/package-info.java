/**
 * Hosts with sockets in a few lines, on any device ({@link io.tapstack.network.Host}), and a network in memory to put
 * them on ({@link io.tapstack.network.MemoryNetwork}), in real or in virtual time.
 */
@NullMarked
package io.tapstack.network;

import org.jspecify.annotations.NullMarked;
