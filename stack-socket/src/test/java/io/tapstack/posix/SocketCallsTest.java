package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Error numbers of the calls, as Linux has them (socket(2), fcntl(2), getsockname(2)). */
class SocketCallsTest extends PosixTest {

    private static final long BAD = 99;

    @ParameterizedTest
    @CsvSource({
        "2, 1, 0, 3",
        "2, 1, 6, 3",
        "2, 2, 17, 3",
        "2, 0x801, 0, 3",
        "2, 1, 17, -93", // EPROTONOSUPPORT
        "2, 2, 6, -93",
        "2, 2, 1, -13", // EACCES: ping sockets (icmp(7))
        "2, 3, 6, -1", // EPERM: raw(7)
        "2, 3, 0, -93",
        "2, 5, 0, -94", // ESOCKTNOSUPPORT
        "2, 11, 0, -22", // EINVAL
        "2, 0x11, 0, -22",
        "2, 1, -1, -22",
        "2, 1, 263, -22",
        "10, 1, 0, 3",
        "10, 2, 58, -13", // EACCES: ping sockets
        "10, 2, 1, -93",
        "10, 3, 6, -1",
        "17, 3, 0, -97", // EAFNOSUPPORT
        "-1, 1, 0, -97",
        "46, 11, 0, -97",
    })
    void kindsOfSockets(final int domain, final String type, final int protocol, final long answer) {
        assertThat(calls.socket(domain, Integer.decode(type), protocol)).isEqualTo(answer);
    }

    @Test
    void noSuchDescriptor() {
        final long errno = -SocketError.EBADF.errno();
        assertThat(calls.bind(BAD, SERVER)).isEqualTo(errno);
        assertThat(calls.listen(BAD, 1)).isEqualTo(errno);
        assertThat(calls.accept(BAD, 0)).isEqualTo(errno);
        assertThat(calls.connect(BAD, SERVER)).isEqualTo(errno);
        assertThat(send(BAD, "x")).isEqualTo(errno);
        assertThat(receive(BAD, 1)).isEqualTo(errno);
        assertThat(calls.shutdown(BAD, 0)).isEqualTo(errno);
        assertThat(calls.close(BAD)).isEqualTo(errno);
        assertThat(calls.fcntl(BAD, SocketCalls.F_GETFL, 0)).isEqualTo(errno);
        assertThat(calls.ioctl(BAD, SocketIoctls.FIONREAD)).isEqualTo(errno);
        assertThat(option(BAD, 1, 4)).isEqualTo((int) errno);
        assertThat(calls.setOption(BAD, 1, 2, integer(1))).isEqualTo(errno);
        assertThat(calls.name(BAD)).isNull();
        assertThat(calls.nameError(BAD)).isEqualTo(errno);
    }

    @Test
    void aDescriptorThatIsNoSocket() {
        final long epoll = calls.epollCreate(0);
        assertThat(send(epoll, "x")).isEqualTo(-LinuxErrno.ENOTSOCK);
        assertThat(calls.listen(epoll, 1)).isEqualTo(-LinuxErrno.ENOTSOCK);
        assertThat(calls.nameError(epoll)).isEqualTo(-LinuxErrno.ENOTSOCK);
        assertThat(calls.ioctl(epoll, SocketIoctls.FIONREAD)).isEqualTo(-SocketError.EINVAL.errno());
    }

    @Test
    void descriptorsAreUsedAgain() {
        assertThat(socket(STREAM)).isEqualTo(3);
        assertThat(calls.epollCreate(0)).isEqualTo(4);
        assertThat(calls.close(3)).isZero();
        assertThat(calls.close(3)).isEqualTo(-SocketError.EBADF.errno());
        assertThat(socket(DATAGRAM)).isEqualTo(3);
    }

    @Test
    void flagsOfDescriptors() {
        final long fd = socket(STREAM | SocketCalls.SOCK_NONBLOCK | SocketCalls.SOCK_CLOEXEC);
        assertThat(calls.fcntl(fd, SocketCalls.F_GETFD, 0)).isEqualTo(1);
        assertThat(calls.fcntl(fd, SocketCalls.F_GETFL, 0)).isEqualTo(SocketCalls.O_RDWR | SocketCalls.O_NONBLOCK);
        assertThat(calls.fcntl(fd, SocketCalls.F_SETFL, 0)).isZero();
        assertThat(calls.fcntl(fd, SocketCalls.F_GETFL, 0)).isEqualTo(SocketCalls.O_RDWR);
        assertThat(calls.fcntl(fd, SocketCalls.F_SETFD, 0)).isZero();
        assertThat(calls.fcntl(fd, SocketCalls.F_GETFD, 0)).isZero();
        assertThat(calls.fcntl(fd, 1_234, 0)).isEqualTo(-SocketError.EINVAL.errno());
        assertThat(calls.epollCreate(1)).isEqualTo(-SocketError.EINVAL.errno());
    }

    @Test
    void namesOfBothEnds() {
        final long listener = listener();
        final long client = connected();
        final long server = calls.accept(listener, 0);
        assertThat(calls.peerName(client)).isEqualTo(SERVER);
        assertThat(calls.name(server)).isEqualTo(SERVER);
        assertThat(calls.peerName(server)).isEqualTo(calls.name(client)).isEqualTo(calls.acceptedFrom(server));
        assertThat(calls.peerName(listener)).isNull();
        assertThat(calls.nameError(listener)).isEqualTo(-SocketError.ENOTCONN.errno());
    }

    @Test
    void bytesGoBothWays() {
        final long listener = listener();
        final long client = connected();
        final long server = calls.accept(listener, 0);
        assertThat(send(client, "hello")).isEqualTo(5);
        awaitReadable(server);
        assertThat(receive(server, 3)).isEqualTo(3);
        assertThat(receive(server, 3)).isEqualTo(2);
        assertThat(receive(server, 3)).isEqualTo(-SocketError.EAGAIN.errno());
        assertThat(calls.shutdown(client, 1)).isZero();
        awaitReadable(server);
        assertThat(receive(server, 3)).isZero();
        assertThat(calls.shutdown(client, 3)).isEqualTo(-SocketError.EINVAL.errno());
        assertThat(send(client, "x")).isEqualTo(-SocketError.EPIPE.errno());
    }

    @Test
    void connectingToNobody() {
        final long fd = socket(STREAM);
        assertThat(calls.connect(fd, new Endpoint(SERVER.address(), 9))).isEqualTo(-SocketError.ECONNREFUSED.errno());
        assertThat(calls.bind(fd, new Endpoint(SERVER.address(), 10))).isZero();
        assertThat(calls.bind(fd, SERVER)).isEqualTo(-SocketError.EINVAL.errno());
    }
}
