package io.tapstack.packetdrill.kernel;

import static io.tapstack.packetdrill.kernel.Native.CALLS;
import static io.tapstack.packetdrill.kernel.Native.address;
import static io.tapstack.packetdrill.kernel.Native.memory;
import static io.tapstack.packetdrill.kernel.Native.result;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * The requests of docs/agent.md answered by Linux: its sockets, in a network namespace with 127.0.0.1, ::1, 10.0.0.2/24
 * and fd00::2/64. Descriptors are counted as the agent counts them, from 3. For one thread, which the constructor moves
 * to the namespace for good.
 */
public final class KernelSockets implements AutoCloseable {

    private static final int CLONE_NEWNET = 0x4000_0000;
    private static final String SET_UP = String.join(
            "\n",
            "link set lo up",
            "link add v0 type veth peer name v1",
            "link set v1 up",
            "link set v0 up",
            "addr add 10.0.0.2/24 dev v0",
            "addr add fd00::2/64 dev v0 nodad",
            "");

    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCKADDR_IN_BYTES = 16;
    private static final int SOCKADDR_IN6_BYTES = 28;
    private static final int IPV4_BYTES = 6;
    private static final int IPV6_BYTES = 22;
    private static final int POLLFD_BYTES = 8;
    private static final int EPOLL_EVENT_BYTES = 12;
    private static final int MSGHDR_BYTES = 56;
    private static final int FIRST_FD = 3;
    /** A descriptor that no process has. */
    private static final int CLOSED_FD = Integer.MAX_VALUE;

    private static final int EINVAL = 22;
    private static final int MSG_TRUNC = 0x20;
    private static final int SIOCOUTQ = 0x5411;
    private static final long DELAYED_ACK_NANOS = 200_000_000;
    private static final long PAUSE_NANOS = 1_000_000;

    /**
     * An answer.
     *
     * @param rc the result, or the negative error number
     * @param x a second result
     */
    public record Answer(long rc, long x, byte[] blob) {

        private static Answer of(final long rc) {
            return new Answer(rc, 0, new byte[0]);
        }
    }

    /** The descriptors of this process by their numbers in the transcript. */
    private final Map<Integer, Integer> files = new HashMap<>();

    /** @throws IOException if there may be no namespace, or {@code ip} is missing */
    public KernelSockets() throws IOException {
        if (result(CALLS.unshare(CLONE_NEWNET)) < 0) {
            throw new IOException("no network namespace: be root, or run this in bin/private-net");
        }
        final Process ip = new ProcessBuilder("ip", "-batch", "-")
                .redirectErrorStream(true)
                .start();
        try (var in = ip.getOutputStream()) {
            in.write(SET_UP.getBytes(StandardCharsets.US_ASCII));
        }
        final String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (ip.onExit().join().exitValue() != 0) {
            throw new IOException("ip cannot set up the namespace: " + said);
        }
    }

    /** Makes the call of a request; docs/agent.md says what its numbers mean. */
    public Answer call(final int op, final long a, final long b, final long c, final long d, final byte... blob) {
        final int fd = file((int) a);
        return switch (op) {
            case 2 -> Answer.of(opened(result(CALLS.socket((int) a, (int) b, (int) c))));
            case 3 -> named(blob, (name, length) -> result(CALLS.bind(fd, name, length)));
            case 4 -> Answer.of(result(CALLS.listen(fd, (int) b)));
            case 5 -> accept(fd, (int) b);
            case 6 -> named(blob, (name, length) -> result(CALLS.connect(fd, name, length)));
            case 7 -> receive(fd, (int) b, (int) c);
            case 8 -> send(fd, (int) c, (int) d, false, blob);
            case 9 -> Answer.of(close((int) a));
            case 10 -> Answer.of(result(CALLS.shutdown(fd, (int) b)));
            case 11 -> getOption(fd, (int) b, (int) c, (int) d);
            case 12 -> setOption(fd, (int) b, (int) c, blob);
            case 13 -> Answer.of(result(CALLS.fcntl(fd, (int) b, (int) c)));
            case 14 -> poll((int) a, (int) b, blob);
            case 19 -> ioctl(fd, b);
            case 20 -> Answer.of(a < 0 ? -EINVAL : opened(result(CALLS.epoll_create1(0))));
            case 21 -> Answer.of(keeping(blob, event -> result(CALLS.epoll_ctl(fd, (int) b, file((int) c), event))));
            case 22 -> epollWait(fd, (int) b, (int) c);
            case 23 -> name(fd, b != 0);
            case 25 -> receiveMessage(fd, (int) b, (int) c, (int) d);
            case 26 -> send(fd, (int) c, (int) d, true, blob);
            default -> throw new IllegalArgumentException("op " + op);
        };
    }

    @Override
    public void close() {
        files.values().forEach(CALLS::close);
        files.clear();
    }

