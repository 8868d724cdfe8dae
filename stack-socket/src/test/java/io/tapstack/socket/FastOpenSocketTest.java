package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Fast Open (RFC 7413) by tcp(7) and send(2): TCP_FASTOPEN, TCP_FASTOPEN_CONNECT and MSG_FASTOPEN. */
final class FastOpenSocketTest extends TwoHostsTest {

    private static final int CONNECT = SocketOptions.TCP_FASTOPEN_CONNECT;

    private final StreamSocket listener = fastListener();

    private StreamSocket fastListener() {
        final StreamSocket made = listener(8);
        assertThat(made.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_FASTOPEN, 8))
                .isZero();
        return made;
    }

    private StreamSocket client() {
        final StreamSocket client = open(here.stream());
        assertThat(client.setOption(SocketOptions.IPPROTO_TCP, CONNECT, 1)).isZero();
        return client;
    }

    private void exchange(final StreamSocket client) throws SocketErrorException {
        final StreamSocket accepted = accept(listener);
        final ByteBuffer heard = ByteBuffer.allocate(100);
        assertThat(accepted.recv(heard, 0)).isEqualTo(5);
        assertThat(text(heard)).isEqualTo("hello");
        assertThat(accepted.send(bytes("world!"), 0)).isEqualTo(6);
        final ByteBuffer answer = ByteBuffer.allocate(100);
        assertThat(client.recv(answer, 0)).isEqualTo(6);
        assertThat(text(answer)).isEqualTo("world!");
    }

    private long fastOpens() {
        there.host().lock().lock();
        try {
            return there.host().stack().statistics().fastOpens;
        } finally {
            there.host().lock().unlock();
        }
    }

    private void learnCookie() throws SocketErrorException {
        final StreamSocket first = client();
        assertThat(first.connect(addressOf(listener))).isZero();
        assertThat(first.send(bytes("hello"), 0)).isEqualTo(5);
        exchange(first);
        assertThat(fastOpens()).isZero();
    }

    /**
     * The first connection gets a cookie; with it connect only notes the address, and the first bytes are sent with the
     * SYN.
     */
    @Test
    void connectIsPutOff() throws SocketErrorException {
        learnCookie();
        final StreamSocket second = client();
        assertThat(second.connect(addressOf(listener))).isZero();
        assertThat(second.remoteEndpoint()).isEqualTo(addressOf(listener));
        assertThat(eventsOf(second)).isEqualTo(PollEvents.WRITABLE);
        assertThat(second.connect(addressOf(listener))).isEqualTo(-SocketError.EISCONN.errno());
        assertThat(second.send(bytes("hello"), 0)).isEqualTo(5);
        exchange(second);
        assertThat(fastOpens()).isEqualTo(1);
    }

    /** A client without data connects when it receives. */
    @Test
    void receiveConnects() throws SocketErrorException {
        learnCookie();
        final StreamSocket second = client();
        assertThat(second.connect(addressOf(listener))).isZero();
        assertThat(second.recv(ByteBuffer.allocate(10), DONTWAIT)).isEqualTo(EAGAIN);
        final StreamSocket accepted = accept(listener);
        assertThat(accepted.send(bytes("hi"), 0)).isEqualTo(2);
        assertThat(second.recv(ByteBuffer.allocate(10), 0)).isEqualTo(2);
        // The cookie alone opens the connection, so that the server can send first.
        assertThat(fastOpens()).isEqualTo(1);
    }

    /** Closed before it has sent anything: no segment is sent. */
    @Test
    void closedBeforeItConnects() throws SocketErrorException {
        learnCookie();
        final StreamSocket second = client();
        assertThat(second.connect(addressOf(listener))).isZero();
        assertThat(second.close()).isZero();
        assertThat(listener.accept(DONTWAIT)).isNull();
    }

    /** sendto with MSG_FASTOPEN connects; without a cookie it waits for the handshake, with one it need not. */
    @Test
    void sendTo() throws SocketErrorException {
        final StreamSocket first = open(here.stream());
        assertThat(first.sendTo(bytes("hello"), MessageFlags.MSG_FASTOPEN, addressOf(listener)))
                .isEqualTo(5);
        exchange(first);
        final StreamSocket second = open(here.stream());
        second.nonBlocking(true);
        assertThat(second.sendTo(bytes("hello"), MessageFlags.MSG_FASTOPEN, addressOf(listener)))
                .isEqualTo(5);
        second.nonBlocking(false);
        exchange(second);
        assertThat(fastOpens()).isEqualTo(1);
        // The call that finds the pending result reports it in silence; then it is connected.
        assertThat(second.sendTo(bytes("x"), MessageFlags.MSG_FASTOPEN, addressOf(listener)))
                .isEqualTo(1);
        assertThat(second.sendTo(bytes("x"), MessageFlags.MSG_FASTOPEN, addressOf(listener)))
                .isEqualTo(-SocketError.EISCONN.errno());
        assertThat(second.send(bytes("x"), 0)).isEqualTo(1);
    }

    /** Without a cookie, and not waiting, the handshake that asks for one begins. */
    @Test
    void sendToWithoutWaiting() throws SocketErrorException {
        final StreamSocket first = open(here.stream());
        assertThat(first.sendTo(bytes("hello"), MessageFlags.MSG_FASTOPEN | DONTWAIT, addressOf(listener)))
                .isEqualTo(-SocketError.EINPROGRESS.errno());
        await(first, PollEvents.WRITABLE);
        assertThat(first.send(bytes("hello"), 0)).isEqualTo(5);
        exchange(first);
    }

    /** Without cookies on either side the first connection of all sends its bytes with the SYN. */
    @Test
    void withoutCookies() throws SocketErrorException {
        assertThat(listener.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_FASTOPEN_NO_COOKIE, 1))
                .isZero();
        final StreamSocket client = client();
        assertThat(client.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_FASTOPEN_NO_COOKIE, 1))
                .isZero();
        assertThat(client.connect(addressOf(listener))).isZero();
        assertThat(client.send(bytes("hello"), 0)).isEqualTo(5);
        exchange(client);
        assertThat(fastOpens()).isEqualTo(1);
    }

    /** Bytes that do not fit a SYN follow by themselves. */
    @Test
    void muchData() throws SocketErrorException {
        learnCookie();
        final StreamSocket second = client();
        assertThat(second.connect(addressOf(listener))).isZero();
        assertThat(second.send(ByteBuffer.allocate(200_000), 0)).isEqualTo(200_000);
        final StreamSocket accepted = accept(listener);
        assertThat(accepted.recv(ByteBuffer.allocate(200_000), MessageFlags.MSG_WAITALL))
                .isEqualTo(200_000);
        assertThat(fastOpens()).isEqualTo(1);
    }
}
