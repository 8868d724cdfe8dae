package io.tapstack.socket;

import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConnection;

/**
 * The wait of {@code close} with {@code SO_LINGER}, until the peer has acknowledged everything, or the time is over.
 * Used with the stack's lock held.
 */
final class Linger {

    private Linger() {}

    /**
     * Waits until the peer has acknowledged everything, FIN included, or the time is over, or the thread is
     * interrupted. Does not wait if the time is 0, or in a handler, which must not wait.
     *
     * @param last already closed
     */
    static void await(final StreamSocket socket, final TcpConnection last, final int seconds) {
        if (seconds <= 0 || socket.host.isHandling()) {
            return;
        }
        final long deadline = socket.lock.now() + seconds * 1_000_000_000L;
        last.observer(new ConnectionObserver() {
            @Override
            public void finAcknowledged() {
                socket.wakeWriters();
            }

            @Override
            public void closed() {
                socket.wakeWriters();
            }
        });
        try {
            while (isFinishing(last) && !socket.lock.isEnded() && socket.writable.await(deadline)) {
                continue;
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        last.observer(ConnectionObserver.NONE);
    }

    /** True while the peer has not acknowledged everything: data or the FIN. */
    private static boolean isFinishing(final TcpConnection last) {
        return switch (last.state()) {
            case FIN_WAIT_1, CLOSING, LAST_ACK -> true;
            default -> false;
        };
    }
}
