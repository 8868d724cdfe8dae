package io.tapstack.socket;

/**
 * An application that is called when a socket is ready, instead of having a thread that waits for it. It is called by
 * the stack's own thread, inside the stack's {@link io.tapstack.stack.StackLock}, right behind the protocol work that
 * made the socket ready: a request is answered without any change of threads.
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
 * <p><b>When.</b> {@link #readable} and {@link #writable} are called when that has <em>become</em> so, as
 * {@code epoll(7)} does with {@code EPOLLET}, and once at the beginning if it is so already. Whatever a handler leaves
 * unread is not announced again until more has come: read until a call answers {@code -EAGAIN}, or come back later by
 * yourself. A handler can be called for nothing.
 *
 * <p><b>What it may do.</b> Every call of every socket of the same stack, also closing them and giving them handlers.
 * No call waits in there, whatever the socket's mode is: those that would have to answer as if they were non-blocking.
 * All of the stack waits while a handler runs, so it must be quick, and must not wait for anything else: no lock that
 * is held for long, no file, no other socket. Calls for one stack come one after the other, so handlers need no locks
 * of their own among themselves.
 *
 * <p><b>Errors</b> of the connection are found by the next call on the socket, as everywhere. If a handler throws, its
 * socket is closed, a connection by a reset as it is not known to be complete; the exception is logged, and the stack
 * goes on.
 *
 * @param <S> the kind of socket
 */
public interface SocketHandler<S extends StackSocket> {

    /**
     * There is something to receive or to accept, or the end of it, or an error.
     *
     * @param socket the one that this handler was {@linkplain StreamSocket#handler given} to
     */
    default void readable(final S socket) {}

    /**
     * There is room again after a call took less than it was given, or the connection is established, or there is an
     * error.
     *
     * @param socket the one that this handler was {@linkplain StreamSocket#handler given} to
     */
    default void writable(final S socket) {}
}
