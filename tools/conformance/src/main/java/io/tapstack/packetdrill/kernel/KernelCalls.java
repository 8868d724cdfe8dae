package io.tapstack.packetdrill.kernel;

import static io.tapstack.packetdrill.kernel.Native.CALLS;
import static io.tapstack.packetdrill.kernel.Native.address;
import static io.tapstack.packetdrill.kernel.Native.memory;
import static io.tapstack.packetdrill.kernel.Native.result;

import io.tapstack.packetdrill.call.SystemCalls;
import io.tapstack.posix.SocketName;
import io.tapstack.socket.AddressFamily;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** The kernel's own system calls. */
public final class KernelCalls implements SystemCalls {

    private static final int AF_UNSPEC = 0;
    private static final int AF_INET6 = 10;
    private static final int SOCKADDR_BYTES = 16;
    private static final int SOCKADDR6_BYTES = 28;
    private static final int SOCKADDR6_ADDRESS_OFFSET = 8;
    private static final int SOCKADDR6_SCOPE_OFFSET = 24;
    private static final int POLLFD_BYTES = 8;
    private static final int EPOLL_EVENT_BYTES = 12; // packed, on x86-64
    private static final int MSGHDR_BYTES = 56;
    private static final int MSGHDR_NAMELEN_OFFSET = 8;
    private static final int MSGHDR_IOV_OFFSET = 16;
    private static final int MSGHDR_IOVLEN_OFFSET = 24;
    private static final int MSGHDR_CONTROL_OFFSET = 32;
    private static final int MSGHDR_CONTROLLEN_OFFSET = 40;
    private static final int MSGHDR_FLAGS_OFFSET = 48;
    private static final int CLOCK_REALTIME = 0;
    private static final int TIMESPEC_BYTES = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int SHUT_RDWR = 2;
    private static final int MSG_ZEROCOPY = 0x400_0000;

    /** Open sockets, so that a script that ends early leaves none. */
    private final Set<Integer> open = ConcurrentHashMap.newKeySet();

    private final Queue<ByteBuffer> lent = new ConcurrentLinkedQueue<>();
    private volatile long startNanos;

    private long opened(final long fd) {
        if (fd >= 0) {
            open.add((int) fd);
        }
        return fd;
    }

    /** Closes everything; calls that wait in a connection return. */
    public void closeAll() {
        for (final int fd : open) {
            CALLS.shutdown(fd, SHUT_RDWR);
            CALLS.close(fd);
        }
        open.clear();
    }

    @Override
    public long socket(final int domain, final int type, final int protocol) {
        return opened(result(CALLS.socket(domain, type, protocol)));
    }

    @Override
    public long bind(final int fd, final SocketName name) {
        final ByteBuffer memory = encode(name);
        return keeping(memory, result(CALLS.bind(fd, address(memory), memory.capacity())));
    }

    @Override
    public long listen(final int fd, final int backlog) {
        return result(CALLS.listen(fd, backlog));
    }

    @Override
    public long accept(final int fd, final int flags) {
        return opened(result(CALLS.accept4(fd, 0, 0, flags)));
    }

    @Override
    public long connect(final int fd, final @Nullable SocketName name) {
        final ByteBuffer memory = encode(name);
        return keeping(memory, result(CALLS.connect(fd, address(memory), memory.capacity())));
    }

    @Override
    public Received receive(final int fd, final byte[] target, final int flags) {
        final ByteBuffer bytes = memory(target.length);
        if (flags == 0) {
            return new Received(keeping(bytes, result(CALLS.read(fd, address(bytes), target.length))), 0);
        }
        return receiveMessage(fd, target, new byte[0], flags);
    }

    @Override
    public Received receiveMessage(final int fd, final byte[] target, final byte[] control, final int flags) {
        final ByteBuffer bytes = memory(target.length);
        final ByteBuffer messages = memory(control.length);
        final ByteBuffer vector = vector(bytes, target.length);
        final ByteBuffer message = message(vector, messages, control.length);
        final long received = result(CALLS.recvmsg(fd, address(message), flags));
        Reference.reachabilityFence(vector);
        messages.get(0, control);
        return new Received(keeping(bytes, received), message.getInt(MSGHDR_FLAGS_OFFSET));
    }