    // ---- Descriptors

    private int file(final int number) {
        return number < 0 ? number : files.getOrDefault(number, CLOSED_FD);
    }

    private long opened(final long file) {
        if (file < 0) {
            return file;
        }
        int number = FIRST_FD;
        while (files.containsKey(number)) {
            number++;
        }
        files.put(number, (int) file);
        return number;
    }

    private long close(final int number) {
        final int file = file(number);
        files.remove(number);
        return result(CALLS.close(file));
    }

    // ---- Names

    private interface NativeCall {
        long on(long address);
    }

    private static long keeping(final byte[] bytes, final NativeCall call) {
        final ByteBuffer memory = memory(bytes.length).put(0, bytes);
        final long result = call.on(address(memory));
        Reference.reachabilityFence(memory);
        return result;
    }

    /**
     * {@code struct sockaddr_in} or {@code struct sockaddr_in6} of an address as docs/agent.md has it; of family
     * AF_UNSPEC for a shorter blob.
     */
    private static byte[] sockaddr(final byte[] blob, final int length) {
        final ByteBuffer name = ByteBuffer.allocate(length == IPV6_BYTES ? SOCKADDR_IN6_BYTES : SOCKADDR_IN_BYTES)
                .order(ByteOrder.nativeOrder());
        if (length == IPV4_BYTES) {
            name.putShort((short) AF_INET).put(blob, 0, IPV4_BYTES);
        } else if (length == IPV6_BYTES) {
            // Family, port, flow label, address, scope.
            name.putShort((short) AF_INET6).put(blob, 0, Short.BYTES).putInt(0);
            name.put(blob, Short.BYTES, IPV6_BYTES - Short.BYTES);
        }
        return name.array();
    }

    private static byte[] decode(final ByteBuffer sockaddr) {
        if (sockaddr.getShort(0) != AF_INET6) {
            final byte[] name = new byte[IPV4_BYTES];
            sockaddr.get(2, name);
            return name;
        }
        final byte[] name = new byte[IPV6_BYTES];
        sockaddr.get(2, name, 0, Short.BYTES);
        sockaddr.get(8, name, Short.BYTES, IPV6_BYTES - Short.BYTES);
        return name;
    }

    private interface NamedCall {
        long on(long address, int length);
    }

    private static Answer named(final byte[] blob, final NamedCall call) {
        final byte[] name = sockaddr(blob, blob.length);
        return Answer.of(keeping(name, address -> call.on(address, name.length)));
    }

    private Answer accept(final int fd, final int flags) {
        final ByteBuffer name = memory(SOCKADDR_IN6_BYTES);
        final ByteBuffer length = memory(Integer.BYTES).putInt(0, SOCKADDR_IN6_BYTES);
        final long file = result(CALLS.accept4(fd, address(name), address(length), flags));
        Reference.reachabilityFence(length);
        return file < 0 ? Answer.of(file) : new Answer(opened(file), 0, decode(name));
    }

    private static Answer name(final int fd, final boolean peer) {
        final ByteBuffer name = memory(SOCKADDR_IN6_BYTES);
        final ByteBuffer length = memory(Integer.BYTES).putInt(0, SOCKADDR_IN6_BYTES);
        final long rc = result(
                peer
                        ? CALLS.getpeername(fd, address(name), address(length))
                        : CALLS.getsockname(fd, address(name), address(length)));
        Reference.reachabilityFence(length);
        return rc < 0 ? Answer.of(rc) : new Answer(rc, 0, decode(name));
    }

    // ---- Data

    /** {@code struct msghdr}, with what it points to. */
    private static final class Message {

        private final ByteBuffer header = memory(MSGHDR_BYTES);
        private final ByteBuffer vector = memory(2 * Long.BYTES);
        private final ByteBuffer name;
        private final ByteBuffer data;
        private final ByteBuffer control;
        private final int room;

        Message(final byte[] name, final byte[] data, final byte[] control) {
            this.name = memory(name.length).put(0, name);
            this.data = memory(data.length).put(0, data);
            this.control = memory(control.length).put(0, control);
            this.room = data.length;
            vector.putLong(0, address(this.data)).putLong(Long.BYTES, data.length);
            header.putLong(0, name.length == 0 ? 0 : address(this.name))
                    .putInt(8, name.length)
                    .putLong(16, address(vector))
                    .putLong(24, 1)
                    .putLong(32, control.length == 0 ? 0 : address(this.control))
                    .putLong(40, control.length);
        }

        long receive(final int fd, final int flags) {
            final long received = result(CALLS.recvmsg(fd, address(header), flags));
            Reference.reachabilityFence(this);
            return received;
        }

        long send(final int fd, final int flags) {
            final long sent = result(CALLS.sendmsg(fd, address(header), flags));
            Reference.reachabilityFence(this);
            return sent;
        }

