package io.tapstack.socket.virtual;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.VirtualCable;
import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.PollEntry;
import io.tapstack.socket.PollEvents;
import io.tapstack.socket.SocketHandler;
import io.tapstack.socket.SocketLayer;
import io.tapstack.socket.StreamSocket;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.stack.WaitPoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Blocking calls of ordinary threads on stacks whose time is stepped by hand: exact to the nanosecond, and faster than
 * time.
 */
@Timeout(20)
final class VirtualTimeTest {

    private static final long MILLIS = 1_000_000;
    private static final long SECONDS = 1_000_000_000;
    private static final Endpoint SERVER = new Endpoint(IpAddress.parse("10.1.0.2"), 80);

    private final VirtualTime time = new VirtualTime(0);

    @BeforeEach
    void standStill() {
        time.join().begin();
    }

    @Test
    void waitsEndExactlyWhenTheyShould() throws Exception {
        final SocketLayer[] layers = connect(Impairment.NONE.withDelay(50 * MILLIS), 1);
        final StreamSocket listener = layers[1].stream();
        listener.bind(SERVER);
        listener.listen(1);
        final FutureTask<Long> serving = new FutureTask<>(() -> {
            final StreamSocket server = accept(listener);
            final long accepted = time.now();
            server.receiveTimeoutNanos(10 * SECONDS);
            assertThat(server.recv(ByteBuffer.allocate(1), 0)).isEqualTo(-11);
            assertThat(time.now() - accepted).isEqualTo(10 * SECONDS);
            server.receiveTimeoutNanos(0);
            assertThat(server.recv(ByteBuffer.allocate(1), 0)).isEqualTo(1);
            return time.now();
        });
        final FutureTask<Long> asking = new FutureTask<>(() -> {
            final StreamSocket client = layers[0].stream();
            final long start = time.now();
            assertThat(client.connect(SERVER)).isZero();
            assertThat(time.now() - start).isEqualTo(100 * MILLIS);
            assertThat(layers[0].poll(List.of(new PollEntry(client, PollEvents.POLLIN)), 60_000))
                    .isZero();
            client.send(ByteBuffer.allocate(1), 0);
            return time.now();
        });
        start(serving);
        start(asking);
        run(200 * SECONDS);
        assertThat(serving.get() - asking.get()).isEqualTo(50 * MILLIS);
    }

