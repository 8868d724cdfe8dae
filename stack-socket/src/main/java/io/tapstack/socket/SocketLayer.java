package io.tapstack.socket;

import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackLock;
import io.tapstack.tcp.TcpConfig;
import java.util.List;

/**
 * The sockets of one stack: creates them, and lets a thread wait for many of them. Any thread may call; every call
 * takes the stack's {@link StackLock}.
 */
public final class SocketLayer {

    private final StackLock lock;
    private final SocketHost host;

    /** The sockets of {@code stack}, which is used with {@code lock} held only. */
    public SocketLayer(final StackLock lock, final NetworkStack stack) {
        this.lock = lock;
        this.host = new SocketHost(lock, stack);
    }

    /** The configuration of TCP sockets that are created from now on. Changed with the stack's lock held. */
    public TcpConfig defaults() {
        return host.defaults();
    }

    /**
     * Turns {@code SO_OOBINLINE} off for sockets that are created from now on, as on Linux: the urgent byte is no part
     * of the stream.
     */
    public void readUrgentApart() {
        lock.lock();
        try {
            host.defaults().urgentInLine(false);
        } finally {
            lock.unlock();
        }
    }

    /** Creates a TCP socket, blocking, not bound: {@code socket(AF_INET, SOCK_STREAM, 0)}. */
    public StreamSocket stream() {
        return stream(AddressFamily.IPV4);
    }

    /** Creates a TCP socket of a family, blocking, not bound: {@code socket(2)}. */
    public StreamSocket stream(final AddressFamily family) {
        lock.lock();
        try {
            return new StreamSocket(host, family);
        } finally {
            lock.unlock();
        }
    }

    /** Creates a UDP socket, blocking, not bound: {@code socket(AF_INET, SOCK_DGRAM, 0)}. */
    public DatagramSocket datagram() {
        return datagram(AddressFamily.IPV4);
    }

    /** Creates a UDP socket of a family, blocking, not bound: {@code socket(2)}. */
    public DatagramSocket datagram(final AddressFamily family) {
        lock.lock();
        try {
            return new DatagramSocket(host, family);
        } finally {
            lock.unlock();
        }
    }

    /** Creates a set of sockets to wait for: {@code epoll_create(2)}. All sockets in it belong to this layer. */
    public EventPoll eventPoll() {
        lock.lock();
        try {
            return new EventPoll(host);
        } finally {
            lock.unlock();
        }
    }

    /** Closes all sockets that are open, in the order in which they were opened, each as its own close does. */
    public void closeAll() {
        final List<StackSocket> sockets;
        lock.lock();
        try {
            sockets = host.open();
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
        return host.poll(entries, timeoutMillis);
    }

    /**
     * As {@link #poll}, with a deadline to the nanosecond.
     *
     * @param deadlineNanos in the time of {@link #nanoTime()}; {@link Long#MAX_VALUE} for no limit
     */
    public int pollUntil(final List<PollEntry> entries, final long deadlineNanos) {
        return host.pollUntil(entries, deadlineNanos);
    }

    /** The DNS servers and search domains that the stack has learned from the network by now. */
    public LearnedNames learnedNames() {
        lock.lock();
        try {
            return LearnedNames.of(host.stack());
        } finally {
            lock.unlock();
        }
    }

    /** The stack's time in nanoseconds, from any origin; it may be virtual. */
    public long nanoTime() {
        lock.lock();
        try {
            return lock.now();
        } finally {
            lock.unlock();
        }
    }

    SocketHost host() {
        return host;
    }
}
