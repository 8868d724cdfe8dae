package io.tapstack.posix;

import io.tapstack.network.Host;
import io.tapstack.network.MemoryNetwork;
import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.PeerAddress;
import io.tapstack.socket.PollEvents;
import io.tapstack.socket.SocketLayer;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** Tests of Linux's calls on a host that talks to itself in virtual time. */
@Timeout(20)
abstract class PosixTest {

    static final Endpoint SERVER = new Endpoint(IpAddress.parse("127.0.0.1"), 80);
    static final int STREAM = SocketCalls.SOCK_STREAM;
    static final int DATAGRAM = SocketCalls.SOCK_DGRAM;

    private MemoryNetwork network;
    private Host host;
    SocketLayer layer;
    SocketCalls calls;

    @BeforeEach
    void open() throws IOException {
        network = MemoryNetwork.inVirtualTime(1);
        host = network.host("host").address("10.0.0.2/24").start();
        layer = host.sockets();
        calls = new SocketCalls(layer, new FileTable());
    }

    @AfterEach
    void close() {
        calls.closeAll();
        host.close();
        network.close();
    }

    long socket(final int type) {
        return calls.socket(SocketCalls.AF_INET, type, 0);
    }

    /** A listener at {@link #SERVER}. */
    long listener() {
        final long fd = socket(STREAM);
        calls.bind(fd, SERVER);
        calls.listen(fd, 8);
        return fd;
    }

    long connected() {
        final long fd = socket(STREAM);
        calls.connect(fd, SERVER);
        return fd;
    }

    long send(final long fd, final String text) {
        return calls.send(fd, ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)), 0, null);
    }

    /** Waits, for in virtual time nothing arrives while a thread does not. */
    void awaitReadable(final long fd) {
        calls.readiness().poll(List.of(new Readiness.PollFd((int) fd, PollEvents.POLLIN)), -1);
    }

    /** Bytes that are there. */
    long receive(final long fd, final int length) {
        return calls.receive(fd, ByteBuffer.allocate(length), MessageFlags.MSG_DONTWAIT, new PeerAddress());
    }

    static ByteBuffer little(final int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    static ByteBuffer integer(final int value) {
        return little(Integer.BYTES).putInt(value).flip();
    }

    /** An option that is an int. */
    int option(final long fd, final int level, final int name) {
        final ByteBuffer value = little(SocketCalls.maxOptionBytes());
        final long length = calls.option(fd, level, name, Integer.BYTES, value);
        return length < 0 ? (int) length : value.flip().getInt();
    }
}
