package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.agent.AgentClient.Answer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Socket calls over the stack's own loopback, in virtual and in real time. */
@Timeout(60)
class AgentSocketsTest {

    private static final String LOOPBACK = "127.0.0.1";
    private static final int PORT = 8080;
    private static final int MSG_PEEK = 2;
    private static final int MSG_TRUNC = 0x20;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_WAITALL = 0x100;
    private static final int MSG_OOB = 1;

    private AgentFixture agent;
    private AgentClient client;

    private void start(final boolean virtual) throws IOException {
        agent = new AgentFixture(virtual);
        client = agent.connect();
    }

    @AfterEach
    void stop() throws IOException {
        agent.close();
    }

    /** Two ends of a connection: the connecting one and the accepted one. */
    private int[] pair() throws IOException {
        final int listener = client.listener(PORT);
        final int active = client.socket(AgentClient.STREAM);
        client.connect(active, LOOPBACK, PORT).succeeds();
        final int passive = client.call(5, listener, 0).fd();
        client.closeFd(listener).succeeds();
        return new int[] {active, passive};
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theLowestFreeDescriptorIsNext(final boolean virtual) throws IOException {
        start(virtual);
        assertThat(client.socket(AgentClient.STREAM)).isEqualTo(3);
        assertThat(client.socket(AgentClient.DGRAM)).isEqualTo(4);
        assertThat(client.call(20).fd()).isEqualTo(5);
        assertThat(client.socket(AgentClient.STREAM | AgentClient.NONBLOCK | 0x80000))
                .isEqualTo(6);
        client.closeFd(4).succeeds();
        client.closeFd(4).fails(AgentClient.EBADF);
        client.closeFd(3).succeeds();
        assertThat(client.socket(AgentClient.DGRAM)).isEqualTo(3);
        assertThat(client.socket(AgentClient.DGRAM)).isEqualTo(4);
        assertThat(client.socket(AgentClient.DGRAM)).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void socketErrors(final boolean virtual) throws IOException {
        start(virtual);
        client.call(2, 17, 1, 0).fails(97); // AF_PACKET: EAFNOSUPPORT
        client.call(2, 2, 3, 0).fails(93); // SOCK_RAW: EPROTONOSUPPORT
        client.call(2, 2, 4, 0).fails(94); // SOCK_RDM: ESOCKTNOSUPPORT
        client.call(2, 100, 11, 0).fails(97);
        client.call(2, 2, 2, 1).fails(13); // ICMP: EACCES
        client.call(2, 2, 1, 17).fails(93); // EPROTONOSUPPORT
        client.call(2, 2, 2, 6).fails(93);
        client.call(2, 2, 1 | 0x1000, 0).fails(AgentClient.EINVAL);
        client.call(2, 2, 1, 6).succeeds();
        client.call(2, 2, 2, 17).succeeds();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bindAndListenErrors(final boolean virtual) throws IOException {
        start(virtual);
        final int listener = client.listener(PORT);
        client.bind(listener, "0.0.0.0", PORT + 1).fails(AgentClient.EINVAL);
        final int other = client.socket(AgentClient.STREAM);
        client.bind(other, "0.0.0.0", PORT).fails(AgentClient.EADDRINUSE);
        client.bind(other, "10.0.0.77", PORT).fails(99); // EADDRNOTAVAIL
        client.call(5, other, 0).fails(AgentClient.EINVAL);
        client.call(5, listener, 0x4).fails(AgentClient.EINVAL);
        client.call(4, other, 1).succeeds(); // listen binds to a free port
        assertThat(AgentClient.name(client.call(23, other, 0).blob()))
                .startsWith("0.0.0.0:")
                .doesNotEndWith(":0");
        client.connect(listener, LOOPBACK, PORT).fails(106); // EISCONN
        client.recv(listener, 1, 0).fails(AgentClient.ENOTCONN);
        final int datagram = client.socket(AgentClient.DGRAM);
        client.call(4, datagram, 1).fails(AgentClient.EOPNOTSUPP);
        client.call(5, datagram, 0).fails(AgentClient.EOPNOTSUPP);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void notConnected(final boolean virtual) throws IOException {
        start(virtual);
        final int fd = client.socket(AgentClient.STREAM);
        client.recv(fd, 1, 0).fails(AgentClient.ENOTCONN);
        client.send(fd, "x").fails(AgentClient.EPIPE);
        client.call(10, fd, 2).fails(AgentClient.ENOTCONN);
        client.call(10, fd, 3).fails(AgentClient.EINVAL);
        client.call(23, fd, 1).fails(AgentClient.ENOTCONN);
        assertThat(AgentClient.name(client.call(23, fd, 0).succeeds().blob())).isEqualTo("0.0.0.0:0");
        assertThat(client.poll(fd, AgentClient.POLLIN | AgentClient.POLLOUT, 0))
                .as("the input was shut down, though that failed")
                .isEqualTo(AgentClient.POLLIN | AgentClient.POLLHUP | AgentClient.POLLOUT);
        client.recv(fd, 1, 0).succeeds();
        client.connect(fd, LOOPBACK, 9).fails(AgentClient.ECONNREFUSED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnection(final boolean virtual) throws IOException {
        start(virtual);
        final int listener = client.listener(PORT);
        client.call(13, listener, 4, AgentClient.NONBLOCK).succeeds();
        client.call(5, listener, 0).fails(AgentClient.EAGAIN);
        final int active = client.socket(AgentClient.STREAM);
        client.connect(active, "0.0.0.0", PORT).succeeds(); // ip(7): this host
        assertThat(client.poll(listener, AgentClient.POLLIN, -1)).isEqualTo(AgentClient.POLLIN);
        final Answer accepted = client.call(5, listener, AgentClient.NONBLOCK).succeeds();
        final int passive = accepted.fd();
        final String name = AgentClient.name(client.call(23, active, 0).blob());
        assertThat(AgentClient.name(accepted.blob())).isEqualTo(name).startsWith("127.0.0.1:");
        assertThat(AgentClient.name(client.call(23, passive, 1).blob())).isEqualTo(name);
        assertThat(AgentClient.name(client.call(23, active, 1).blob())).isEqualTo(LOOPBACK + ":" + PORT);
        client.connect(active, LOOPBACK, PORT).fails(106); // EISCONN
        client.recv(passive, 10, 0).fails(AgentClient.EAGAIN);
        assertThat(client.send(active, "hello").succeeds().rc()).isEqualTo(5);
        assertThat(client.poll(passive, AgentClient.POLLIN, 5_000)).isEqualTo(AgentClient.POLLIN);
        final Answer received = client.recv(passive, 10, 0).succeeds();
        assertThat(received.rc()).isEqualTo(5);
        assertThat(received.x()).isZero();
        assertThat(received.text()).isEqualTo("hello");
        client.call(10, active, 1).succeeds();
        client.send(active, "x").fails(AgentClient.EPIPE);
        assertThat(client.poll(passive, AgentClient.POLLIN, 5_000)).isEqualTo(AgentClient.POLLIN);
        assertThat(client.recv(passive, 10, 0).succeeds().rc()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void flagsOfReceive(final boolean virtual) throws IOException {
        start(virtual);
        final int[] ends = pair();
        client.recv(ends[1], 1, MSG_DONTWAIT).fails(AgentClient.EAGAIN);
        client.send(ends[0], "abcdefghij");
        assertThat(client.recv(ends[1], 3, 0).text()).isEqualTo("abc");
        assertThat(client.recv(ends[1], 3, MSG_PEEK).text()).isEqualTo("def");
        final Answer discarded = client.recv(ends[1], 2, MSG_TRUNC);
        assertThat(discarded.rc()).isEqualTo(2);
        assertThat(discarded.blob()).isEmpty();
        assertThat(client.recv(ends[1], 99, 0).text()).isEqualTo("fghij");
        client.recv(ends[1], 1, MSG_OOB).fails(AgentClient.EINVAL);
        client.setOption(ends[0], AgentClient.IPPROTO_TCP, 1, 1).succeeds(); // TCP_NODELAY
        final AgentClient other = agent.connect();
        final FutureTask<String> all = AgentFixture.concurrently(
                () -> other.recv(ends[1], 6, MSG_WAITALL).text());
        client.send(ends[0], "123");
        assertThat(all).isNotDone();
        client.send(ends[0], "456");
        assertThat(join(all)).isEqualTo("123456");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void numbersOfIoctl(final boolean virtual) throws IOException {
        start(virtual);
        final int[] ends = pair();
        client.send(ends[0], "abcde");
        assertThat(client.poll(ends[1], AgentClient.POLLIN, 5_000)).isEqualTo(AgentClient.POLLIN);
        assertThat(client.call(19, ends[1], 0x541B).succeeds().x()).isEqualTo(5);
        assertThat(client.call(19, ends[1], 0x5411).succeeds().x()).isZero();
        client.call(19, ends[1], 0x1234).fails(25); // ENOTTY
        final int listener = client.listener(PORT + 1);
        client.call(19, listener, 0x541B).fails(AgentClient.EINVAL);
        final int datagram = client.socket(AgentClient.DGRAM);
        client.connect(datagram, LOOPBACK, 9).succeeds();
        assertThat(client.call(19, datagram, 0x541B).succeeds().x()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void fcntl(final boolean virtual) throws IOException {
        start(virtual);
        final int fd = client.socket(AgentClient.STREAM | AgentClient.NONBLOCK);
        assertThat(client.call(13, fd, 3).succeeds().rc()).isEqualTo(2 | AgentClient.NONBLOCK);
        client.call(13, fd, 4, 0).succeeds();
        assertThat(client.call(13, fd, 3).succeeds().rc()).isEqualTo(2);
        client.call(13, fd, 99).fails(AgentClient.EINVAL);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void options(final boolean virtual) throws IOException {
        start(virtual);
        final int fd = client.socket(AgentClient.STREAM);
        assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, 3)).isEqualTo(1); // SO_TYPE
        assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, 4)).isZero(); // SO_ERROR
        assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, 39)).isEqualTo(2); // SO_DOMAIN
        assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, 38)).isEqualTo(6); // SO_PROTOCOL
        assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, 30)).isZero(); // SO_ACCEPTCONN
        for (final int name : new int[] {2, 9}) { // SO_REUSEADDR, SO_KEEPALIVE
            assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, name)).isZero();
            client.setOption(fd, AgentClient.SOL_SOCKET, name, 1).succeeds();
            assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, name)).isEqualTo(1);
        }
        for (final int name : new int[] {7, 8}) { // SO_SNDBUF, SO_RCVBUF
            client.setOption(fd, AgentClient.SOL_SOCKET, name, 10_000).succeeds();
            assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, name)).isEqualTo(20_000);
            client.setOption(fd, AgentClient.SOL_SOCKET, name, 1).succeeds();
        }
        assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, 7)).isEqualTo(4_608);
        assertThat(client.intOption(fd, AgentClient.SOL_SOCKET, 8)).isEqualTo(2_304);
        client.setOption(fd, AgentClient.IPPROTO_TCP, 1, 1).succeeds(); // TCP_NODELAY
        assertThat(client.intOption(fd, AgentClient.IPPROTO_TCP, 1)).isEqualTo(1);
        client.call(12, fd, AgentClient.IPPROTO_IP, 2, 0, (byte) 5).succeeds(); // IP_TTL, of one byte
        assertThat(client.intOption(fd, AgentClient.IPPROTO_IP, 2)).isEqualTo(5);
        client.setOption(fd, AgentClient.IPPROTO_IP, 2, 256).fails(AgentClient.EINVAL);
        client.setOption(fd, AgentClient.IPPROTO_TCP, 2, 20).fails(AgentClient.EINVAL); // TCP_MAXSEG
        client.call(12, fd, AgentClient.IPPROTO_TCP, 1, 0, (byte) 1).fails(AgentClient.EINVAL);
        client.setOption(fd, AgentClient.SOL_SOCKET, 9_999, 1).fails(AgentClient.ENOPROTOOPT);
        client.setOption(fd, 77, 1, 1).fails(AgentClient.ENOPROTOOPT);
        client.call(11, fd, AgentClient.SOL_SOCKET, 9_999, 4).fails(AgentClient.ENOPROTOOPT);
        client.call(11, fd, AgentClient.SOL_SOCKET, 3, -1).fails(AgentClient.EINVAL);
        assertThat(client.call(11, fd, AgentClient.SOL_SOCKET, 3, 2).blob()).hasSize(2);
        final int datagram = client.socket(AgentClient.DGRAM);
        client.setOption(datagram, AgentClient.IPPROTO_TCP, 1, 1).fails(AgentClient.ENOPROTOOPT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void optionsThatAreStructures(final boolean virtual) throws IOException {
        start(virtual);
        final int fd = client.socket(AgentClient.STREAM);
        assertThat(client.call(11, fd, 1, 13, 8).blob()).isEqualTo(new byte[8]); // SO_LINGER
        client.call(12, fd, 1, 13, 0, AgentClient.ints(1, 7)).succeeds();
        assertThat(client.call(11, fd, 1, 13, 8).blob()).isEqualTo(AgentClient.ints(1, 7));
        client.call(12, fd, 1, 13, 0, AgentClient.ints(1)).fails(AgentClient.EINVAL);
        for (final int name : new int[] {20, 21}) { // SO_RCVTIMEO, SO_SNDTIMEO
            client.call(12, fd, 1, name, 0, AgentClient.longs(2, 345_678)).succeeds();
            assertThat(client.call(11, fd, 1, name, 16).blob()).isEqualTo(AgentClient.longs(2, 345_678));
            client.call(12, fd, 1, name, 0, AgentClient.longs(0, 1_000_000)).fails(33); // EDOM
            client.call(12, fd, 1, name, 0, AgentClient.ints(1)).fails(AgentClient.EINVAL);
        }
        final byte[] reno = Arrays.copyOf("reno".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 16);
        client.call(12, fd, AgentClient.IPPROTO_TCP, 13, 0, reno).succeeds(); // TCP_CONGESTION
        assertThat(client.call(11, fd, AgentClient.IPPROTO_TCP, 13, 16).blob()).isEqualTo(reno);
        client.call(
                        12,
                        fd,
                        AgentClient.IPPROTO_TCP,
                        13,
                        0,
                        "nonesuch".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .fails(2); // ENOENT
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void datagrams(final boolean virtual) throws IOException {
        start(virtual);
        final int receiver = client.socket(AgentClient.DGRAM);
        client.bind(receiver, LOOPBACK, 5000).succeeds();
        final int sender = client.socket(AgentClient.DGRAM);
        client.send(sender, "x").fails(89); // EDESTADDRREQ
        final ByteBuffer addressed = ByteBuffer.allocate(11)
                .put(AgentClient.address(LOOPBACK, 5000))
                .put(new byte[] {'h', 'e', 'l', 'l', 'o'});
        assertThat(client.call(8, sender, 5, 0, 6, addressed.array()).succeeds().rc())
                .isEqualTo(5);
        final String name = "127.0.0.1:"
                + AgentClient.name(client.call(23, sender, 0).blob()).split(":")[1];
        final Answer peeked = client.recv(receiver, 2, MSG_PEEK | MSG_TRUNC).succeeds();
        assertThat(peeked.rc()).isEqualTo(5);
        assertThat(peeked.blob()).hasSize(6 + 2);
        final Answer received = client.recv(receiver, 100, 0).succeeds();
        assertThat(received.rc()).isEqualTo(5);
        assertThat(received.x()).isEqualTo(6);
        assertThat(received.text().substring(6)).isEqualTo("hello");
        assertThat(AgentClient.name(Arrays.copyOf(received.blob(), 6))).isEqualTo(name);
        client.recv(receiver, 100, MSG_DONTWAIT).fails(AgentClient.EAGAIN);
        client.connect(sender, LOOPBACK, 5001).succeeds();
        client.send(sender, "y").succeeds();
        assertThat(client.poll(sender, AgentClient.POLLIN, 5_000) & 8)
                .as("POLLERR")
                .isEqualTo(8);
        client.recv(sender, 1, 0).fails(AgentClient.ECONNREFUSED);
        client.call(8, sender, 65_508, 0, 0, new byte[65_508]).fails(AgentClient.EMSGSIZE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void pollOfMany(final boolean virtual) throws IOException {
        start(virtual);
        final int[] ends = pair();
        final ByteBuffer fds = ByteBuffer.allocate(32).order(java.nio.ByteOrder.LITTLE_ENDIAN);
        fds.putInt(ends[0]).putInt(AgentClient.POLLIN);
        fds.putInt(-1).putInt(AgentClient.POLLIN);
        fds.putInt(99).putInt(AgentClient.POLLIN);
        fds.putInt(ends[1]).putInt(AgentClient.POLLOUT);
        final Answer answer = client.call(14, 4, 1_000_000, 0, 0, fds.array()).succeeds();
        assertThat(answer.rc()).isEqualTo(2);
        assertThat(answer.bytes().getShort(6)).isZero();
        assertThat(answer.bytes().getShort(14)).isZero();
        assertThat(answer.bytes().getShort(22)).isEqualTo((short) AgentClient.POLLNVAL);
        assertThat(answer.bytes().getShort(30)).isEqualTo((short) AgentClient.POLLOUT);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetOfAConnectionWithLingerZero(final boolean virtual) throws IOException {
        start(virtual);
        final int[] ends = pair();
        client.call(12, ends[0], 1, 13, 0, AgentClient.ints(1, 0)).succeeds();
        client.closeFd(ends[0]).succeeds();
        assertThat(client.poll(ends[1], AgentClient.POLLIN, 5_000) & AgentClient.POLLHUP)
                .isNotZero();
        assertThat(client.intOption(ends[1], AgentClient.SOL_SOCKET, 4)).isEqualTo(AgentClient.ECONNRESET);
    }

    /** A waiting call does not keep others waiting. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anAcceptWaitsWhileAnotherConnects(final boolean virtual) throws Exception {
        start(virtual);
        final int listener = client.listener(PORT);
        final AgentClient other = agent.connect();
        final FutureTask<Answer> accepting = AgentFixture.concurrently(() -> other.call(5, listener, 0));
        client.now();
        assertThat(accepting).isNotDone();
        final int active = client.socket(AgentClient.STREAM);
        client.connect(active, LOOPBACK, PORT).succeeds();
        final int passive = accepting.get().fd();
        final FutureTask<String> reading =
                AgentFixture.concurrently(() -> other.recv(passive, 10, 0).text());
        client.send(active, "hello").succeeds();
        assertThat(reading.get()).isEqualTo("hello");
    }

    /** As on Linux, but there the waiting call does not return. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingEndsAWait(final boolean virtual) throws Exception {
        start(virtual);
        final int listener = client.listener(PORT);
        final AgentClient other = agent.connect();
        final FutureTask<Answer> accepting = AgentFixture.concurrently(() -> other.call(5, listener, 0));
        Thread.sleep(50); // Early or late, the answer is the same.
        client.closeFd(listener).succeeds();
        accepting.get().fails(AgentClient.EBADF);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatLeavesEndsItsWait(final boolean virtual) throws Exception {
        start(virtual);
        final int fd = client.socket(AgentClient.DGRAM);
        client.bind(fd, LOOPBACK, 5000).succeeds();
        final AgentClient other = agent.connect();
        other.write(AgentClient.request(7, fd, 10, 0, 0));
        other.endRequests();
        other.answer().fails(AgentClient.EINTR);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void resetEndsEverything(final boolean virtual) throws Exception {
        start(virtual);
        final int listener = client.listener(PORT);
        final int epoll = client.call(20).fd();
        final AgentClient second = agent.connect();
        final AgentClient third = agent.connect();
        final AgentClient fourth = agent.connect();
        final FutureTask<Answer> accepting = AgentFixture.concurrently(() -> second.call(5, listener, 0));
        final FutureTask<Answer> waiting = AgentFixture.concurrently(() -> third.call(22, epoll, 1, -1));
        final FutureTask<Answer> sleeping = AgentFixture.concurrently(() -> fourth.call(14, 0, -1));
        Thread.sleep(100);
        final long before = client.now();
        client.reset();
        assertThat(accepting.get().errno()).isEqualTo(AgentClient.EBADF);
        assertThat(waiting.get().errno()).isEqualTo(AgentClient.EBADF);
        assertThat(sleeping.get().errno()).isEqualTo(AgentClient.EINTR);
        client.call(5, listener, 0).fails(AgentClient.EBADF);
        assertThat(client.listener(PORT)).isEqualTo(3);
        assertThat(second.now()).isGreaterThan(before);
    }

    private static <T> T join(final FutureTask<T> task) throws IOException {
        try {
            return task.get();
        } catch (final Exception e) {
            throw new IOException(e);
        }
    }
}
