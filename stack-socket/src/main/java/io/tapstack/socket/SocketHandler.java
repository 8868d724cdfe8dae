package io.tapstack.socket;

/**
 * An application that is called when a socket is ready, instead of having a thread that waits for it. The stack's own
 * thread calls it, with the {@link io.tapstack.stack.StackLock} held, after the protocol work that made the socket
 * ready: a request is answered without a change of threads.
 *
 * <pre>{@code
 * final class Echo implements SocketHandler<StreamSocket> {
 *     private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
 *
 *     public void readable(StreamSocket socket) {
 *         while (socket.recv(buffer.clear(), 0) > 0) {
 *             socket.send(buffer.flip(), 0);   // a real one keeps what does not fit, and sends it when the socket is writable
 *         }
 *     }
 * }
 * }</pre>
 *
 * <p><b>When.</b> {@link #readable} and {@link #writable} are called when the socket <em>becomes</em> ready, as
 * {@code epoll(7)} does with {@code EPOLLET}, and once at the beginning if it is already ready. Bytes that a handler
 * leaves unread are not announced again until more have come: it reads until a call returns {@code -EAGAIN}, or comes
 * back later by itself. A handler can be called without need.
 *
 * <p><b>Calls in a handler.</b> It may make every call of every socket of the same stack, also close them and give them
 * handlers. No call waits in a handler, also of a blocking socket: it returns as if the socket were non-blocking. The
 * whole stack waits while a handler runs, so it must be quick, and must not wait for a lock that is held for long, a
 * file, or another socket. Calls for one stack come one after the other, so handlers need no locks among themselves.
 *
 * <p><b>Errors</b> of the connection are returned by the next call on the socket, as everywhere. If a handler throws,
 * its socket is closed, a connection by a reset, as it may be incomplete; the exception is logged, and the stack
 * continues.
 *
 * @param <S> the kind of socket
 */
public interface SocketHandler<S extends StackSocket> {

    /**
     * There is something to receive or to accept, or the end of it, or an error.
     *
     * @param socket the socket of this {@linkplain StreamSocket#handler handler}
     */
    default void readable(final S socket) {}

    /**
     * There is room again after a call took less than it was given, or the connection is established, or there is an
     * error.
     *
     * @param socket the socket of this {@linkplain StreamSocket#handler handler}
     */
    default void writable(final S socket) {}
}
