package io.tapstack.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.error.SocketError;
import io.tapstack.link.Impairment;
import io.tapstack.socket.DatagramSocket;
import io.tapstack.socket.PeerAddress;
import io.tapstack.socket.SocketHandler;
import io.tapstack.socket.TapDatagramSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import io.tapstack.tcp.congestion.AckSample;
import io.tapstack.tcp.congestion.CongestionControls;
import io.tapstack.tcp.congestion.LossBasedControl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A network in memory in virtual time: exact to the nanosecond, equal for equal seeds, and faster than real time. */
@Timeout(60)
final class VirtualNetworkTest {

    private static final long MILLIS = 1_000_000;
    private static final Impairment BAD = Impairment.NONE
            .withDelay(5 * MILLIS)
            .withJitter(MILLIS)
            .withLoss(0.03)
            .withDuplication(0.02)
            .withReordering(0.03, 3 * MILLIS)
            .withRate(2_000_000, 64_000);

    @Test
    void takesExactlyTheTimeOfTheFrames() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .impairment(Impairment.NONE.withDelay(50 * MILLIS))
                        .build();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(7)) {
            final Activity echo = network.start("echo", () -> {
                try (TapSocket peer = listener.accept()) {
                    peer.input().transferTo(peer.output());
                }
            });
            try (TapSocket socket = client.connect("10.0.0.1", 7)) {
                // Two round trips: one of ARP, one of the handshake.
                assertThat(network.elapsed()).isEqualTo(Duration.ofMillis(200));
                socket.output().write(42);
                assertThat(socket.input().read()).isEqualTo(42);
                assertThat(network.elapsed()).isEqualTo(Duration.ofMillis(300));
                network.sleep(Duration.ofHours(1));
                assertThat(network.elapsed()).isEqualTo(Duration.ofHours(1).plusMillis(300));
                socket.soTimeout(7_000);
                assertThatThrownBy(() -> socket.input().read()).isInstanceOf(SocketTimeoutException.class);
                assertThat(network.elapsed()).isEqualTo(Duration.ofHours(1).plusMillis(7_300));
            }
            echo.join();
        }
    }

    /** Three clients at once, over bad paths, with a partition in the middle: each run has the same frames. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void runsTheSameForTheSameSeed(final long seed, @TempDir final Path folder) throws Exception {
        final List<String> first = run(seed, folder.resolve("first"));
        final List<String> second = run(seed, folder.resolve("second"));
        final List<String> other = run(seed + 100, folder.resolve("other"));
        assertThat(second).isEqualTo(first);
        assertThat(folder.resolve("second")).hasSameBinaryContentAs(folder.resolve("first"));
        assertThat(other).isNotEqualTo(first);
        assertThat(Files.mismatch(folder.resolve("other"), folder.resolve("first")))
                .isNotNegative();
    }

    private static List<String> run(final long seed, final Path capture) throws Exception {
        final List<String> events = new ArrayList<>();
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .seed(seed)
                        .impairment(BAD)
                        .build();
                Host server = network.host("server")
                        .address("10.0.0.1/24")
                        .capture(capture)
                        .start();
                TapServerSocket listener = server.listen(80)) {
            final List<Activity> clients = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                final String name = "client " + i;
                final Host host =
                        network.host(name).address("10.0.0." + (2 + i) + "/24").start();
                clients.add(network.start(name, () -> {
                    try (TapSocket socket = host.connect("10.0.0.1", 80)) {
                        final byte[] content = new byte[200_000];
                        new Random(seed).nextBytes(content);
                        socket.output().write(content);
                        socket.shutdownOutput();
                        assertThat(socket.input().readAllBytes()).isEqualTo(content);
                    }
                    events.add(network.elapsed() + " " + name);
                }));
                network.start("server of " + name, () -> {
                    try (TapSocket peer = listener.accept()) {
                        events.add(network.elapsed() + " accepted " + peer.remoteAddress());
                        peer.input().transferTo(peer.output());
                    }
                });
            }
            network.start("faults", () -> {
                network.sleep(Duration.ofMillis(100));
                network.partition("server", "client 1");
                network.sleep(Duration.ofSeconds(3));
                network.heal();
            });
            for (final Activity client : clients) {
                client.join();
            }
            events.add(network.statistics("server").toString());
        }
        return events;
    }

    @Test
    void outlastsAPartitionByRetransmitting() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(80);
                TapSocket socket = client.connect("10.0.0.1", 80);
                TapSocket peer = listener.accept()) {
            network.partition("server", "client");
            socket.output().write(1);
            peer.soTimeout(60_000);
            assertThatThrownBy(() -> peer.input().read()).isInstanceOf(SocketTimeoutException.class);
            network.heal();
            peer.soTimeout(0);
            assertThat(peer.input().read()).isEqualTo(1);
            assertThat((long) client.look(stack -> stack.statistics().retransmissionTimeouts))
                    .isPositive();
        }
    }

    @Test
    void cutsOneDirectionAlone() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host a = network.host("a").address("10.0.0.1/24").start();
                Host b = network.host("b").address("10.0.0.2/24").start();
                TapDatagramSocket atA = a.datagrams(9);
                TapDatagramSocket atB = b.datagrams(9)) {
            final InetSocketAddress toA = new InetSocketAddress(a.address(), 9);
            final InetSocketAddress toB = new InetSocketAddress(b.address(), 9);
            final ByteBuffer target = ByteBuffer.allocate(1);
            atA.send(ByteBuffer.allocate(1), toB);
            atB.receive(target.clear());
            network.partitionOneWay("a", "b");
            atB.send(ByteBuffer.allocate(1), toA);
            atA.receive(target.clear());
            atA.send(ByteBuffer.allocate(1), toB);
            atB.soTimeout(1_000);
            assertThatThrownBy(() -> atB.receive(target.clear())).isInstanceOf(SocketTimeoutException.class);
            assertThat(network.statistics("b").cut()).isEqualTo(1);
        }
    }

    @Test
    void changesAPathWhileItIsUsed() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host a = network.host("a").address("10.0.0.1/24").start();
                Host b = network.host("b").address("10.0.0.2/24").start();
                TapDatagramSocket atA = a.datagrams(9);
                TapDatagramSocket atB = b.datagrams(9)) {
            final InetSocketAddress toB = new InetSocketAddress(b.address(), 9);
            atA.send(ByteBuffer.allocate(1), toB);
            atB.receive(ByteBuffer.allocate(1));
            network.impair("a", "b", Impairment.NONE.withDelay(30 * MILLIS));
            final Duration before = network.elapsed();
            atA.send(ByteBuffer.allocate(1), toB);
            atB.receive(ByteBuffer.allocate(1));
            assertThat(network.elapsed().minus(before)).isEqualTo(Duration.ofMillis(30));
        }
    }

    /** A handler runs in the turn of whichever thread lets time go on. */
    @Test
    void callsHandlersAtTheTimeOfTheirFrames() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .impairment(Impairment.NONE.withDelay(50 * MILLIS))
                        .build();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapDatagramSocket questions = client.datagrams()) {
            final ByteBuffer message = ByteBuffer.allocate(10);
            final PeerAddress asker = new PeerAddress();
            final DatagramSocket service = server.datagrams(7).socket();
            service.handler(new SocketHandler<>() {
                @Override
                public void readable(final DatagramSocket socket) {
                    while (socket.recvFrom(message.clear(), 0, asker) > 0) {
                        socket.sendTo(message.flip(), 0, asker.endpoint());
                    }
                }
            });
            questions.connect(new InetSocketAddress(server.address(), 7));
            questions.send(ByteBuffer.wrap(new byte[] {1, 2, 3}), null);
            final ByteBuffer answer = ByteBuffer.allocate(10);
            questions.receive(answer);
            assertThat(answer.position()).isEqualTo(3);
            // One round trip of ARP, one of the datagrams.
            assertThat(network.elapsed()).isEqualTo(Duration.ofMillis(200));
        }
    }

    @Test
    void letsAnInterruptEndAWaitAtThatTime() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host host = network.host("host").address("10.0.0.1/24").start();
                TapServerSocket listener = host.listen(7)) {
            final Activity sleeping = network.start("sleeping", () -> network.sleep(Duration.ofHours(1)));
            final Activity accepting = network.start("accepting", listener::accept);
            network.sleep(Duration.ofSeconds(1));
            sleeping.interrupt();
            accepting.interrupt();
            assertThatThrownBy(sleeping::join).hasCauseInstanceOf(InterruptedException.class);
            assertThatThrownBy(accepting::join).hasCauseInstanceOf(ClosedByInterruptException.class);
            assertThat(network.elapsed()).isEqualTo(Duration.ofSeconds(1));
            assertThat(listener.isClosed()).isTrue();
        }
    }

    /** TCP_CONGESTION knows the congestion control of a factory, on sockets and on accepted connections. */
    @Test
    void usesACongestionControlOfOnesOwn() throws Exception {
        final CongestionControls own = CongestionControls.BUILT_IN.with("half", HalfAsMuch::new);
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .seed(1)
                        .impairment(BAD)
                        .build();
                Host server = network.host("server")
                        .address("10.0.0.1/24")
                        .tcp(tcp -> tcp.congestionControls(own))
                        .start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(80);
                TapSocket socket = client.connect(server.address(), 80);
                TapSocket peer = listener.accept()) {
            assertThat(peer.socket().congestionControl()).isEqualTo("cubic");
            assertThat(peer.socket().congestionControl("half")).isZero();
            assertThat(peer.socket().congestionControl()).isEqualTo("half");
            assertThat(socket.socket().congestionControl("half")).isEqualTo(-SocketError.ENOENT.errno());
            network.start("sending", () -> {
                peer.output().write(new byte[200_000]);
                assertThat(peer.socket().congestionControl("reno")).isZero();
                assertThat(peer.socket().congestionControl("half")).isZero();
                peer.output().write(new byte[200_000]);
                peer.close();
            });
            assertThat(socket.input().readAllBytes()).hasSize(400_000);
        }
    }

    private static final class HalfAsMuch extends LossBasedControl {

        @Override
        public String name() {
            return "half";
        }

        @Override
        protected int congestionAvoidance(final AckSample ack) {
            return ack.ackedBytes / 2;
        }

        @Override
        protected int reduced(final int flight) {
            return Math.max(flight / 2, 2 * mss());
        }
    }

    // ---- Refused calls and waits

    @Test
    void refusesAThreadThatTakesNoPart() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host server = network.host("server").address("10.0.0.1/24").start()) {
            final FutureTask<TapServerSocket> listening = new FutureTask<>(() -> server.listen(80));
            new Thread(listening, "stranger").start();
            assertThatThrownBy(listening::get)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("thread stranger")
                    .hasMessageContaining("MemoryNetwork.start");
        }
    }

    @Test
    void saysWhenNothingMoreWillHappen() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(7);
                Host server = network.host("server").address("10.0.0.1/24").start();
                TapServerSocket listener = server.listen(80)) {
            final Activity accepting = network.start("accepting", listener::accept);
            assertThatThrownBy(accepting::join)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no frame is on its way")
                    .hasMessageContaining("accepting")
                    .hasMessageContaining(Thread.currentThread().getName());
        }
    }

    @Test
    void saysWhenTimeRunsOut() {
        assertThatThrownBy(() -> {
                    try (MemoryNetwork network = MemoryNetwork.builder()
                            .virtualTime()
                            .timeLimit(Duration.ofMinutes(1))
                            .build()) {
                        network.sleep(Duration.ofMinutes(2));
                    }
                })
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("limit of 60 s");
    }

    /** A latch of java.util.concurrent: the thread whose turn it is waits for one that needs the turn. */
    @Test
    void saysWhenAThreadWaitsOutside() throws Exception {
        final CountDownLatch never = new CountDownLatch(1);
        try (MemoryNetwork network = MemoryNetwork.builder()
                .virtualTime()
                .patience(Duration.ofMillis(100))
                .build()) {
            network.start("counting down", () -> {
                try {
                    network.sleep(Duration.ofSeconds(1));
                } finally {
                    never.countDown();
                }
            });
            // Enough in real time.
            never.await();
            assertThatThrownBy(() -> network.sleep(Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("thread " + Thread.currentThread().getName())
                    .hasMessageContaining("waits outside of the network")
                    .hasMessageContaining("saysWhenAThreadWaitsOutside");
        } catch (final ActivityFailure e) {
            assertThat(e).hasMessageContaining("counting down");
        }
    }

    // ---- The end

    @Test
    void endsActivitiesThatWaitInSockets() throws Exception {
        final List<Activity> waiting = new ArrayList<>();
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1)) {
            final Host server = network.host("server").address("10.0.0.1/24").start();
            final TapServerSocket listener = server.listen(7);
            for (int i = 0; i < 3; i++) {
                waiting.add(network.start("waiting " + i, listener::accept));
            }
            network.sleep(Duration.ofSeconds(1));
        }
        for (final Activity activity : waiting) {
            assertThat(activity.isDone()).isTrue();
            assertThatThrownBy(activity::join)
                    .isInstanceOf(ActivityFailure.class)
                    .hasCauseInstanceOf(SocketException.class);
        }
    }

    @Test
    void tellsWithItsSeedWhatAnActivityThrew() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(4711)) {
            final Activity activity = network.start("worker", () -> {
                network.sleep(Duration.ofSeconds(1));
                throw new IOException("out of cheese");
            });
            assertThatThrownBy(activity::join)
                    .isInstanceOf(ActivityFailure.class)
                    .hasMessageContaining("worker")
                    .hasMessageContaining("seed 4711, PT1S")
                    .hasRootCauseMessage("out of cheese");
        }
    }

    @Test
    void deliversBeforeTheHostEnds() throws Exception {
        final byte[] content = new byte[100_000];
        Arrays.fill(content, (byte) 7);
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .virtualTime()
                        .impairment(Impairment.NONE.withDelay(20 * MILLIS))
                        .build();
                Host server = network.host("server").address("10.0.0.1/24").start();
                TapServerSocket listener = server.listen(7)) {
            network.start("sending", () -> {
                try (Host client = network.host("client").address("10.0.0.2/24").start();
                        TapSocket socket = client.connect(server.address(), 7)) {
                    socket.output().write(content);
                }
            });
            try (TapSocket peer = listener.accept()) {
                assertThat(peer.input().readAllBytes()).isEqualTo(content);
            }
        }
    }

    /** A FIN, and then a reset because the host is gone: Linux and the JDK read the data and the end. */
    @Test
    void readsAStreamThatWasCompleteBeforeTheHostEnded() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(7);
                TapSocket socket = client.connect("10.0.0.1", 7);
                TapSocket peer = listener.accept()) {
            socket.output().write(new byte[] {1, 2, 3});
            socket.close();
            network.sleep(Duration.ofSeconds(1));
            client.close();
            network.sleep(Duration.ofSeconds(1));
            assertThat(peer.input().readAllBytes()).containsExactly(1, 2, 3);
        }
    }

    @Test
    void endsAHostWhoseDeviceFails() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inVirtualTime(1);
                Host a = network.host("a")
                        .address("10.0.0.1/24")
                        .decorate(FailingLink::new)
                        .start();
                TapDatagramSocket socket = a.datagrams()) {
            a.look(stack -> {
                ((FailingLink) stack.device()).fail();
                return stack;
            });
            assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1)))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("the cable is pulled");
            assertThat(a.failure()).hasMessage("the cable is pulled");
        }
    }
}