    /** {@code struct msghdr} without a name. */
    private static ByteBuffer message(final ByteBuffer vector, final ByteBuffer control, final int controlLength) {
        final ByteBuffer message = memory(MSGHDR_BYTES);
        message.putLong(MSGHDR_IOV_OFFSET, address(vector)).putLong(MSGHDR_IOVLEN_OFFSET, 1);
        if (controlLength > 0) {
            message.putLong(MSGHDR_CONTROL_OFFSET, address(control)).putLong(MSGHDR_CONTROLLEN_OFFSET, controlLength);
        }
        return message;
    }

    @Override
    public long send(final int fd, final byte[] data, final int flags, final @Nullable SocketName to) {
        if (flags == 0 && to == null) {
            final ByteBuffer bytes = memory(data.length).put(0, data);
            return keeping(bytes, result(CALLS.write(fd, address(bytes), data.length)));
        }
        return sendMessage(fd, data, new byte[0], flags, to);
    }

    @Override
    public long sendMessage(
            final int fd, final byte[] data, final byte[] control, final int flags, final @Nullable SocketName to) {
        final ByteBuffer bytes = sent(data, flags);
        final ByteBuffer peer = encode(to);
        final ByteBuffer messages = memory(control.length).put(0, control);
        final ByteBuffer vector = vector(bytes, data.length);
        final ByteBuffer message = message(vector, messages, control.length);
        if (to != null) {
            message.putLong(0, address(peer)).putInt(MSGHDR_NAMELEN_OFFSET, peer.capacity());
        }
        final long sent = result(CALLS.sendmsg(fd, address(message), flags));
        Reference.reachabilityFence(vector);
        Reference.reachabilityFence(messages);
        Reference.reachabilityFence(message);
        return keeping(peer, keeping(bytes, sent));
    }

    /** Memory to send from. With MSG_ZEROCOPY the kernel reads it later: it stays as long as the machine. */
    private ByteBuffer sent(final byte[] data, final int flags) {
        final ByteBuffer bytes = memory(data.length).put(0, data);
        if ((flags & MSG_ZEROCOPY) != 0) {
            lent.add(bytes);
        }
        return bytes;
    }

    /** The script starts now. */
    void start() {
        final ByteBuffer time = memory(TIMESPEC_BYTES);
        CALLS.clock_gettime(CLOCK_REALTIME, address(time));
        startNanos = time.getLong(0) * NANOS_PER_SECOND + time.getLong(Long.BYTES);
    }

    @Override
    public long startNanos() {
        return startNanos;
    }

    /** {@code struct iovec}. */
    private static ByteBuffer vector(final ByteBuffer bytes, final int length) {
        return memory(16).putLong(0, address(bytes)).putLong(8, length);
    }

    @Override
    public long sendFile(final int fd, final long offset, final long count) {
        final int file = CALLS.memfd_create("zeros", 0);
        if (file < 0) {
            return result(file);
        }
        CALLS.ftruncate(file, offset + count);
        final ByteBuffer from = memory(Long.BYTES).putLong(0, offset);
        final long sent = keeping(from, result(CALLS.sendfile(fd, file, address(from), count)));
        CALLS.close(file);
        return sent;
    }

    @Override
    public long close(final int fd) {
        open.remove(fd);
        return result(CALLS.close(fd));
    }

    @Override
    public long shutdown(final int fd, final int how) {
        return result(CALLS.shutdown(fd, how));
    }

    @Override
    public long getOption(final int fd, final int level, final int name, final byte[] value) {
        final ByteBuffer bytes = memory(value.length);
        final ByteBuffer length = memory(Integer.BYTES).putInt(0, value.length);
        final long answer = result(CALLS.getsockopt(fd, level, name, address(bytes), address(length)));
        Reference.reachabilityFence(length);
        bytes.get(0, value);
        return answer < 0 ? answer : length.getInt(0);
    }

    @Override
    public long setOption(final int fd, final int level, final int name, final byte[] value) {
        final ByteBuffer bytes = memory(value.length).put(0, value);
        return keeping(bytes, result(CALLS.setsockopt(fd, level, name, address(bytes), value.length)));
    }

    @Override
    public long fcntl(final int fd, final int command, final int argument) {
        return result(CALLS.fcntl(fd, command, argument));
    }

    @Override
    public long ioctl(final int fd, final long request, final int[] value) {
        final ByteBuffer bytes = memory(Integer.BYTES).putInt(0, value[0]);
        final long answer = keeping(bytes, result(CALLS.ioctl(fd, request, address(bytes))));
        value[0] = bytes.getInt(0);
        return answer;
    }

