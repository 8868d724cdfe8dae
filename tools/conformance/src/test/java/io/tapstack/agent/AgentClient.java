package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.wire.IpAddress;
import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A suite's end of a connection to the agent, written from docs/agent.md alone. */
final class AgentClient implements AgentCalls, AutoCloseable {

    static final int AF_INET = 2;
    static final int STREAM = 1;
    static final int DGRAM = 2;
    static final int NONBLOCK = 0x800;

    static final int EINTR = 4;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int EINVAL = 22;
    static final int EPIPE = 32;
    static final int ENOSYS = 38;
    static final int ETIME = 62;
    static final int ENOTSOCK = 88;
    static final int EMSGSIZE = 90;
    static final int ENOPROTOOPT = 92;
    static final int EOPNOTSUPP = 95;
    static final int EADDRINUSE = 98;
    static final int ECONNRESET = 104;
    static final int ENOTCONN = 107;
    static final int ETIMEDOUT = 110;
    static final int ECONNREFUSED = 111;
    static final int EINPROGRESS = 115;

    static final int SOL_SOCKET = 1;
    static final int IPPROTO_IP = 0;
    static final int IPPROTO_TCP = 6;

    static final int POLLIN = 1;
    static final int POLLOUT = 4;
    static final int POLLHUP = 0x10;
    static final int POLLNVAL = 0x20;

    /** The agent's reply. */
    record Answer(long rc, int errno, long x, byte[] blob) {

        Answer succeeds() {
            assertThat(errno).as("errno").isZero();
            assertThat(rc).isNotNegative();
            return this;
        }

        Answer fails(final int expected) {
            assertThat(rc).as("result, where errno %d is expected", expected).isEqualTo(-1);
            assertThat(errno).isEqualTo(expected);
            return this;
        }

        int fd() {
            succeeds();
            return (int) rc;
        }

        ByteBuffer bytes() {
            return ByteBuffer.wrap(blob).order(ByteOrder.LITTLE_ENDIAN);
        }

        String text() {
            return new String(blob, StandardCharsets.US_ASCII);
        }
    }

    private final SocketChannel channel;

    AgentClient(final Path path) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    // ---- The wire

    @Override
    public Answer call(final int op, final long a, final long b, final long c, final long d, final byte... blob)
            throws IOException {
        write(request(op, a, b, c, d, blob));
        return answer();
    }

    static ByteBuffer request(
            final int op, final long a, final long b, final long c, final long d, final byte... blob) {
        return ByteBuffer.allocate(41 + blob.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(37 + blob.length)
                .put((byte) op)
                .putLong(a)
                .putLong(b)
                .putLong(c)
                .putLong(d)
                .putInt(blob.length)
                .put(blob)
                .flip();
    }

    void write(final ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    void endRequests() throws IOException {
        channel.shutdownOutput();
    }

    Answer answer() throws IOException {
        final ByteBuffer head = read(24);
        final long rc = head.getLong();
        final int errno = head.getInt();
        final long x = head.getLong();
        return new Answer(rc, errno, x, read(head.getInt()).array());
    }

    private ByteBuffer read(final int length) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new EOFException();
            }
        }
        return bytes.flip();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    // ---- The calls

    void reset() throws IOException {
        call(1).succeeds();
    }

    int socket(final int type) throws IOException {
        return call(2, AF_INET, type, 0).fd();
    }

    Answer bind(final int fd, final String address, final int port) throws IOException {
        return call(3, fd, 0, 0, 0, address(address, port));
    }

    /** A listener at a port of all addresses. */
    int listener(final int port) throws IOException {
        final int fd = socket(STREAM);
        bind(fd, "0.0.0.0", port).succeeds();
        call(4, fd, 8).succeeds();
        return fd;
    }

    Answer connect(final int fd, final String address, final int port) throws IOException {
        return call(6, fd, 0, 0, 0, address(address, port));
    }

    Answer recv(final int fd, final int length, final int flags) throws IOException {
        return call(7, fd, length, flags);
    }

    Answer send(final int fd, final int flags, final byte... data) throws IOException {
        return call(8, fd, data.length, flags, 0, data);
    }

    Answer send(final int fd, final String text) throws IOException {
        return send(fd, 0, text.getBytes(StandardCharsets.US_ASCII));
    }

    Answer closeFd(final int fd) throws IOException {
        return call(9, fd);
    }

    int intOption(final int fd, final int level, final int name) throws IOException {
        return call(11, fd, level, name, 4).succeeds().bytes().getInt();
    }

    Answer setOption(final int fd, final int level, final int name, final int value) throws IOException {
        return call(12, fd, level, name, 0, ints(value));
    }

    /** @return revents of one descriptor */
    int poll(final int fd, final int events, final int timeoutMillis) throws IOException {
        final ByteBuffer pollfd = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        pollfd.putInt(fd).putShort((short) events);
        final Answer answer = call(14, 1, timeoutMillis, 0, 0, pollfd.array()).succeeds();
        final int revents = answer.bytes().getShort(6);
        assertThat(answer.rc()).isEqualTo(revents == 0 ? 0 : 1);
        return revents;
    }

    void packetIn(final byte... packet) throws IOException {
        call(15, 0, 0, 0, 0, packet).succeeds();
    }

    Answer packetOut() throws IOException {
        return call(16);
    }

    void advance(final long micros) throws IOException {
        call(17, micros).succeeds();
    }

    long now() throws IOException {
        return call(18).succeeds().x();
    }

    Answer set(final String setting) throws IOException {
        return call(24, 0, 0, 0, 0, setting.getBytes(StandardCharsets.US_ASCII));
    }

    /** An address blob: of IPv6 with a scope, as in {@code fe80::1%2}. */
    static byte[] address(final String address, final int port) {
        final String[] parts = address.split("%");
        final byte[] bytes = IpAddress.parse(parts[0]).toBytes();
        if (!address.contains(":")) {
            return ByteBuffer.allocate(6).putShort((short) port).put(bytes).array();
        }
        final int scope = parts.length == 1 ? 0 : Integer.parseInt(parts[1]);
        return ByteBuffer.allocate(22)
                .putShort((short) port)
                .put(IpAddress.parse(parts[0]).toIpv6Bytes())
                .putInt(Integer.reverseBytes(scope))
                .array();
    }

    static byte[] ints(final int... values) {
        final ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (final int value : values) {
            bytes.putInt(value);
        }
        return bytes.array();
    }

    static byte[] longs(final long... values) {
        final ByteBuffer bytes = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        for (final long value : values) {
            bytes.putLong(value);
        }
        return bytes.array();
    }

    /** The address in an address blob: {@code a.b.c.d:port} or {@code [address%scope]:port}. */
    static String name(final byte... blob) {
        final ByteBuffer bytes = ByteBuffer.wrap(blob);
        final int port = bytes.getShort() & 0xFFFF;
        final byte[] address = new byte[blob.length == 6 ? 4 : 16];
        bytes.get(address);
        if (address.length == 4) {
            return IpAddress.of(address) + ":" + port;
        }
        final IpAddress ip = IpAddress.of(address);
        final int scope = Integer.reverseBytes(bytes.getInt());
        return "[" + (ip.isIpv4() ? "::ffff:" : "") + ip + (scope == 0 ? "" : "%" + scope) + "]:" + port;
    }
}
