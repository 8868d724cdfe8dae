/**
 * The BSD calls of Linux: descriptors, numbers and structures in bytes, over the sockets of a
 * {@link io.tapstack.socket.SocketLayer}.
 */
@NullMarked
package io.tapstack.posix;

import org.jspecify.annotations.NullMarked;
