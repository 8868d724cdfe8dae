/**
 * Sockets over a stack, in two layers. The lower layer has BSD-like sockets with Linux semantics, whose calls return a
 * count or a negative errno: {@link io.tapstack.socket.StreamSocket}, {@link io.tapstack.socket.DatagramSocket},
 * {@link io.tapstack.socket.SocketLayer#poll}. The upper layer has blocking sockets with streams and exceptions as in
 * {@code java.net}: {@link io.tapstack.socket.TapSocket}, {@link io.tapstack.socket.TapServerSocket},
 * {@link io.tapstack.socket.TapDatagramSocket}.
 */
@NullMarked
package io.tapstack.socket;

import org.jspecify.annotations.NullMarked;
