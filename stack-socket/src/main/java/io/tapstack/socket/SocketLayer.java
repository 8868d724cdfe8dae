package io.tapstack.socket;

import io.tapstack.error.SocketError;
import io.tapstack.stack.Door;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.WaitPoint;
import io.tapstack.tcp.TcpConfig;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one stack: where they are made, and where a thread waits for many of them. Any thread may call; every
 * call goes through the stack's {@link Door}.
 */
public final class SocketLayer {

    private final Door door;
    private final NetworkStack stack;

    // What new stream sockets start with: as on Linux, with quick ACKs.
    private final TcpConfig defaults = new TcpConfig().quickAck(true);

    // Inside the door: who calls a handler now, and so may not wait.
    private @Nullable Thread handling;

    // Inside the door: every open socket, to be told when the stack ends.
    private final Set<StackSocket> open = Collections.newSetFromMap(new IdentityHashMap<>());

    /** The sockets of {@code stack}, which is used inside {@code door} only. */
    public SocketLayer(final Door door, final NetworkStack stack) {
        this.door = door;
        this.stack = stack;
        door.enter();
        try {
            door.whenShut(() -> List.copyOf(open).forEach(StackSocket::stackEnded));
        } finally {
            door.exit();
        }
    }

    /** What TCP sockets that are made from now on start with. To be changed inside the door. */
    public TcpConfig defaults() {
        return defaults;
    }

    /**
     * {@code SO_OOBINLINE} is off for sockets that are made from now on, as on Linux: the urgent byte is no part of the
     * stream.
     */
    public void readUrgentApart() {
        door.enter();
        try {
            defaults.urgentInLine(false);
        } finally {
            door.exit();
        }
    }

    /** A new TCP socket, blocking, not bound: {@code socket(AF_INET, SOCK_STREAM, 0)}. */
    public StreamSocket stream() {
        door.enter();
        try {
            return new StreamSocket(this);
        } finally {
            door.exit();
        }
    }

    /** A new UDP socket, blocking, not bound: {@code socket(AF_INET, SOCK_DGRAM, 0)}. */
    public DatagramSocket datagram() {
        door.enter();
        try {
            return new DatagramSocket(this);
        } finally {
            door.exit();
        }
    }

    /** A new set of sockets to wait for: {@code epoll_create(2)}. All sockets in it belong to this layer. */
    public EventPoll eventPoll() {
        door.enter();
        try {
            return new EventPoll(this);
        } finally {
            door.exit();
        }
    }

    /**
     * Waits until at least one socket or event poll has something to report: {@code poll(2)}, level-triggered. All
     * belong to this layer.
     *
     * @param timeoutMillis 0 only looks, less than 0 waits for as long as it takes
     * @return how many entries have {@linkplain PollEntry#revents() something to report}, 0 when the time is over, or
     *     {@code -EINTR} if the thread was interrupted (and still is)
     */
    public int poll(final List<PollEntry> entries, final long timeoutMillis) {
        door.enter();
        try {
            final int ready = look(entries);
            if (ready > 0 || timeoutMillis == 0 || isHandling()) {
                return ready;
            }
            final long deadline = timeoutMillis < 0 ? WaitPoint.NEVER : door.now() + timeoutMillis * 1_000_000;
            return waitFor(entries, deadline);
        } finally {
            door.exit();
        }
    }

    Door door() {
        return door;
    }

    /** The stack; used inside the door only. */
    NetworkStack stack() {
        return stack;
    }

    /**
     * Notes that {@code thread} calls a handler from now on, or nobody any more. Inside the door. @return what was
     * noted before
     */
    @Nullable
    Thread handling(final @Nullable Thread thread) {
        final Thread before = handling;
        handling = thread;
        return before;
    }

    /** True if the calling thread is in a handler. Inside the door. */
    boolean isHandling() {
        return handling == Thread.currentThread();
    }

    /** Called inside the door. */
    void opened(final StackSocket socket) {
        open.add(socket);
    }

    /** Called inside the door. */
    void closed(final StackSocket socket) {
        open.remove(socket);
    }

    private int waitFor(final List<PollEntry> entries, final long deadline) {
        final WaitPoint wake = door.waitPoint();
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
