package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.WaitPoint;
import io.tapstack.tcp.TcpConfig;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a socket needs of its layer: the stack and its lock, defaults, the open sockets, and how to wait for them. */
final class SocketHost {

    private final StackLock lock;
    private final NetworkStack stack;

    // The defaults of new stream sockets: as on Linux, with quick ACKs.
    private final TcpConfig defaults = new TcpConfig().quickAck(true);

    // Guarded by the stack's lock: the thread that calls a handler now, and so may not wait.
    private @Nullable Thread handling;

    // Guarded by the stack's lock: every open socket, to be told when the stack ends, in the order of opening.
    private final Set<StackSocket> open = new LinkedHashSet<>();

    SocketHost(final StackLock lock, final NetworkStack stack) {
        this.lock = lock;
        this.stack = stack;
        lock.lock();
        try {
            lock.whenEnded(() -> open().forEach(StackSocket::stackEnded));
        } finally {
            lock.unlock();
        }
    }

    /** The configuration that TCP sockets are created with. */
    TcpConfig defaults() {
        return defaults;
    }

    /** The open sockets, in the order of opening; a snapshot. Called with the stack's lock held. */
    List<StackSocket> open() {
        return List.copyOf(open);
    }

    StackLock lock() {
        return lock;
    }

    /** The stack; used with the stack's lock held only. */
    NetworkStack stack() {
        return stack;
    }

    /**
     * Sets the thread that calls a handler from now on, or null for none. Called with the stack's lock held.
     *
     * @return the thread that was set before
     */
    @Nullable
    Thread handling(final @Nullable Thread thread) {
        final Thread before = handling;
        handling = thread;
        return before;
    }

    /** True if the calling thread is in a handler. Called with the stack's lock held. */
    boolean isHandling() {
        return handling == Thread.currentThread();
    }

    /** Called with the stack's lock held. */
    void opened(final StackSocket socket) {
        open.add(socket);
    }

    /** Called with the stack's lock held. */
    void closed(final StackSocket socket) {
        open.remove(socket);
    }

    /** As {@code SocketLayer.poll}. */
    int poll(final List<PollEntry> entries, final long timeoutMillis) {
        lock.lock();
        try {
            final int ready = look(entries);
            if (ready > 0 || timeoutMillis == 0 || isHandling()) {
                return ready;
            }
            final long deadline = timeoutMillis < 0 ? WaitPoint.NEVER : lock.now() + timeoutMillis * 1_000_000;
            return waitFor(entries, deadline);
        } finally {
            lock.unlock();
        }
    }

    /** As {@code SocketLayer.pollUntil}. */
    int pollUntil(final List<PollEntry> entries, final long deadlineNanos) {
        lock.lock();
        try {
            final int ready = look(entries);
            return ready > 0 || deadlineNanos <= lock.now() || isHandling() ? ready : waitFor(entries, deadlineNanos);
        } finally {
            lock.unlock();
        }
    }

    private int waitFor(final List<PollEntry> entries, final long deadline) {
        final WaitPoint wake = lock.waitPoint();
        final ReadinessListener listener = (socket, events) -> wake.wakeAll();
        for (final PollEntry entry : entries) {
            entry.watched().addListener(listener);
        }
        try {
            while (wake.await(deadline)) {
                final int ready = look(entries);
                if (ready > 0) {
                    return ready;
                }
            }
            return look(entries);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return -SocketError.EINTR.errno();
        } finally {
            for (final PollEntry entry : entries) {
                entry.watched().removeListener(listener);
            }
        }
    }

    private static int look(final List<PollEntry> entries) {
        int ready = 0;
        for (final PollEntry entry : entries) {
            if (entry.look()) {
                ready++;
            }
        }
        return ready;
    }
}
