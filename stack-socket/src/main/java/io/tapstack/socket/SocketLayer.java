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

/**
 * The sockets of one stack: creates them, and lets a thread wait for many of them. Any thread may call; every call
 * takes the stack's {@link StackLock}.
 */
public final class SocketLayer {

    private final StackLock lock;
    private final NetworkStack stack;

    // The defaults of new stream sockets: as on Linux, with quick ACKs.
    private final TcpConfig defaults = new TcpConfig().quickAck(true);

    // Guarded by the stack's lock: the thread that calls a handler now, and so may not wait.
    private @Nullable Thread handling;

    // Guarded by the stack's lock: every open socket, to be told when the stack ends, in the order of opening.
    private final Set<StackSocket> open = new LinkedHashSet<>();

    /** The sockets of {@code stack}, which is used with {@code lock} held only. */
    public SocketLayer(final StackLock lock, final NetworkStack stack) {
        this.lock = lock;
        this.stack = stack;
        lock.lock();
        try {
            lock.whenEnded(() -> List.copyOf(open).forEach(StackSocket::stackEnded));
        } finally {
            lock.unlock();
        }
    }

    /** The configuration of TCP sockets that are created from now on. Changed with the stack's lock held. */
    public TcpConfig defaults() {
        return defaults;
    }

    /**
     * Turns {@code SO_OOBINLINE} off for sockets that are created from now on, as on Linux: the urgent byte is no part
     * of the stream.
     */
    public void readUrgentApart() {
        lock.lock();
        try {
            defaults.urgentInLine(false);
        } finally {
            lock.unlock();
        }
    }

    /** Creates a TCP socket, blocking, not bound: {@code socket(AF_INET, SOCK_STREAM, 0)}. */
    public StreamSocket stream() {
        lock.lock();
        try {
            return new StreamSocket(this);
        } finally {
            lock.unlock();
        }
    }

    /** Creates a UDP socket, blocking, not bound: {@code socket(AF_INET, SOCK_DGRAM, 0)}. */
    public DatagramSocket datagram() {
        lock.lock();
        try {
            return new DatagramSocket(this);
        } finally {
            lock.unlock();
        }
    }

    /** Creates a set of sockets to wait for: {@code epoll_create(2)}. All sockets in it belong to this layer. */
    public EventPoll eventPoll() {
        lock.lock();
        try {
            return new EventPoll(this);
        } finally {
            lock.unlock();
        }
    }

    /** Closes all sockets that are open, in the order in which they were opened, each as its own close does. */
    public void closeAll() {
        final List<StackSocket> sockets;
        lock.lock();
        try {
            sockets = List.copyOf(open);
        } finally {
            lock.unlock();
        }
        sockets.forEach(StackSocket::close);
    }

    /**
     * Waits until at least one socket or event poll has something to report: {@code poll(2)}, level-triggered. All
     * belong to this layer.
     *
     * @param timeoutMillis 0 only looks, less than 0 for no limit
     * @return the number of entries with {@linkplain PollEntry#revents() events}, 0 when the time is over, or
     *     {@code -EINTR} if the thread was interrupted (and still is)
     */
    public int poll(final List<PollEntry> entries, final long timeoutMillis) {
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

    StackLock stackLock() {
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
