package io.tapstack.posix;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.posix.OpenFile.EpollFile;
import io.tapstack.posix.OpenFile.SocketFile;
import io.tapstack.socket.AddressFamily;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.PeerAddress;
import io.tapstack.socket.ReceivedMessage;
import io.tapstack.socket.SentMessage;
import io.tapstack.socket.Shutdown;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.StackSocket;
import io.tapstack.socket.StreamSocket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The system calls of sockets over a {@link FileTable}, with Linux's numbers. They return 0 or more for success and
 * {@code -errno} for failure, and wait as the man pages say, in the time of the layer's lock, which may be virtual. A
 * call that must not wait is made with {@link MessageFlags#MSG_DONTWAIT}, a connect on a non-blocking socket.
 * {@link Readiness} waits for many descriptors.
 *
 * <p>Any thread may call.
 */
public final class SocketCalls {

    public static final int AF_UNSPEC = 0;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;
    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int O_RDWR = 2;
    public static final int O_NONBLOCK = SOCK_NONBLOCK;

    private static final IpAddress LOOPBACK = IpAddress.parse("127.0.0.1");
    private static final int FD_CLOEXEC = 1;
    private static final int AF_MAX = 46;
    private static final int SOCK_RAW = 3;
    private static final int TYPE_MASK = 0xF;
    private static final int SOCK_MAX = 11;
    private static final int IPPROTO_MAX = 263;
    private static final int MAX_BACKLOG = 4_096; // net.core.somaxconn

    private final SocketLayer layer;
    private final FileTable files;
    private final LongUnaryOperator realTime;

    /** Creates the calls; the times of messages are the stack's own. */
    public SocketCalls(final SocketLayer layer, final FileTable files) {
        this(layer, files, LongUnaryOperator.identity());
    }

    /** @param realTime converts the stack's time to that of messages, both in nanoseconds */
    public SocketCalls(final SocketLayer layer, final FileTable files, final LongUnaryOperator realTime) {
        this.realTime = realTime;
        this.layer = layer;
        this.files = files;
        // Programs written for Linux expect its default (tcp(7)), not that of RFC 6093.
        layer.readUrgentApart();
    }

    /**
     * {@code socket(2)}.
     *
     * @return a descriptor
     */
    public long socket(final int domain, final int type, final int protocol) {
        final int flags = type & ~TYPE_MASK;
        final int kind = type & TYPE_MASK;
        if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0) {
            return -SocketError.EINVAL.errno();
        }
        final int refusal = refusal(domain, kind, protocol);
        if (refusal != 0) {
            return refusal;
        }
        final int fd = files.reserve();
        if (fd >= 0) {
            final AddressFamily family = domain == AF_INET6 ? AddressFamily.IPV6 : AddressFamily.IPV4;
            open(fd, kind == SOCK_STREAM ? layer.stream(family) : layer.datagram(family), flags);
        }
        return fd;
    }

    /** The reason why there is no such socket, as a negative errno, in Linux's order of checks; 0 if there is. */
    private static int refusal(final int domain, final int kind, final int protocol) {
        if (domain < 0 || domain >= AF_MAX) {
            return -SocketError.EAFNOSUPPORT.errno();
        }
        if (kind >= SOCK_MAX) {
            return -SocketError.EINVAL.errno();
        }
        if (domain != AF_INET && domain != AF_INET6) {
            return -SocketError.EAFNOSUPPORT.errno();
        }
        if (protocol < 0 || protocol >= IPPROTO_MAX) {
            return -SocketError.EINVAL.errno();
        }
        return switch (kind) {
            case SOCK_STREAM -> protocol == 0 || protocol == IpProtocol.TCP ? 0 : -LinuxErrno.EPROTONOSUPPORT;
            case SOCK_DGRAM -> {
                if (protocol == (domain == AF_INET6 ? IpProtocol.ICMPV6 : IpProtocol.ICMP)) {
                    yield -SocketError.EACCES.errno(); // icmp(7): for no group, unless ping_group_range says otherwise
                }
                yield protocol == 0 || protocol == IpProtocol.UDP ? 0 : -LinuxErrno.EPROTONOSUPPORT;
            }
            case SOCK_RAW -> protocol == 0 ? -LinuxErrno.EPROTONOSUPPORT : -LinuxErrno.EPERM; // raw(7)
            default -> -LinuxErrno.ESOCKTNOSUPPORT;
        };
    }

    private void open(final int fd, final StackSocket socket, final int flags) {
        socket.nonBlocking((flags & SOCK_NONBLOCK) != 0);
        if (!files.fill(fd, new SocketFile(socket))) {
            socket.close();
        }
        files.closeOnExec(fd, (flags & SOCK_CLOEXEC) != 0);
    }

    /** {@code bind(2)}. */
    public long bind(final long fd, final Endpoint address) {
        final StackSocket socket = socket(fd);
        return socket == null ? notSocket(fd) : socket.bind(address);
    }

    /** {@code bind(2)} to an address in the structure of its family. */
    public long bind(final long fd, final SocketName name) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        final int unfit = name.check(socket, false);
        return unfit != 0 ? unfit : socket.bind(name.endpoint());
    }

    /** {@code listen(2)}; a backlog that is negative or too large is the largest possible. */
    public long listen(final long fd, final int backlog) {
        final StackSocket socket = socket(fd);
        if (socket instanceof StreamSocket stream) {
            return stream.listen(backlog < 0 || backlog > MAX_BACKLOG ? MAX_BACKLOG : backlog);
        }
        return socket == null ? notSocket(fd) : -SocketError.EOPNOTSUPP.errno();
    }

    /**
     * {@code accept4(2)}. {@link #acceptedFrom} is the peer's address.
     *
     * @param flags {@link #SOCK_NONBLOCK} and {@link #SOCK_CLOEXEC}
     * @return a descriptor
     */
    public long accept(final long fd, final int flags) {
        if (files.get(fd) != null && (flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0) {
            return -SocketError.EINVAL.errno();
        }
        final StackSocket socket = socket(fd);
        if (!(socket instanceof StreamSocket stream)) {
            return socket == null ? notSocket(fd) : -SocketError.EOPNOTSUPP.errno();
        }
        // As on Linux, the descriptor is taken before the call waits.
        final int accepted = files.reserve();
        return accepted < 0 ? accepted : accept(stream, accepted, flags);
    }

    private long accept(final StreamSocket listening, final int fd, final int flags) {
        try {
            final StreamSocket accepted = listening.accept(0);
            if (accepted != null) {
                open(fd, accepted, flags);
                return fd;
            }
            files.free(fd);
            return -SocketError.EAGAIN.errno();
        } catch (final SocketErrorException e) {
            files.free(fd);
            return -e.error().errno();
        }
    }

    /**
     * {@code connect(2)}; null for {@code AF_UNSPEC}, which ends the association of a datagram socket, and a connection
     * by a reset.
     */
    public long connect(final long fd, final @Nullable Endpoint address) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        if (address == null) {
            return socket.disconnect();
        }
        return socket.connect(destination(socket, address));
    }

    /** {@code connect(2)} to an address in the structure of its family. */
    public long connect(final long fd, final SocketName name) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        final int unfit = name.check(socket, true);
        if (unfit != 0 && socket instanceof DatagramSocket) {
            // As on Linux, a socket without a port gets one before its address is looked at.
            socket.bind(new Endpoint(socket.family().any(), 0));
        }
        return unfit != 0 ? unfit : connect(fd, name.endpoint());
    }

    /** ip(7): "any" means this host, at the address that the socket is bound to; of IPv6 it means ::1. */
    private static Endpoint destination(final StackSocket socket, final Endpoint address) {
        if (!address.address().isAny()) {
            return address;
        }
        if (!address.address().isIpv4()) {
            return new Endpoint(IpAddress.LOOPBACK_IPV6, address.port());
        }
        final IpAddress own = socket.localEndpoint().address();
        return new Endpoint(own.isAny() ? LOOPBACK : own, address.port());
    }

    /**
     * {@code recvfrom(2)}: puts bytes at {@code target}'s position and moves it.
     *
     * @param from receives the sender of a datagram
     */
    public long receive(final long fd, final ByteBuffer target, final int flags, final PeerAddress from) {
        final StackSocket socket = socket(fd);
        if (socket instanceof DatagramSocket datagram) {
            return datagram.recvFrom(target, flags, from);
        }
        return socket == null ? notSocket(fd) : socket.recv(target, flags);
    }

    /**
     * {@code recvmsg(2)}: as {@link #receive}, and fills {@code message} with the facts beside the bytes: the name, the
     * flags, and control messages as far as there is room for them.
     */
    public long receiveMessage(final long fd, final ByteBuffer target, final int flags, final MessageHeader message) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        final ReceivedMessage received = new ReceivedMessage();
        final int result = socket.recvMessage(target, flags, received);
        if (result >= 0) {
            message.name(received.source());
            message.flags(
                    received.flags() | new ControlWriter(message.control(), socket.family(), realTime).write(received));
        }
        return result;
    }

    /** {@code sendmsg(2)}: as {@link #send} to the message's name, with its control messages. */
    public long sendMessage(final long fd, final ByteBuffer data, final int flags, final MessageHeader message) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        final SentMessage sent = new SentMessage();
        final int refusal = ControlReader.read(socket, message.control(), sent);
        return refusal != 0 ? refusal : send(socket, data, flags, message.name(), sent);
    }

    /** True if {@link #receive} with these flags only counts bytes: by tcp(7) MSG_TRUNC drops them. */
    public boolean discards(final long fd, final int flags) {
        return (flags & (MessageFlags.MSG_TRUNC | MessageFlags.MSG_PEEK)) == MessageFlags.MSG_TRUNC
                && socket(fd) instanceof StreamSocket;
    }

    /**
     * {@code sendto(2)}: takes bytes from {@code data}'s position on. A stream needs {@code to} for MSG_FASTOPEN alone;
     * it may be null.
     */
    public long send(final long fd, final ByteBuffer data, final int flags, final @Nullable Endpoint to) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        return send(socket, data, flags, to, new SentMessage());
    }

    private static long send(
            final StackSocket socket,
            final ByteBuffer data,
            final int flags,
            final @Nullable Endpoint to,
            final SentMessage message) {
        if (socket instanceof DatagramSocket && (flags & MessageFlags.MSG_OOB) != 0) {
            return -SocketError.EOPNOTSUPP.errno(); // udp(7): there is no urgent data
        }
        return socket.sendMessage(data, flags, to == null ? null : destination(socket, to), message);
    }

    /**
     * Checks the structure of a destination for {@link #send} and {@link #sendMessage}.
     *
     * @return 0, or as on Linux -EAFNOSUPPORT for {@code struct sockaddr_in6} at a datagram socket of IPv4
     */
    public long checkDestination(final long fd, final SocketName name) {
        return socket(fd) instanceof DatagramSocket socket
                        && socket.family() == AddressFamily.IPV4
                        && name.family() == AddressFamily.IPV6
                ? -SocketError.EAFNOSUPPORT.errno()
                : 0;
    }

    /** {@code close(2)}. */
    public long close(final long fd) {
        final OpenFile file = files.remove(fd);
        return file == null ? -SocketError.EBADF.errno() : file.close();
    }

    /** Closes everything; connections are reset, and a thread that waits in a call gets {@code -EBADF}. */
    public void closeAll() {
        for (final OpenFile file : files.clear()) {
            if (file instanceof SocketFile socket && socket.socket() instanceof StreamSocket stream) {
                stream.lingerSeconds(0);
            }
            file.close();
        }
    }

    /** {@code shutdown(2)}. */
    public long shutdown(final long fd, final int how) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        final Shutdown[] all = Shutdown.values();
        return how < 0 || how >= all.length ? -SocketError.EINVAL.errno() : socket.shutdown(all[how]);
    }

    /**
     * {@code getsockopt(2)}: appends the value to {@code target}, which is in little-endian order, and cuts it to
     * {@code length}.
     *
     * @return the value's length
     */
    public long option(final long fd, final int level, final int name, final int length, final ByteBuffer target) {
        final StackSocket socket = socket(fd);
        if (socket == null) {
            return notSocket(fd);
        }
        if (length < 0) {
            return -SocketError.EINVAL.errno();
        }
        if (LinuxOptions.isSavedSyn(level, name) && socket instanceof StreamSocket stream) {
            return stream.takeSavedSyn(target, length);
        }
        final int start = target.position();
        final int result = LinuxOptions.get(socket, level, name, target);
        if (result < 0) {
            return result;
        }
        final int bytes = target.position() - start;
        final int cut = LinuxOptions.cut(level, target.getInt(start), bytes, length);
        target.position(start + cut);
        return cut;
    }

    /** The largest value of {@link #option}. */
    public static int maxOptionBytes() {
        return LinuxOptions.MAX_BYTES;
    }

    /** {@code setsockopt(2)}; {@code value} is in little-endian order. */
    public long setOption(final long fd, final int level, final int name, final ByteBuffer value) {
        final StackSocket socket = socket(fd);
        return socket == null ? notSocket(fd) : LinuxOptions.set(socket, level, name, value);
    }

    /**
     * {@code fcntl(2)} with {@link #F_GETFL} and {@link #F_SETFL}, and with {@link #F_GETFD} and {@link #F_SETFD},
     * whose FD_CLOEXEC is stored and has no effect, as nothing is executed.
     */
    public long fcntl(final long fd, final int command, final int flags) {
        final OpenFile file = files.get(fd);
        if (file == null) {
            return -SocketError.EBADF.errno();
        }
        final StackSocket socket = socket(fd);
        switch (command) {
            case F_GETFD -> {
                return files.isCloseOnExec(fd) ? FD_CLOEXEC : 0;
            }
            case F_SETFD -> {
                files.closeOnExec(fd, (flags & FD_CLOEXEC) != 0);
                return 0;
            }
            case F_GETFL -> {
                return O_RDWR | (socket != null && socket.isNonBlocking() ? O_NONBLOCK : 0);
            }
            case F_SETFL -> {
                if (socket != null) {
                    socket.nonBlocking((flags & O_NONBLOCK) != 0);
                }
                return 0;
            }
            default -> {
                return -SocketError.EINVAL.errno();
            }
        }
    }

    /**
     * {@code ioctl(2)} of {@link SocketIoctls}.
     *
     * @return the requested number
     */
    public long ioctl(final long fd, final long request) {
        final OpenFile file = files.get(fd);
        if (file instanceof SocketFile socket) {
            return SocketIoctls.ask(socket.socket(), request);
        }
        return file == null ? -SocketError.EBADF.errno() : -SocketError.EINVAL.errno();
    }

    /** {@code getsockname(2)}, or null: see {@link #nameError}. */
    public @Nullable Endpoint name(final long fd) {
        final StackSocket socket = socket(fd);
        return socket == null ? null : socket.localEndpoint();
    }

    /** {@code getpeername(2)}, or null: see {@link #nameError}. */
    public @Nullable Endpoint peerName(final long fd) {
        final StackSocket socket = socket(fd);
        return socket == null ? null : socket.remoteEndpoint();
    }

    /** The peer of the connection of a descriptor from {@link #accept}, even after its end; null if it is none. */
    public @Nullable Endpoint acceptedFrom(final long fd) {
        return socket(fd) instanceof StreamSocket stream ? stream.peerEndpoint() : null;
    }

    /** The family of a descriptor's addresses; IPv4 for what is no socket. */
    public AddressFamily family(final long fd) {
        final StackSocket socket = socket(fd);
        return socket == null ? AddressFamily.IPV4 : socket.family();
    }

    /** The reason why a descriptor has no name, as a negative errno. */
    public long nameError(final long fd) {
        return socket(fd) == null ? notSocket(fd) : -SocketError.ENOTCONN.errno();
    }

    /**
     * {@code epoll_create1(2)}.
     *
     * @return a descriptor
     */
    public long epollCreate(final int flags) {
        if ((flags & ~SOCK_CLOEXEC) != 0) {
            return -SocketError.EINVAL.errno();
        }
        final int fd = files.reserve();
        if (fd >= 0) {
            files.fill(fd, new EpollFile(layer.eventPoll()));
            files.closeOnExec(fd, (flags & SOCK_CLOEXEC) != 0);
        }
        return fd;
    }

    /** {@code poll(2)}, {@code epoll_ctl(2)} and {@code epoll_wait(2)}. */
    public Readiness readiness() {
        return new Readiness(layer, files);
    }

    private @Nullable StackSocket socket(final long fd) {
        return files.get(fd) instanceof SocketFile file ? file.socket() : null;
    }

    private long notSocket(final long fd) {
        return files.get(fd) == null ? -SocketError.EBADF.errno() : -LinuxErrno.ENOTSOCK;
    }
}
