package io.tapstack.packetdrill.machine;

import io.tapstack.ip.SocketError;
import io.tapstack.ip.SocketErrorException;
import io.tapstack.packetdrill.call.SystemCalls;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.Shutdown;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.StackSocket;
import io.tapstack.socket.StreamSocket;
import io.tapstack.stack.Door;
import io.tapstack.stack.NetworkStack;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** System calls on our own sockets. */
final class StackCalls implements SystemCalls {

    private final SocketLayer layer;
    private final Map<Integer, StackSocket> sockets = new TreeMap<>();

    StackCalls(final Door door, final NetworkStack stack) {
        this.layer = new SocketLayer(door, stack);
    }

    boolean sysctl(final String name, final String value) {
        return name.startsWith("net.ipv4.") && !value.isEmpty();
    }

    private synchronized long open(final StackSocket socket) {
        int fd = 3;
        while (sockets.containsKey(fd)) {
            fd++;
        }
        sockets.put(fd, socket);
        return fd;
    }

    private synchronized @Nullable StackSocket find(final int fd) {
        return sockets.get(fd);
    }

    private static long error(final SocketError error) {
        return -error.errno();
    }

    @Override
    public long socket(final int type, final int protocol) {
        final StackSocket socket = (type & 15) == 1 ? layer.stream() : layer.datagram();
        socket.nonBlocking((type & 2048) != 0);
        return open(socket);
    }

    @Override
    public long bind(final int fd, final Endpoint address) {
        final StackSocket socket = find(fd);
        return socket == null ? error(SocketError.EBADF) : socket.bind(address);
    }

    @Override
    public long listen(final int fd, final int backlog) {
        return find(fd) instanceof StreamSocket socket ? socket.listen(backlog) : error(SocketError.EBADF);
    }

    @Override
    public long accept(final int fd, final int flags) {
        if (!(find(fd) instanceof StreamSocket socket)) {
            return error(SocketError.EBADF);
        }
        try {
            final StreamSocket accepted = socket.accept(0);
            if (accepted == null) {
                return error(SocketError.EAGAIN);
            }
            accepted.nonBlocking((flags & 2048) != 0);
            return open(accepted);
        } catch (final SocketErrorException e) {
            return error(e.error());
        }
    }

    @Override
    public long connect(final int fd, final @Nullable Endpoint address) {
        final StackSocket socket = find(fd);
        if (socket == null) {
            return error(SocketError.EBADF);
        }
        return address == null ? error(SocketError.EAFNOSUPPORT) : socket.connect(address);
    }

    @Override
    public Received receive(final int fd, final byte[] target, final int flags) {
        final StackSocket socket = find(fd);
        return new Received(socket == null ? error(SocketError.EBADF) : socket.recv(ByteBuffer.wrap(target), flags), 0);
    }

    @Override
    public long send(final int fd, final byte[] data, final int flags, final @Nullable Endpoint to) {
        final StackSocket socket = find(fd);
        if (socket == null) {
            return error(SocketError.EBADF);
        }
        final ByteBuffer bytes = ByteBuffer.wrap(data);
        return to != null && socket instanceof DatagramSocket datagram
                ? datagram.sendTo(bytes, flags, to)
                : socket.send(bytes, flags);
    }

    @Override
    public long sendFile(final int fd, final long offset, final long count) {
        return send(fd, new byte[(int) count], MessageFlags.MSG_NOSIGNAL, null);
    }

    @Override
    public long close(final int fd) {
        final StackSocket socket;
        synchronized (this) {
            socket = sockets.remove(fd);
        }
        return socket == null ? error(SocketError.EBADF) : socket.close();
    }

    @Override
    public long shutdown(final int fd, final int how) {
        final StackSocket socket = find(fd);
        return socket == null ? error(SocketError.EBADF) : socket.shutdown(Shutdown.values()[how]);
    }

    @Override
    public long getOption(final int fd, final int level, final int name, final byte[] value) {
        final StackSocket socket = find(fd);
        if (socket == null) {
            return error(SocketError.EBADF);
        }
        final int answer = socket.option(level, name);
        if (answer >= 0) {
            ByteBuffer.wrap(value).order(ByteOrder.nativeOrder()).putInt(0, answer);
        }
        return answer < 0 ? answer : 4;
    }

    @Override
    public long setOption(final int fd, final int level, final int name, final byte[] value) {
        final StackSocket socket = find(fd);
        final ByteBuffer bytes = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
        if (socket == null) {
            return error(SocketError.EBADF);
        }
        if (level == 1 && name == 13 && value.length == 8) {
            return socket.setOption(level, name, bytes.getInt(0) == 0 ? -1 : bytes.getInt(4));
        }
        return socket.setOption(level, name, bytes.getInt(0));
    }

    @Override
    public long fcntl(final int fd, final int command, final int argument) {
        final StackSocket socket = find(fd);
        if (socket == null) {
            return error(SocketError.EBADF);
        }
        if (command == 4) {
            socket.nonBlocking((argument & 2048) != 0);
            return 0;
        }
        return 2 | (socket.isNonBlocking() ? 2048 : 0);
    }

    @Override
    public long ioctl(final int fd, final long request, final int[] value) {
        return error(SocketError.EOPNOTSUPP);
    }

    @Override
    public long poll(final PollEntry[] entries, final int timeoutMillis) {
        final List<io.tapstack.socket.PollEntry> list = new ArrayList<>();
        for (final PollEntry entry : entries) {
            final StackSocket socket = find(entry.fd);
            if (socket == null) {
                return error(SocketError.EBADF);
            }
            list.add(new io.tapstack.socket.PollEntry(socket, entry.events));
        }
        final int ready = layer.poll(list, timeoutMillis);
        for (int i = 0; i < entries.length; i++) {
            entries[i].revents = list.get(i).revents();
        }
        return ready;
    }

    @Override
    public long epollCreate(final int flags) {
        return error(SocketError.EOPNOTSUPP);
    }

    @Override
    public long epollControl(final int epoll, final int operation, final int fd, final EpollEvent event) {
        return error(SocketError.EOPNOTSUPP);
    }

    @Override
    public long epollWait(final int epoll, final EpollEvent[] events, final int timeoutMillis) {
        return error(SocketError.EOPNOTSUPP);
    }

    @Override
    public @Nullable Endpoint localAddress(final int fd) {
        final StackSocket socket = find(fd);
        return socket == null ? null : socket.localEndpoint();
    }

    @Override
    public @Nullable Endpoint peerAddress(final int fd) {
        final StackSocket socket = find(fd);
        return socket == null ? null : socket.remoteEndpoint();
    }
}
