package io.tapstack.packetdrill.machine;

import io.tapstack.packetdrill.call.SystemCalls;
import io.tapstack.posix.FileTable;
import io.tapstack.posix.MessageHeader;
import io.tapstack.posix.Readiness;
import io.tapstack.posix.Readiness.PollFd;
import io.tapstack.posix.SocketCalls;
import io.tapstack.posix.SocketName;
import io.tapstack.socket.EventPoll;
import io.tapstack.socket.PeerAddress;
import io.tapstack.socket.SocketLayer;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The system calls of our own stack, {@link SocketCalls}, in the form of scripts. */
public final class StackCalls implements SystemCalls {

    private final LongSupplier startNanos;
    private final SocketCalls calls;
    private final Readiness readiness;

    /** The calls of sockets of {@code layer}. The times of messages are the stack's own. */
    public StackCalls(final SocketLayer layer) {
        this(layer, () -> 0);
    }

    /** @param startNanos the stack's time at the script's start */
    StackCalls(final SocketLayer layer, final LongSupplier startNanos) {
        this.startNanos = startNanos;
        this.calls = new SocketCalls(layer, new FileTable());
        this.readiness = calls.readiness();
    }

    @Override
    public long socket(final int domain, final int type, final int protocol) {
        return calls.socket(domain, type, protocol);
    }

    @Override
    public long bind(final int fd, final SocketName address) {
        return calls.bind(fd, address);
    }

    @Override
    public long listen(final int fd, final int backlog) {
        return calls.listen(fd, backlog);
    }

    @Override
    public long accept(final int fd, final int flags) {
        return calls.accept(fd, flags);
    }

    @Override
    public long connect(final int fd, final @Nullable SocketName address) {
        return address == null ? calls.connect(fd, (Endpoint) null) : calls.connect(fd, address);
    }

    @Override
    public Received receive(final int fd, final byte[] target, final int flags) {
        return new Received(calls.receive(fd, ByteBuffer.wrap(target), flags, new PeerAddress()), 0);
    }

    @Override
    public Received receiveMessage(final int fd, final byte[] target, final byte[] control, final int flags) {
        final MessageHeader message = new MessageHeader(null, ByteBuffer.wrap(control));
        final long result = calls.receiveMessage(fd, ByteBuffer.wrap(target), flags, message);
        return new Received(result, message.flags());
    }

    @Override
    public long sendMessage(
            final int fd, final byte[] data, final byte[] control, final int flags, final @Nullable SocketName to) {
        return calls.sendMessage(
                fd, ByteBuffer.wrap(data), flags, new MessageHeader(endpoint(to), ByteBuffer.wrap(control)));
    }

    private static @Nullable Endpoint endpoint(final @Nullable SocketName name) {
        return name == null ? null : name.endpoint();
    }

    @Override
    public long startNanos() {
        return startNanos.getAsLong();
    }

    @Override
    public long send(final int fd, final byte[] data, final int flags, final @Nullable SocketName to) {
        return calls.send(fd, ByteBuffer.wrap(data), flags, endpoint(to));
    }

    @Override
    public long sendFile(final int fd, final long offset, final long count) {
        return send(fd, new byte[(int) count], 0, null);
    }

    @Override
    public long close(final int fd) {
        return calls.close(fd);
    }

    @Override
    public long shutdown(final int fd, final int how) {
        return calls.shutdown(fd, how);
    }

    @Override
    public long getOption(final int fd, final int level, final int name, final byte[] value) {
        final ByteBuffer bytes =
                ByteBuffer.allocate(SocketCalls.maxOptionBytes()).order(ByteOrder.LITTLE_ENDIAN);
        final long length = calls.option(fd, level, name, value.length, bytes);
        if (length > 0) {
            bytes.get(0, value, 0, (int) length);
        }
        return length;
    }

    @Override
    public long setOption(final int fd, final int level, final int name, final byte[] value) {
        return calls.setOption(fd, level, name, ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN));
    }

    @Override
    public long fcntl(final int fd, final int command, final int argument) {
        return calls.fcntl(fd, command, argument);
    }

    @Override
    public long ioctl(final int fd, final long request, final int[] value) {
        final long answer = calls.ioctl(fd, request);
        if (answer < 0) {
            return answer;
        }
        value[0] = (int) answer;
        return 0;
    }

    @Override
    public long poll(final PollEntry[] entries, final int timeoutMillis) {
        final List<PollFd> list = Arrays.stream(entries)
                .map(entry -> new PollFd(entry.fd, entry.events))
                .toList();
        final long ready = readiness.poll(list, timeoutMillis);
        for (int i = 0; i < entries.length; i++) {
            entries[i].revents = list.get(i).revents();
        }
        return ready;
    }

    @Override
    public long epollCreate(final int flags) {
        return calls.epollCreate(flags);
    }

    @Override
    public long epollControl(final int epoll, final int operation, final int fd, final EpollEvent event) {
        return readiness.control(epoll, operation, fd, event.events(), event.data());
    }

    @Override
    public long epollWait(final int epoll, final EpollEvent[] events, final int timeoutMillis) {
        final List<EventPoll.Event> found = new ArrayList<>();
        final long ready = readiness.await(epoll, found, events.length, timeoutMillis);
        for (int i = 0; i < found.size(); i++) {
            events[i] = new EpollEvent(found.get(i).events(), found.get(i).data());
        }
        return ready;
    }

    @Override
    public @Nullable Endpoint localAddress(final int fd) {
        return calls.name(fd);
    }

    @Override
    public @Nullable Endpoint peerAddress(final int fd) {
        return calls.peerName(fd);
    }
}
