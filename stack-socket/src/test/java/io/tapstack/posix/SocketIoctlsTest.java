package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.wire.Endpoint;
import org.junit.jupiter.api.Test;

/** Bytes that wait, and the urgent mark (tcp(7), udp(7), sockatmark(3)). */
class SocketIoctlsTest extends PosixTest {

    private static final long EINVAL = -SocketError.EINVAL.errno();

    @Test
    void bytesOfAStream() {
        final long listener = listener();
        final long client = connected();
        final long server = calls.accept(listener, 0);
        assertThat(calls.ioctl(server, SocketIoctls.FIONREAD)).isZero();
        send(client, "hello");
        awaitReadable(server);
        assertThat(calls.ioctl(server, SocketIoctls.FIONREAD)).isEqualTo(5);
        receive(server, 2);
        assertThat(calls.ioctl(server, SocketIoctls.FIONREAD)).isEqualTo(3);
        assertThat(calls.ioctl(client, SocketIoctls.SIOCOUTQNSD)).isZero();
        assertThat(calls.ioctl(server, SocketIoctls.SIOCATMARK)).isZero();
    }

    @Test
    void aListenerHasNone() {
        final long listener = listener();
        assertThat(calls.ioctl(listener, SocketIoctls.FIONREAD)).isEqualTo(EINVAL);
        assertThat(calls.ioctl(listener, SocketIoctls.SIOCOUTQ)).isEqualTo(EINVAL);
        assertThat(calls.ioctl(listener, SocketIoctls.SIOCOUTQNSD)).isEqualTo(EINVAL);
        assertThat(calls.ioctl(listener, SocketIoctls.SIOCATMARK)).isZero();
    }

    @Test
    void theNextDatagram() {
        final long receiver = socket(DATAGRAM);
        final Endpoint port = new Endpoint(SERVER.address(), 53);
        calls.bind(receiver, port);
        final long sender = socket(DATAGRAM);
        calls.connect(sender, port);
        send(sender, "one");
        send(sender, "seven");
        awaitReadable(receiver);
        assertThat(calls.ioctl(receiver, SocketIoctls.FIONREAD)).isEqualTo(3);
        receive(receiver, 10);
        assertThat(calls.ioctl(receiver, SocketIoctls.FIONREAD)).isEqualTo(5);
        assertThat(calls.ioctl(receiver, SocketIoctls.SIOCOUTQ)).isZero();
        assertThat(calls.ioctl(receiver, SocketIoctls.SIOCOUTQNSD)).isEqualTo(-LinuxErrno.ENOTTY);
    }

    @Test
    void othersAreNotForSockets() {
        assertThat(calls.ioctl(socket(STREAM), 0x5401)).isEqualTo(-LinuxErrno.ENOTTY);
        assertThat(calls.ioctl(socket(DATAGRAM), 0x5401)).isEqualTo(-LinuxErrno.ENOTTY);
    }
}
