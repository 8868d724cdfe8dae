package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Applications that are called by the stack. */
final class SocketHandlerTest extends TwoHostsTest {

    /** The calls of handlers, in order. */
    private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

    @Test
    void answersInTheThreadOfTheStack() throws Exception {
        final StreamSocket listener = listener(5);
        serve(listener, new Echo());
        final StreamSocket client = connect(listener);
        for (int i = 0; i < 3; i++) {
            client.send(bytes("ping"), 0);
            final ByteBuffer answer = ByteBuffer.allocate(4);
            assertThat(client.recv(answer, MessageFlags.MSG_WAITALL)).isEqualTo(4);
            assertThat(text(answer)).isEqualTo("ping");
        }
        assertThat(seen.take()).isEqualTo("stack 10.1.0.2/24");
        client.shutdown(Shutdown.OUTPUT);
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isZero();
    }

    /** More bytes than all buffers hold return without a waiting thread: refused bytes are sent when there is room. */
    @Test
    void isToldOfRoomAfterARefusal() throws Exception {
        final StreamSocket listener = listener(1);
        serve(listener, new Echo());
        final StreamSocket client = connect(listener);
        final byte[] content = new byte[20_000_000];
        new Random(7).nextBytes(content);
        final FutureTask<Integer> sending = new FutureTask<>(() -> client.send(ByteBuffer.wrap(content), 0));
        final ByteBuffer echoed = ByteBuffer.allocate(content.length);
        startAndWait(sending);
        assertThat(client.recv(echoed, MessageFlags.MSG_WAITALL)).isEqualTo(content.length);
        assertThat(sending.get()).isEqualTo(content.length);
        assertThat(Arrays.equals(echoed.array(), content)).isTrue();
    }

