package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** {@code epoll(7)} on stream sockets. */
final class EventPollTest extends TwoHostsTest {

    private static final int IN = PollEvents.POLLIN;
    private static final int OUT = PollEvents.POLLOUT;

    private final List<EventPoll.Event> found = new ArrayList<>();

    @Test
    void levelTriggered() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        final EventPoll poll = new EventPoll(server.host);
        assertThat(poll.add(server, IN, 7)).isZero();
        assertThat(poll.await(found, 9, 0)).isZero();
        client.send(bytes("xy"), 0);
        for (int i = 1; i <= 2; i++) {
            assertThat(poll.await(found, 9, -1)).isEqualTo(1);
            assertThat(found).hasSize(i).containsOnly(new EventPoll.Event(IN, 7));
        }
        server.recv(ByteBuffer.allocate(9), 0);
        assertThat(poll.await(found, 9, 0)).isZero();
    }

    @Test
    void edgeTriggered() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        final EventPoll poll = new EventPoll(server.host);
        poll.add(server, IN | EventPoll.EPOLLET, 1);
        client.send(bytes("x"), 0);
        assertThat(poll.await(found, 9, -1)).isEqualTo(1);
        assertThat(poll.await(found, 9, 0)).isZero();
        client.send(bytes("y"), 0);
        assertThat(poll.await(found, 9, -1)).isEqualTo(1);
        assertThat(server.availableBytes()).isEqualTo(2);
    }

    @Test
    void aListenerThatIsAskedForOnce() throws SocketErrorException {
        final StreamSocket listener = listener(5);
        final EventPoll poll = new EventPoll(listener.host);
        poll.add(listener, IN | EventPoll.EPOLLONESHOT, 1);
        connect(listener);
        assertThat(poll.await(found, 9, -1)).isEqualTo(1);
        connect(listener);
        assertThat(poll.await(found, 9, 0)).isZero();
        assertThat(poll.modify(listener, IN, 2)).isZero();
        assertThat(poll.await(found, 9, 0)).isEqualTo(1);
        assertThat(found.get(1).data()).isEqualTo(2);
    }

    @Test
    void membership() {
        final StreamSocket socket = open(here.stream());
        final EventPoll poll = new EventPoll(socket.host);
        assertThat(poll.modify(socket, IN, 0)).isEqualTo(-SocketError.ENOENT.errno());
        assertThat(poll.remove(socket)).isEqualTo(-SocketError.ENOENT.errno());
        assertThat(poll.add(socket, OUT, 0)).isZero();
        assertThat(poll.add(socket, OUT, 0)).isEqualTo(-SocketError.EEXIST.errno());
        assertThat(poll.await(found, 0, 0)).isEqualTo(-SocketError.EINVAL.errno());
        assertThat(poll.await(found, 1, 0)).isEqualTo(1);
        socket.close();
        assertThat(poll.await(found, 1, 0)).as("a closed socket").isZero();
        assertThat(poll.add(socket, OUT, 0)).isEqualTo(-SocketError.EBADF.errno());
    }

    @Test
    void closingEndsAWait() throws Exception {
        final EventPoll poll = new EventPoll(open(here.stream()).host);
        final FutureTask<Integer> waiting = new FutureTask<>(() -> poll.await(found, 1, -1));
        new Thread(waiting).start();
        poll.close();
        assertThat(waiting.get()).isEqualTo(-SocketError.EBADF.errno());
    }
}