        byte[] name() {
            return header.getInt(8) == 0 ? new byte[0] : decode(name);
        }

        byte[] control() {
            final byte[] bytes = new byte[(int) header.getLong(40)];
            control.get(0, bytes);
            return bytes;
        }

        byte[] data(final long length) {
            final byte[] bytes = new byte[(int) Math.min(length, room)];
            data.get(0, bytes);
            return bytes;
        }

        int flags() {
            return header.getInt(48);
        }
    }

    private static byte[] join(final byte[]... parts) {
        int length = 0;
        for (final byte[] part : parts) {
            length += part.length;
        }
        final ByteBuffer joined = ByteBuffer.allocate(length);
        for (final byte[] part : parts) {
            joined.put(part);
        }
        return joined.array();
    }

    private static byte[] length(final byte[] bytes) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(bytes.length)
                .array();
    }

    private static Answer receive(final int fd, final int length, final int flags) {
        final Message message = new Message(new byte[SOCKADDR_IN6_BYTES], new byte[length], new byte[0]);
        final long received = message.receive(fd, flags);
        if (received < 0) {
            return Answer.of(received);
        }
        final byte[] name = message.name();
        // On a stream, whose bytes come without a name, MSG_TRUNC drops them instead of handing them over (tcp(7)).
        final boolean dropped = (flags & MSG_TRUNC) != 0 && name.length == 0;
        return new Answer(received, name.length, join(name, message.data(dropped ? 0 : received)));
    }

    private static Answer receiveMessage(final int fd, final int length, final int flags, final int room) {
        final Message message = new Message(new byte[SOCKADDR_IN6_BYTES], new byte[length], new byte[room]);
        final long received = message.receive(fd, flags);
        if (received < 0) {
            return Answer.of(received);
        }
        final byte[] name = message.name();
        final byte[] control = message.control();
        return new Answer(
                received, message.flags(), join(length(name), name, length(control), control, message.data(received)));
    }

    private static Answer send(
            final int fd, final int flags, final int nameBytes, final boolean hasControl, final byte... blob) {
        final ByteBuffer bytes = ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        final byte[] name = nameBytes == 0 ? new byte[0] : sockaddr(blob, nameBytes);
        bytes.position(nameBytes);
        final byte[] control = new byte[hasControl ? bytes.getInt() : 0];
        bytes.get(control);
        final byte[] data = new byte[bytes.remaining()];
        bytes.get(data);
        return Answer.of(new Message(name, data, control).send(fd, flags));
    }

    // ---- Options

    private static Answer getOption(final int fd, final int level, final int name, final int room) {
        final ByteBuffer value = memory(room);
        final ByteBuffer length = memory(Integer.BYTES).putInt(0, room);
        final long rc = result(CALLS.getsockopt(fd, level, name, address(value), address(length)));
        if (rc < 0) {
            return Answer.of(rc);
        }
        final byte[] bytes = new byte[length.getInt(0)];
        value.get(0, bytes);
        return new Answer(rc, 0, bytes);
    }

    private static Answer setOption(final int fd, final int level, final int name, final byte[] value) {
        return Answer.of(keeping(value, bytes -> result(CALLS.setsockopt(fd, level, name, bytes, value.length))));
    }

    /**
     * SIOCOUTQ counts what is not acknowledged: it gets the time of a delayed ACK, for the stack delays none of these.
     */
    private static Answer ioctl(final int fd, final long request) {
        final long end = System.nanoTime() + DELAYED_ACK_NANOS;
        final ByteBuffer value = memory(Integer.BYTES);
        long rc = result(CALLS.ioctl(fd, request, address(value)));
        while (request == SIOCOUTQ && value.getInt(0) > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE_NANOS);
            rc = result(CALLS.ioctl(fd, request, address(value)));
        }
        return new Answer(rc, value.getInt(0), new byte[0]);
    }

    // ---- Readiness

    private Answer poll(final int count, final int timeoutMillis, final byte[] blob) {
        final ByteBuffer entries = memory(blob.length).put(0, blob);
        for (int i = 0; i < count; i++) {
            entries.putInt(i * POLLFD_BYTES, file(entries.getInt(i * POLLFD_BYTES)));
        }
        final long ready = result(CALLS.poll(address(entries), count, timeoutMillis));
        final byte[] answer = new byte[blob.length];
        entries.get(0, answer);
        return new Answer(ready, 0, answer);
    }

    private static Answer epollWait(final int fd, final int most, final int timeoutMillis) {
        final ByteBuffer events = memory(Math.max(0, most) * EPOLL_EVENT_BYTES);
        final long ready = result(CALLS.epoll_wait(fd, address(events), most, timeoutMillis));
        final byte[] answer = new byte[(int) Math.max(0, ready) * EPOLL_EVENT_BYTES];
        events.get(0, answer);
        return new Answer(ready, 0, answer);
    }
}
