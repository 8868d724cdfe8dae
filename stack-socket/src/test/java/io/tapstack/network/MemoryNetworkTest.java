package io.tapstack.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.link.Impairment;
import io.tapstack.socket.TapDatagramSocket;
import io.tapstack.socket.TapServerSocket;
import io.tapstack.socket.TapSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Hosts with threads of their own on a network in memory, in real time. */
@Timeout(60)
final class MemoryNetworkTest {

    private static final int MEBIBYTE = 1 << 20;

    @Test
    void carriesALineThereAndBack() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(7)) {
            final Activity echo = network.start("echo", () -> {
                try (TapSocket peer = listener.accept()) {
                    peer.input().transferTo(peer.output());
                }
            });
            try (TapSocket socket = client.connect("10.0.0.1", 7)) {
                socket.output().write("hello".getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                assertThat(socket.input().readAllBytes()).asString().isEqualTo("hello");
            }
            echo.join();
            assertThat(server.failure()).isNull();
            assertThat(network.statistics("server").delivered()).isPositive();
            assertThat(network.statistics("server").overflowed()).isZero();
        }
    }

    /** The transfer that a VirtualCable under two drivers ended in "tailroom of 190 bytes is too small". */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void carriesTwoHundredMebibytesBothWaysAtOnce(final boolean offload) throws Exception {
        final int mebibytes = Integer.getInteger("tapstack.test.mebibytes", 24);
        final MemoryNetwork.Builder builder = MemoryNetwork.builder();
        try (MemoryNetwork network = (offload ? builder.offload() : builder).build();
                Host left = network.host("left").address("10.0.0.1/24").start();
                Host right = network.host("right").address("10.0.0.2/24").start();
                TapServerSocket listener = left.listen(80)) {
            final Activity server = network.start("server", () -> {
                try (TapSocket peer = listener.accept()) {
                    exchange(network, peer, mebibytes);
                }
            });
            try (TapSocket socket = right.connect(left.address(), 80)) {
                exchange(network, socket, mebibytes);
            }
            server.join();
            assertThat(left.failure()).isNull();
            assertThat(right.failure()).isNull();
            assertThat(network.statistics("left").overflowed()).isZero();
        }
    }

    /** Sends and receives a pattern at the same time. */
    private static void exchange(final MemoryNetwork network, final TapSocket socket, final int mebibytes)
            throws Exception {
        final Activity sending = network.start("sending", () -> {
            final OutputStream output = socket.output();
            for (int i = 0; i < mebibytes; i++) {
                output.write(pattern(i));
            }
            socket.shutdownOutput();
        });
        final InputStream input = socket.input();
        for (int i = 0; i < mebibytes; i++) {
            assertThat(input.readNBytes(MEBIBYTE)).isEqualTo(pattern(i));
        }
        assertThat(input.read()).isEqualTo(-1);
        sending.join();
    }

    private static byte[] pattern(final int number) {
        final byte[] bytes = new byte[MEBIBYTE];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31 + number + (i >> 11));
        }
        return bytes;
    }

    /** Faults come from a thread of their own, while those of the hosts use the same paths. */
    @Test
    void losesNoByteWhileItsPathsChange() throws Exception {
        final AtomicBoolean over = new AtomicBoolean();
        final MemoryNetwork network = MemoryNetwork.builder().seed(1).build();
        try (network;
                Host left = network.host("left").address("10.0.0.1/24").start();
                Host right = network.host("right").address("10.0.0.2/24").start();
                TapServerSocket listener = left.listen(80)) {
            final Activity server = network.start("server", () -> {
                try (TapSocket peer = listener.accept()) {
                    exchange(network, peer, 4);
                }
            });
            final Activity faults = network.start("faults", () -> {
                final SplittableRandom random = new SplittableRandom(network.seed());
                for (int round = 0; !over.get(); round++) {
                    network.impair(
                            "left",
                            "right",
                            Impairment.NONE
                                    .withDelay(random.nextInt(500_000))
                                    .withLoss(0.01)
                                    .withDuplication(0.01)
                                    .withReordering(0.01, 200_000));
                    if (round % 100 == 99) {
                        network.partitionOneWay("left", "right");
                        network.heal();
                    }
                    network.sleep(Duration.ofMillis(1));
                }
            });
            try (TapSocket socket = right.connect(left.address(), 80)) {
                exchange(network, socket, 4);
            }
            server.join();
            over.set(true);
            faults.join();
            assertThat(left.failure()).isNull();
            assertThat(right.failure()).isNull();
            assertThat(network.statistics("right").lost()).isPositive();
        }
        assertThat(network.regionsInUse()).isZero();
    }

    @Test
    void carriesABroadcastToAllHosts() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host a = network.host("a").address("10.0.0.1/24").start();
                Host b = network.host("b").address("10.0.0.2/24").start();
                Host c = network.host("c").address("10.0.0.3/24").start();
                TapDatagramSocket atA = a.datagrams();
                TapDatagramSocket atB = b.datagrams(9);
                TapDatagramSocket atC = c.datagrams(9)) {
            atA.broadcast(true);
            atA.send(ByteBuffer.wrap(new byte[] {42}), new InetSocketAddress("10.0.0.255", 9));
            for (final TapDatagramSocket receiver : new TapDatagramSocket[] {atB, atC}) {
                final ByteBuffer target = ByteBuffer.allocate(10);
                assertThat(receiver.receive(target).getAddress()).isEqualTo(a.address());
                assertThat(target.flip().get()).isEqualTo((byte) 42);
            }
        }
    }

    @Test
    void delaysFramesByWhatTheImpairmentSays() throws Exception {
        final Impairment delay = Impairment.NONE.withDelay(20_000_000);
        try (MemoryNetwork network = MemoryNetwork.builder().impairment(delay).build();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(7)) {
            final Duration before = network.elapsed();
            client.connect("10.0.0.1", 7).close();
            // SYN there and back, and perhaps ARP.
            assertThat(network.elapsed().minus(before)).isGreaterThanOrEqualTo(Duration.ofMillis(40));
            assertThat(listener.accept().input().read()).isEqualTo(-1);
        }
    }

    @Test
    void cutsAndMendsThePathBetweenTwoHosts() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host server = network.host("server").address("10.0.0.1/24").start();
                Host client = network.host("client").address("10.0.0.2/24").start();
                TapServerSocket listener = server.listen(7)) {
            network.partition("client", "server");
            assertThatThrownBy(() -> client.connect(new InetSocketAddress(server.address(), 7), Duration.ofMillis(50)))
                    .isInstanceOf(SocketTimeoutException.class);
            assertThat(network.statistics("server").cut()).isPositive();
            network.heal();
            try (TapSocket socket = client.connect("10.0.0.1", 7)) {
                assertThat(socket.isConnected()).isTrue();
            }
            listener.accept().close();
        }
    }

    @Test
    void dropsAndCountsWhatAFullQueueHasNoRoomFor() throws Exception {
        final Impairment slow = Impairment.NONE.withDelay(3_600_000_000_000L);
        try (MemoryNetwork network = MemoryNetwork.builder().queueBytes(8_192).build();
                Host a = network.host("a").address("10.0.0.1/24").start();
                Host b = network.host("b").address("10.0.0.2/24").start();
                TapDatagramSocket socket = a.datagrams();
                TapDatagramSocket receiver = b.datagrams(9)) {
            socket.connect(new InetSocketAddress(b.address(), 9));
            socket.send(ByteBuffer.allocate(1_000), null);
            receiver.receive(ByteBuffer.allocate(1_000));
            network.impairOneWay("a", "b", slow);
            for (int i = 0; i < 10; i++) {
                socket.send(ByteBuffer.allocate(1_000), null);
            }
            // There is room for four, and perhaps an ARP announcement comes between.
            assertThat(network.statistics("b").overflowed()).isGreaterThanOrEqualTo(6);
        }
    }

    @Test
    void letsAHostComeBackUnderItsName() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host client = network.host("client").address("10.0.0.2/24").start()) {
            for (int life = 0; life < 2; life++) {
                try (Host server = network.host("server")
                                .address("10.0.0.1/24")
                                .mac("02:00:00:00:00:01")
                                .start();
                        TapServerSocket listener = server.listen(7);
                        TapSocket socket = client.connect("10.0.0.1", 7)) {
                    listener.accept().close();
                    assertThat(socket.input().read()).isEqualTo(-1);
                }
            }
        }
    }

    @Test
    void refusesTwoHostsOfOneName() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host first = network.host("a").address("10.0.0.1/24").start()) {
            assertThatThrownBy(() -> network.host("a").address("10.0.0.2/24").start())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("host a")
                    .hasMessageContaining("already");
            assertThatThrownBy(() -> network.partition("a", "z"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no host z");
            assertThat(first.failure()).isNull();
        }
    }

    @Test
    void tellsWithItsSeedWhatAnActivityThrewThatNobodyJoined() throws Exception {
        final MemoryNetwork network = MemoryNetwork.builder().seed(4711).build();
        final Activity activity = network.start("worker", () -> {
            throw new IOException("out of cheese");
        });
        while (!activity.isDone()) {
            Thread.onSpinWait();
        }
        assertThatThrownBy(network::close)
                .isInstanceOf(ActivityFailure.class)
                .hasMessageContaining("worker")
                .hasMessageContaining("seed 4711")
                .hasRootCauseMessage("out of cheese");
    }

    @Test
    void endsActivitiesThatWaitInSockets() throws Exception {
        final Activity waiting;
        try (MemoryNetwork network = MemoryNetwork.inRealTime()) {
            final Host server = network.host("server").address("10.0.0.1/24").start();
            final TapServerSocket listener = server.listen(7);
            waiting = network.start("waiting", listener::accept);
        }
        assertThat(waiting.isDone()).isTrue();
        assertThatThrownBy(waiting::join).hasCauseInstanceOf(SocketException.class);
    }

    // ---- The host

    @Test
    void hostSaysWhatItMisses() {
        final MemoryNetwork network = MemoryNetwork.inRealTime();
        assertThatThrownBy(() -> network.host("a").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("host a has no address");
        assertThatThrownBy(() ->
                        network.host("a").address("10.0.0.1/24").mtu(9_000).start())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("9000");
        network.close();
        assertThatThrownBy(() -> network.host("a").address("10.0.0.1/24").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void hostStartsOnceAndNeverAgain() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime()) {
            final Host.Builder builder = network.host("a").address("10.0.0.1/24");
            final Host host = builder.start();
            assertThatThrownBy(builder::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("host a was started already");
            host.close();
            host.close();
            assertThatThrownBy(() -> host.listen(80))
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("host a (10.0.0.1/24) is closed");
        }
    }

    @Test
    void hostDeliversWhatClosedSocketsHaveBeforeItEnds() throws Exception {
        final byte[] content = pattern(1);
        try (MemoryNetwork network = MemoryNetwork.builder()
                        .impairment(Impairment.NONE.withDelay(1_000_000))
                        .build();
                Host server = network.host("server").address("10.0.0.1/24").start();
                TapServerSocket listener = server.listen(7)) {
            final Activity sending = network.start("sending", () -> {
                try (Host client = network.host("client")
                                .address("10.0.0.2/24")
                                .linger(Duration.ofSeconds(30))
                                .start();
                        TapSocket socket = client.connect(server.address(), 7)) {
                    socket.output().write(content);
                }
            });
            try (TapSocket peer = listener.accept()) {
                assertThat(peer.input().readAllBytes()).isEqualTo(content);
            }
            sending.join();
        }
    }

    @Test
    void hostGivesAllMemoryBack() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime()) {
            final Host a = network.host("a").address("10.0.0.1/24").start();
            final Host b = network.host("b").address("10.0.0.2/24").start();
            final TapServerSocket listener = a.listen(7);
            final TapSocket socket = b.connect(a.address(), 7);
            socket.output().write(pattern(2), 0, 100_000);
            assertThat(listener.accept().input().read()).isEqualTo(pattern(2)[0]);
            b.close();
            a.close();
            for (final Host host : new Host[] {a, b}) {
                assertThat((int) host.look(stack -> stack.pool().regionsInUse()))
                        .isZero();
                assertThat((int) host.look(stack -> stack.timers().armedTimers()))
                        .isZero();
            }
        }
    }

    @Test
    void hostAppliesItsSettings(@TempDir final Path folder) throws Exception {
        final Path capture = folder.resolve("a.pcapng");
        try (MemoryNetwork network = MemoryNetwork.builder().mtu(9_000).build();
                Host a = network.host("a")
                        .address("10.0.0.1/24")
                        .gateway("10.0.0.254")
                        .mac("02:00:00:00:00:11")
                        .mtu(1_400)
                        .tcp(tcp -> tcp.congestionControl("newreno"))
                        .capture(capture)
                        .start();
                Host b = network.host("b").address("10.0.0.2/24").start();
                TapServerSocket listener = b.listen(7);
                TapSocket socket = a.connect(b.address(), 7)) {
            assertThat((int) a.look(stack -> stack.device().capabilities().mtu()))
                    .isEqualTo(1_400);
            assertThat(a.sockets().defaults().congestionControl()).isEqualTo("newreno");
            socket.output().write(1);
            assertThat(listener.accept().input().read()).isEqualTo(1);
        }
        assertThat(Files.size(capture)).isGreaterThan(500);
    }

    @Test
    void socketSaysWhyTheNetworkIsDown() throws Exception {
        try (MemoryNetwork network = MemoryNetwork.inRealTime();
                Host a = network.host("a")
                        .address("10.0.0.1/24")
                        .decorate(FailingLink::new)
                        .start()) {
            final TapDatagramSocket socket = a.datagrams();
            a.look(stack -> {
                ((FailingLink) stack.device()).fail();
                stack.device().wakeup();
                return stack;
            });
            assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1)))
                    .isInstanceOf(SocketException.class)
                    .hasMessage("Network is down: java.io.IOException: the cable is pulled")
                    .hasRootCauseMessage("the cable is pulled");
            assertThat(a.failure()).hasMessage("the cable is pulled");
        }
    }
}