    @Test
    void isToldAtOnceOfWhatIsThere() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        client.send(bytes("x"), 0);
        await(server, PollEvents.POLLIN);
        server.handler(noting("server"));
        assertThat(seen.take()).isEqualTo("server readable");
        assertThat(seen.take()).isEqualTo("server writable");
    }

    @Test
    void learnsOfAConnectionThatIsEstablished() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = open(here.stream());
        client.nonBlocking(true);
        assertThat(client.connect(addressOf(listener))).isEqualTo(-SocketError.EINPROGRESS.errno());
        client.handler(noting("client"));
        assertThat(seen.take()).isEqualTo("client writable");
        assertThat(client.connect(addressOf(listener))).isZero();
    }

    @Test
    void learnsOfAConnectionThatIsRefused() throws Exception {
        final StreamSocket client = open(here.stream());
        client.nonBlocking(true);
        final CountDownLatch told = new CountDownLatch(1);
        client.handler(new SocketHandler<>() {
            @Override
            public void writable(final StreamSocket socket) {
                final int error = pendingError(socket);
                if (error != 0) {
                    seen.add(error);
                    told.countDown();
                }
            }
        });
        client.connect(new Endpoint(hosts.get(1).endpoint.address(), 9));
        told.await();
        assertThat(seen).containsExactly(SocketError.ECONNREFUSED.errno());
    }

    @Test
    void noCallWaitsInside() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        server.handler(new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket socket) {
                try {
                    seen.add(socket.recv(ByteBuffer.allocate(9), MessageFlags.MSG_WAITALL));
                    seen.add(socket.recv(ByteBuffer.allocate(9), 0));
                    final StreamSocket none = listener.accept(0);
                    seen.add(none == null ? "none to accept" : "one");
                    seen.add(there.poll(List.of(new PollEntry(socket, PollEvents.POLLIN)), -1));
                    final StreamSocket other = there.stream();
                    seen.add(other.connect(new Endpoint(hosts.get(0).endpoint.address(), 9)));
                } catch (final SocketErrorException e) {
                    seen.add(e);
                }
            }
        });
        client.send(bytes("x"), 0);
        assertThat(seen.take()).isEqualTo(1);
        assertThat(seen.take()).isEqualTo(EAGAIN);
        assertThat(seen.take()).isEqualTo("none to accept");
        assertThat(seen.take()).isEqualTo(0);
        assertThat(seen.take()).isEqualTo(-SocketError.EINPROGRESS.errno());
    }

    @Test
    void otherThreadsStillWaitAsTheyLike() throws Exception {
        final StreamSocket listener = listener(2);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        server.handler(noting("server"));
        final FutureTask<Integer> reading = new FutureTask<>(() -> server.recv(ByteBuffer.allocate(1), 0));
        startAndWait(reading);
        client.send(bytes("x"), 0);
        assertThat(reading.get()).isEqualTo(1);
    }

    @Test
    void oneThatThrowsLosesItsSocketAlone() throws Exception {
        final StreamSocket listener = listener(2);
        final StreamSocket failing = connect(listener);
        final StreamSocket failingServer = accept(listener);
        failingServer.handler(new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket socket) {
                throw new IllegalStateException("a handler fails, for this test");
            }
        });
        final StreamSocket other = connect(listener);
        accept(listener).handler(new Echo());
        failing.send(bytes("x"), 0);
        assertThat(failing.recv(ByteBuffer.allocate(1), 0)).isEqualTo(-SocketError.ECONNRESET.errno());
        assertThat(failingServer.isClosed()).isTrue();
        other.send(bytes("y"), 0);
        assertThat(other.recv(ByteBuffer.allocate(1), 0)).isEqualTo(1);
    }

    @Test
    void isNotCalledAnyMoreOnceRemovedReplacedOrClosed() throws Exception {
        final StreamSocket listener = listener(2);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        server.handler(noting("first"));
        assertThat(seen.take()).isEqualTo("first writable");
        server.handler(noting("second"));
        assertThat(seen.take()).isEqualTo("second writable");
        client.send(bytes("x"), 0);
        assertThat(seen.take()).isEqualTo("second readable");
        server.removeHandler();
        assertThat(server.isWatched()).isFalse();
        client.send(bytes("y"), 0);
        server.recv(ByteBuffer.allocate(2), MessageFlags.MSG_WAITALL);
        server.handler(noting("third"));
        assertThat(seen.take()).isEqualTo("third writable");
        server.close();
        client.send(bytes("z"), 0);
        server.handler(noting("fourth"));
        ping();
        assertThat(seen).isEmpty();
    }

    @Test
    void mayCloseItsSocketAndGetsNoFurtherCall() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        server.handler(new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket socket) {
                seen.add("readable");
                socket.close();
            }

            @Override
            public void writable(final StreamSocket socket) {
                seen.add("writable");
            }
        });
        assertThat(seen.take()).isEqualTo("writable");
        client.shutdown(Shutdown.OUTPUT);
        assertThat(client.recv(ByteBuffer.allocate(1), 0)).isZero();
        assertThat(seen).containsExactly("readable");
    }

    @Test
    void learnsOfTheStacksEnd() throws Exception {
        final StreamSocket listener = listener(1);
        connect(listener);
        final StreamSocket server = accept(listener);
        hosts.get(1).driver.close();
        server.handler(noting("late"));
        assertThat(seen.take()).isEqualTo("late readable");
        assertThat(seen.take()).isEqualTo("late writable");
        assertThat(server.recv(ByteBuffer.allocate(1), 0)).isEqualTo(-SocketError.ENETDOWN.errno());
    }

    @Test
    void learnsOfTheEndWhileItWaits() throws Exception {
        final StreamSocket listener = listener(1);
        listener.handler(noting("listener"));
        hosts.get(1).driver.close();
        assertThat(seen.take()).isEqualTo("listener readable");
    }

    @Test
    void answersDatagrams() {
        final DatagramSocket server = open(there.datagram());
        server.bind(Endpoint.anyIpv4(7));
        server.handler(new SocketHandler<>() {
            @Override
            public void readable(final DatagramSocket socket) {
                final PeerAddress sender = new PeerAddress();
                final ByteBuffer buffer = ByteBuffer.allocate(100);
                while (socket.recvFrom(buffer.clear(), 0, sender) >= 0) {
                    socket.sendTo(buffer.flip(), 0, sender.endpoint());
                }
            }
        });
        final DatagramSocket client = open(here.datagram());
        assertThat(client.connect(addressOf(server))).isZero();
        for (int i = 0; i < 3; i++) {
            client.send(bytes("ping"), 0);
            final ByteBuffer answer = ByteBuffer.allocate(9);
            assertThat(client.recv(answer, 0)).isEqualTo(4);
            assertThat(text(answer)).isEqualTo("ping");
        }
    }

    // ---- Means

    /** Echoes, at the pace at which the peer takes the bytes. */
    private final class Echo implements SocketHandler<StreamSocket> {

        private final ByteBuffer pending = ByteBuffer.allocateDirect(100_000).limit(0);

        @Override
        public void readable(final StreamSocket socket) {
            seen.add(Thread.currentThread().getName());
            while (!pending.hasRemaining()) {
                final int received = socket.recv(pending.clear(), 0);
                pending.flip();
                if (received == EAGAIN) {
                    return;
                }
                if (received <= 0) {
                    socket.close();
                    return;
                }
                socket.send(pending, 0);
            }
        }

        @Override
        public void writable(final StreamSocket socket) {
            if (pending.hasRemaining()) {
                socket.send(pending, 0);
                readable(socket);
            }
        }
    }

    /** Gives {@code handler} to every connection of {@code listener}. */
    private void serve(final StreamSocket listener, final SocketHandler<StreamSocket> handler) {
        listener.handler(new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket socket) {
                for (StreamSocket next = next(socket); next != null; next = next(socket)) {
                    next.handler(handler);
                }
            }
        });
    }

    private static @Nullable StreamSocket next(final StreamSocket listener) {
        try {
            return listener.accept(0);
        } catch (final SocketErrorException e) {
            throw new AssertionError(e);
        }
    }

    /** Notes its calls, and reads all bytes. */
    private SocketHandler<StackSocket> noting(final String name) {
        return new SocketHandler<>() {
            @Override
            public void readable(final StackSocket socket) {
                seen.add(name + " readable");
                if (socket instanceof StreamSocket) {
                    socket.recv(ByteBuffer.allocate(100), MessageFlags.MSG_PEEK);
                }
            }

            @Override
            public void writable(final StackSocket socket) {
                seen.add(name + " writable");
            }
        };
    }

    /** Returns when both stacks have handled the bytes sent before. */
    private void ping() throws SocketErrorException {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        accept(listener).send(bytes("x"), 0);
        client.recv(ByteBuffer.allocate(1), 0);
    }
}
