package io.tapstack.socket;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the {@link SocketHandler} of one socket. The protocol's events come in the middle of its work, when it must not
 * be called; so they are noted, and the handler is called {@linkplain io.tapstack.stack.StackLock#defer later}, once
 * for all events noted.
 */
final class HandlerCalls<S extends StackSocket> implements ReadinessListener, Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(HandlerCalls.class);

    /** The events for readers. */
    static final int FOR_READER = PollEvents.READABLE | PollEvents.POLLRDHUP | PollEvents.UNASKED;

    private static final int FOR_WRITER = PollEvents.WRITABLE | PollEvents.UNASKED;

    private final S socket;
    private final SocketHandler<? super S> handler;
    private int noted;
    private boolean deferred;
    private boolean ended;

    HandlerCalls(final S socket, final SocketHandler<? super S> handler) {
        this.socket = socket;
        this.handler = handler;
    }

    @Override
    public void readinessChanged(final Watchable changed, final int events) {
        noted |= events;
        if (!deferred) {
            deferred = true;
            socket.lock.defer(this);
        }
    }

    /** Ends the calls, including those for noted events. */
    void end() {
        ended = true;
    }

    @Override
    public void run() {
        final int events = noted;
        noted = 0;
        deferred = false;
        final Thread outer = socket.host.handling(Thread.currentThread());
        try {
            if ((events & PollEvents.READABLE) != 0 && isNow(FOR_READER)) {
                handler.readable(socket);
            }
            if ((events & PollEvents.WRITABLE) != 0 && isNow(FOR_WRITER)) {
                handler.writable(socket);
            }
        } catch (final RuntimeException | Error e) {
            LOG.error("the handler of {} failed; the socket is closed", socket.localEndpoint(), e);
            socket.discard();
        } finally {
            socket.host.handling(outer);
        }
    }

    /** Checked before each call: the one before may have closed the socket, or given it another handler. */
    private boolean isNow(final int wanted) {
        return !ended && (socket.readiness() & wanted) != 0;
    }
}