    @Override
    public long poll(final PollEntry[] entries, final int timeoutMillis) {
        final ByteBuffer bytes = memory(POLLFD_BYTES * entries.length);
        for (int i = 0; i < entries.length; i++) {
            bytes.putInt(POLLFD_BYTES * i, entries[i].fd).putShort(POLLFD_BYTES * i + 4, (short) entries[i].events);
        }
        final long ready = result(CALLS.poll(address(bytes), entries.length, timeoutMillis));
        for (int i = 0; i < entries.length; i++) {
            entries[i].revents = bytes.getShort(POLLFD_BYTES * i + 6) & 0xFFFF;
        }
        return ready;
    }

    @Override
    public long epollCreate(final int flags) {
        return opened(result(CALLS.epoll_create1(flags)));
    }

    @Override
    public long epollControl(final int epoll, final int operation, final int fd, final EpollEvent event) {
        final ByteBuffer bytes = memory(EPOLL_EVENT_BYTES);
        bytes.putInt(0, event.events()).putLong(4, event.data());
        return keeping(bytes, result(CALLS.epoll_ctl(epoll, operation, fd, address(bytes))));
    }

    @Override
    public long epollWait(final int epoll, final EpollEvent[] events, final int timeoutMillis) {
        final ByteBuffer bytes = memory(EPOLL_EVENT_BYTES * events.length);
        final long ready = result(CALLS.epoll_wait(epoll, address(bytes), events.length, timeoutMillis));
        for (int i = 0; i < ready; i++) {
            final int at = EPOLL_EVENT_BYTES * i;
            events[i] = new EpollEvent(bytes.getInt(at), bytes.getLong(at + 4));
        }
        return ready;
    }

    @Override
    public @Nullable Endpoint localAddress(final int fd) {
        final ByteBuffer bytes = memory(SOCKADDR6_BYTES);
        final ByteBuffer length = memory(Integer.BYTES).putInt(0, SOCKADDR6_BYTES);
        return decode(bytes, CALLS.getsockname(fd, address(bytes), address(length)));
    }

    @Override
    public @Nullable Endpoint peerAddress(final int fd) {
        final ByteBuffer bytes = memory(SOCKADDR6_BYTES);
        final ByteBuffer length = memory(Integer.BYTES).putInt(0, SOCKADDR6_BYTES);
        return decode(bytes, CALLS.getpeername(fd, address(bytes), address(length)));
    }

    /** {@code struct sockaddr_in} or {@code struct sockaddr_in6}; of family AF_UNSPEC for null. */
    private static ByteBuffer encode(final @Nullable SocketName name) {
        if (name == null) {
            return memory(SOCKADDR_BYTES).putShort(0, (short) AF_UNSPEC);
        }
        final Endpoint endpoint = name.endpoint();
        final boolean ipv6 = name.family() == AddressFamily.IPV6;
        final ByteBuffer memory = memory(ipv6 ? SOCKADDR6_BYTES : SOCKADDR_BYTES)
                .putShort(0, (short) name.family().number());
        if (ipv6) {
            memory.putInt(SOCKADDR6_SCOPE_OFFSET, name.scope())
                    .put(SOCKADDR6_ADDRESS_OFFSET, endpoint.address().toIpv6Bytes());
        }
        memory.order(ByteOrder.BIG_ENDIAN).putShort(2, (short) endpoint.port());
        return ipv6 ? memory : memory.putInt(4, endpoint.address().ipv4Bits());
    }

    private static @Nullable Endpoint decode(final ByteBuffer memory, final int result) {
        if (result < 0) {
            return null;
        }
        final boolean ipv6 = memory.getShort(0) == AF_INET6;
        memory.order(ByteOrder.BIG_ENDIAN);
        final IpAddress address = ipv6
                ? IpAddress.ipv6(
                        memory.getLong(SOCKADDR6_ADDRESS_OFFSET), memory.getLong(SOCKADDR6_ADDRESS_OFFSET + Long.BYTES))
                : IpAddress.ipv4(memory.getInt(4));
        return new Endpoint(address, memory.getShort(2) & 0xFFFF);
    }

    /** The result of a call during which {@code memory} had to stay reachable. */
    private static long keeping(final ByteBuffer memory, final long result) {
        Reference.reachabilityFence(memory);
        return result;
    }
}
