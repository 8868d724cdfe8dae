package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.ErrorReport;
import io.tapstack.stack.StackLock;
import io.tapstack.stack.WaitPoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The common part of all sockets: blocking or not, time limits, readiness, and closing while threads wait.
 *
 * <p><b>Results.</b> Calls return what Linux's system calls do: 0 or more for success, and {@code -errno} for a failure
 * (see {@link SocketError}). A call that would wait but must not returns {@code -EAGAIN}, and so does one whose time
 * limit has passed. {@code -EINTR} means that the thread was interrupted; it still is.
 *
 * <p><b>Threads.</b> Any thread may make any call at any time. The caller does the protocol work, with the
 * {@link StackLock} held; it waits at one of two {@linkplain WaitPoint wait points}, {@link #readable} or
 * {@link #writable}, which the protocol's events wake. Methods that are not public are called with the stack's lock
 * held, unless they say otherwise.
 */
public abstract non-sealed class StackSocket extends Watchable {

    final SocketHost host;
    final StackLock lock;
    final AddressFamily family;

    /** For threads that wait to receive or accept. */
    final WaitPoint readable;

    /** For threads that wait to send, connect or linger. */
    final WaitPoint writable;

    private @Nullable HandlerCalls<?> handlerCalls;
    private boolean closed;
    private boolean nonBlocking;
    private long receiveTimeoutNanos;
    private long sendTimeoutNanos;

    StackSocket(final SocketHost host, final AddressFamily family) {
        this.host = host;
        this.family = family;
        this.lock = host.lock();
        this.readable = lock.waitPoint();
        this.writable = lock.waitPoint();
        host.opened(this);
    }

    /** A socket that a listener has accepted: its time limits are the listener's, as on Linux. */
    StackSocket(final StackSocket listening) {
        this(listening.host, listening.family);
        this.receiveTimeoutNanos = listening.receiveTimeoutNanos;
        this.sendTimeoutNanos = listening.sendTimeoutNanos;
    }

    // ---- Calls of all sockets

    /**
     * {@code bind(2)}: takes a local address and port; port 0 picks a free one, and any address stands for all of ours.
     */
    public abstract int bind(Endpoint local);

    /** {@code connect(2)}. */
    public abstract int connect(Endpoint remote);

    /** {@code connect(2)} of {@code AF_UNSPEC}: undoes {@link #connect}. */
    public abstract int disconnect();

    /** {@code send(2)}: takes bytes from {@code data}'s position on and moves it. */
    public abstract int send(ByteBuffer data, int flags);

    /** {@code recv(2)}: puts bytes at {@code target}'s position and moves it. */
    public abstract int recv(ByteBuffer target, int flags);

    /**
     * {@code recvmsg(2)}: as {@link #recv}, and fills {@code message} with the facts beside the bytes. With
     * {@link MessageFlags#MSG_ERRQUEUE} it takes the oldest report of the error queue; the bytes are those of the
     * packet that it is about.
     */
    public final int recvMessage(final ByteBuffer target, final int flags, final ReceivedMessage message) {
        message.clear();
        return MessageFlags.has(flags, MessageFlags.MSG_ERRQUEUE)
                ? recvReport(target, message)
                : receive(target, flags, message);
    }

    private int recvReport(final ByteBuffer target, final ReceivedMessage message) {
        lock.lock();
        try {
            final int unusable = unusable();
            final ErrorReport report = unusable == 0 ? takeReport() : null;
            if (report == null) {
                return unusable == 0 ? -SocketError.EAGAIN.errno() : unusable;
            }
            message.report(report);
            stamps().tell(message, report.nanos(), true);
            final int length = Math.min(report.payload().length, target.remaining());
            if (length < report.payload().length) {
                message.add(MessageFlags.MSG_TRUNC);
            }
            target.put(report.payload(), 0, length);
            return length;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@code sendmsg(2)}: as {@link #send}, or {@code sendto} to {@code destination}, with the settings of
     * {@code message} for this send alone.
     *
     * @param destination may be null
     */
    public abstract int sendMessage(ByteBuffer data, int flags, @Nullable Endpoint destination, SentMessage message);

    /** {@code shutdown(2)}. */
    public abstract int shutdown(Shutdown how);

    /** The family of the socket's addresses. */
    public final AddressFamily family() {
        return family;
    }

    /** {@code getsockname(2)}: the local address and port; any address and port 0 if not bound. */
    public abstract Endpoint localEndpoint();

    /** {@code getpeername(2)}, or null if there is no peer. */
    public abstract @Nullable Endpoint remoteEndpoint();

    /** True if the address is one of the stack's. */
    public final boolean isLocal(final IpAddress address) {
        lock.lock();
        try {
            return host.stack().internet().isLocal(address);
        } finally {
            lock.unlock();
        }
    }

    /** {@code setsockopt(2)} for options whose value is an int; see {@link SocketOptions}. */
    public final int setOption(final int level, final int name, final int value) {
        lock.lock();
        try {
            return closed ? -SocketError.EBADF.errno() : applyOption(level, name, value);
        } finally {
            lock.unlock();
        }
    }

    /** {@code getsockopt(2)} for options whose value is an int that is never negative. */
    public final int option(final int level, final int name) {
        lock.lock();
        try {
            return closed ? -SocketError.EBADF.errno() : optionValue(level, name);
        } finally {
            lock.unlock();
        }
    }

    /** {@code O_NONBLOCK}: a call that would wait returns {@code -EAGAIN} instead. */
    public final void nonBlocking(final boolean on) {
        lock.lock();
        nonBlocking = on;
        lock.unlock();
    }

    public final boolean isNonBlocking() {
        lock.lock();
        try {
            return nonBlocking;
        } finally {
            lock.unlock();
        }
    }

    /** {@code SO_RCVTIMEO}: the longest wait of a receive or an accept, in nanoseconds; 0 for no limit. */
    public final void receiveTimeoutNanos(final long nanos) {
        lock.lock();
        receiveTimeoutNanos = nanos;
        lock.unlock();
    }

    public final long receiveTimeoutNanos() {
        lock.lock();
        try {
            return receiveTimeoutNanos;
        } finally {
            lock.unlock();
        }
    }

    /** {@code SO_SNDTIMEO}: the longest wait of a send or a connect, in nanoseconds; 0 for no limit. */
    public final void sendTimeoutNanos(final long nanos) {
        lock.lock();
        sendTimeoutNanos = nanos;
        lock.unlock();
    }

    public final long sendTimeoutNanos() {
        lock.lock();
        try {
            return sendTimeoutNanos;
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@code close(2)}. Threads that wait in this socket wake up and get {@code -EBADF}; on Linux they go on waiting.
     * Closing twice is {@code -EBADF}, too.
     */
    public final int close() {
        lock.lock();
        try {
            if (closed) {
                return -SocketError.EBADF.errno();
            }
            leave();
            return closeProtocol();
        } finally {
            lock.unlock();
        }
    }

    /** True once {@link #close()} was called. */
    @Override
    public final boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /** True if a receive would not wait: there are bytes, or the end of them, or an error, or the socket is closed. */
    public final boolean isReadable() {
        lock.lock();
        try {
            return (readiness() & HandlerCalls.FOR_READER) != 0;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the calls of the socket's handler; does nothing if it has none. */
    public final void removeHandler() {
        lock.lock();
        try {
            final HandlerCalls<?> ended = handlerCalls;
            if (ended != null) {
                handlerCalls = null;
                ended.end();
                removeListener(ended);
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Gives the socket a handler, which replaces an earlier one; does nothing if the socket is closed. Takes the
     * stack's lock itself.
     */
    final void handle(final HandlerCalls<?> calls) {
        lock.lock();
        try {
            removeHandler();
            if (!closed) {
                handlerCalls = calls;
                addListener(calls);
                calls.readinessChanged(this, PollEvents.READABLE | PollEvents.WRITABLE);
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- Calls of one kind of socket

    /**
     * As {@link #recvMessage} without {@code MSG_ERRQUEUE}; {@code message} may be null. Takes the stack's lock itself.
     */
    abstract int receive(ByteBuffer target, int flags, @Nullable ReceivedMessage message);

    // ---- The same; with the stack's lock held

    /** The options about timestamps. */
    abstract StampOptions stamps();

    /** The oldest report of the error queue, or null. */
    abstract @Nullable ErrorReport takeReport();

    /** The calls that would not wait now: a set of {@link PollEvents}. */
    abstract int pollState();

    abstract int applyOption(int level, int name, int value);

    abstract int optionValue(int level, int name);

    /** Closes the socket, and leaves its connection to the caller. */
    final void leave() {
        closed = true;
        host.closed(this);
        removeHandler();
        wakeAll();
    }

    /** Closes the protocol's part of the socket. */
    abstract int closeProtocol();

    /** Closes the socket, and resets its connection, so that the peer does not take it for complete. */
    abstract void discard();

    // ---- Watching

    @Override
    final int readiness() {
        if (closed) {
            return PollEvents.POLLNVAL;
        }
        return lock.isEnded() ? PollEvents.POLLERR | PollEvents.POLLHUP : pollState();
    }

    /** The stack has ended: every waiting thread wakes up. */
    final void stackEnded() {
        wakeAll();
    }

    /** The received bytes may be urgent (RFC 9293 3.8.5), which concerns POLLPRI alone. */
    final void wakeReaders() {
        readable.wakeAll();
        tellListeners(PollEvents.READABLE | PollEvents.POLLPRI);
    }

    final void wakeWriters() {
        writable.wakeAll();
        tellListeners(PollEvents.WRITABLE);
    }

    /** There is a report in the error queue. Threads that wait to receive or send go on waiting. */
    final void reported() {
        tellListeners(PollEvents.POLLERR);
    }

    final void wakeAll() {
        readable.wakeAll();
        writable.wakeAll();
        tellListeners(PollEvents.READABLE | PollEvents.WRITABLE);
    }

    // ---- Taking the lock

    /** The work of a system call, with the stack's lock held. */
    interface SystemCall {
        /** @return 0 or more, or a negative errno */
        int make() throws SocketErrorException;
    }

    /** Makes a call, unless the socket is unusable; for rare calls. */
    final int inside(final SystemCall call) {
        lock.lock();
        try {
            final int unusable = unusable();
            return unusable != 0 ? unusable : call.make();
        } catch (final SocketErrorException e) {
            return -e.error().errno();
        } finally {
            lock.unlock();
        }
    }

    // ---- Waiting

    /** The reason why the socket cannot be used, as a negative errno, or 0 if it can. */
    final int unusable() {
        if (closed) {
            return -SocketError.EBADF.errno();
        }
        return lock.isEnded() ? -SocketError.ENETDOWN.errno() : 0;
    }

    final boolean mayWait(final int flags) {
        return !nonBlocking && !MessageFlags.has(flags, MessageFlags.MSG_DONTWAIT) && !host.isHandling();
    }

    final long receiveDeadline() {
        return receiveTimeoutNanos == 0 ? WaitPoint.NEVER : lock.now() + receiveTimeoutNanos;
    }

    final long sendDeadline() {
        return sendTimeoutNanos == 0 ? WaitPoint.NEVER : lock.now() + sendTimeoutNanos;
    }

    /**
     * Waits at one of the wait points. The caller checks its condition again afterwards.
     *
     * @return 0, or a negative errno if the wait is over for good: out of time, interrupted, closed, or the stack has
     *     ended
     */
    final int await(final WaitPoint point, final long deadlineNanos) {
        try {
            final boolean inTime = point.await(deadlineNanos);
            final int unusable = unusable();
            if (unusable != 0) {
                return unusable;
            }
            return inTime ? 0 : -SocketError.EAGAIN.errno();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            final int unusable = unusable();
            return unusable != 0 ? unusable : -SocketError.EINTR.errno();
        }
    }
}