    @Test
    void aHandlerAnswersWithoutDelay() throws Exception {
        final SocketLayer[] layers = connect(Impairment.NONE.withDelay(50 * MILLIS), 1);
        final StreamSocket listener = layers[1].stream();
        listener.bind(SERVER);
        listener.listen(1);
        final ByteBuffer buffer = ByteBuffer.allocate(9);
        final SocketHandler<StreamSocket> echo = new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket socket) {
                if (socket.recv(buffer.clear(), 0) > 0) {
                    socket.send(buffer.flip(), 0);
                }
            }
        };
        listener.handler(new SocketHandler<>() {
            @Override
            public void readable(final StreamSocket socket) {
                try {
                    accept(socket).handler(echo);
                } catch (final SocketErrorException e) {
                    throw new AssertionError(e);
                }
            }
        });
        final FutureTask<Long> asking = new FutureTask<>(() -> {
            final StreamSocket client = layers[0].stream();
            assertThat(client.connect(SERVER)).isZero();
            final long start = time.now();
            client.send(ByteBuffer.allocate(1), 0);
            assertThat(client.recv(ByteBuffer.allocate(1), 0)).isEqualTo(1);
            return time.now() - start;
        });
        start(asking);
        run(10 * SECONDS);
        assertThat(asking.get()).isEqualTo(100 * MILLIS);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyByteArrivesOverABadCable(final long seed) throws Exception {
        final Impairment bad = Impairment.NONE
                .withDelay(5 * MILLIS)
                .withLoss(0.02)
                .withDuplication(0.02)
                .withReordering(0.02, 3 * MILLIS);
        final SocketLayer[] layers = connect(bad, seed);
        final byte[] content = new byte[300_000];
        new Random(seed).nextBytes(content);
        final StreamSocket listener = layers[1].stream();
        listener.bind(SERVER);
        listener.listen(1);
        final FutureTask<byte[]> receiving = new FutureTask<>(() -> {
            final StreamSocket server = accept(listener);
            final ByteBuffer target = ByteBuffer.allocate(content.length + 1);
            assertThat(server.recv(target, MessageFlags.MSG_WAITALL)).isEqualTo(content.length);
            assertThat(server.recv(target, 0)).isZero();
            server.close();
            return Arrays.copyOf(target.array(), target.position());
        });
        final FutureTask<Integer> sending = new FutureTask<>(() -> {
            final StreamSocket client = layers[0].stream();
            assertThat(client.connect(SERVER)).isZero();
            final int sent = client.send(ByteBuffer.wrap(content), 0);
            client.lingerSeconds(1_000);
            client.close();
            return sent;
        });
        start(receiving);
        start(sending);
        run(1_000 * SECONDS);
        assertThat(sending).as("seed %d: sending is over", seed).isDone();
        assertThat(sending.get()).isEqualTo(content.length);
        assertThat(receiving).as("seed %d: receiving is over", seed).isDone();
        assertThat(receiving.get()).isEqualTo(content);
    }

    /** Starts a thread that time waits for. */
    private void start(final Runnable work) throws InterruptedException {
        final Party party = time.join();
        final CountDownLatch begun = new CountDownLatch(1);
        final Thread thread = new Thread(() -> {
            party.begin();
            begun.countDown();
            work.run();
            party.leave();
        });
        thread.setDaemon(true);
        thread.start();
        begun.await();
    }

    private void run(final long untilNanos) throws InterruptedException {
        assertThat(time.run(() -> false, untilNanos)).isFalse();
        assertThat(time.now()).isEqualTo(untilNanos);
    }

    @Test
    void refusesTheWaitOfAThreadThatIsNoParty() throws Exception {
        final SocketLayer[] layers = connect(Impairment.NONE, 1);
        final FutureTask<Integer> connecting =
                new FutureTask<>(() -> layers[0].stream().connect(SERVER));
        new Thread(connecting, "stranger").start();
        assertThatThrownBy(connecting::get)
                .cause()
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("thread stranger")
                .hasMessageContaining("Party");
    }

    @Test
    void timeEndsWithTheLastEvent() throws Exception {
        final SocketLayer[] layers = connect(Impairment.NONE, 1);
        final StreamSocket listener = layers[1].stream();
        listener.bind(SERVER);
        listener.listen(1);
        listener.receiveTimeoutNanos(7 * SECONDS);
        final FutureTask<Boolean> waiting = new FutureTask<>(() -> listener.accept(0) == null);
        start(waiting);
        assertThat(time.run(() -> false, WaitPoint.NEVER)).isFalse();
        assertThat(waiting.get()).isTrue();
        assertThat(time.now()).isEqualTo(7 * SECONDS);
    }

    private SocketLayer[] connect(final Impairment impairment, final long seed) {
        final LinkCapabilities plain = LinkCapabilities.plain(LinkType.IP, 1_500);
        final VirtualCable cable = new VirtualCable(plain, plain, 1_000);
        return new SocketLayer[] {
            layer(cable.left(), "10.1.0.1/24", impairment, seed), layer(cable.right(), "10.1.0.2/24", impairment, -seed)
        };
    }

    private SocketLayer layer(
            final LinkDevice end, final String address, final Impairment impairment, final long seed) {
        final LinkDevice device = new ImpairedLink(end, impairment, Impairment.NONE, seed);
        final StackConfig config = StackConfig.of(InterfaceAddress.parse(address), new Random(seed));
        final NetworkStack stack = new NetworkStack(device, config, time.now());
        time.add(stack);
        return new SocketLayer(time, stack);
    }

    private static StreamSocket accept(final StreamSocket listener) throws SocketErrorException {
        final StreamSocket accepted = listener.accept(0);
        assertThat(accepted).isNotNull();
        return accepted;
    }
}
