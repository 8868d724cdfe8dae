package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.echo.EchoServer;
import io.tapstack.event.StackStatistics;
import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServeMethod;
import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.transport.Listener;
import io.tapstack.transport.Relay;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToLongFunction;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several stacks behind the queues of one TAP: for the host they are one. */
@Timeout(60)
class MultiQueueIT {

    private static final int QUEUES = 3;

    /** Enough for each stack to have some, except with a chance of one in hundreds of millions. */
    private static final int CONNECTIONS = 60;

    private static final int FILE_BYTES = 1 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Threads threads = new Threads();
    private TestNetwork network;

    private void open(final Offload offload) throws IOException {
        network = TestNetwork.open(offload, QUEUES);
        assertThat(network.stacks()).isEqualTo(QUEUES);
    }

    @AfterEach
    void close() throws IOException {
        threads.close();
        network.close();
    }

    private long sum(final ToLongFunction<StackStatistics> counter) {
        return each(counter).stream().mapToLong(Long::longValue).sum();
    }

    private List<Long> each(final ToLongFunction<StackStatistics> counter) {
        final List<Long> values = new ArrayList<>();
        for (int i = 0; i < QUEUES; i++) {
            values.add(network.look(i, stack -> counter.applyAsLong(stack.statistics())));
        }
        return values;
    }

    // ---- Connections

    @ParameterizedTest
    @EnumSource
    void downloadsAreSharedOut(final Offload offload, @TempDir final Path served, @TempDir final Path received)
            throws Exception {
        ParallelDownloads.prepare(served, CONNECTIONS, FILE_BYTES);
        open(offload);
        final HttpServer server = network.serve(served, ServeMethod.SENDFILE);
        ParallelDownloads.run(network, served, received, CONNECTIONS);
        assertThat(each(statistics -> statistics.connectionsAccepted)).allMatch(accepted -> accepted > 0);
        assertThat(sum(statistics -> statistics.connectionsAccepted)).isEqualTo(CONNECTIONS);
        assertThat(sum(statistics -> statistics.resetsSent)).isZero();
        // The kernel learns the queue of the answers from the stack's frames: a SYN arrives at another queue, and
        // little else.
        assertThat(sum(statistics -> statistics.framesPassedOn))
                .as("of %d frames", sum(statistics -> statistics.framesReceived))
                .isLessThan(sum(statistics -> statistics.framesReceived) / 2);
        Awaitility.await("the connections' end").atMost(TIMEOUT).until(() -> server.connectionCount() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void uploadsComeBack(final Offload offload) throws Exception {
        open(offload);
        try (EchoServer server = EchoServer.start(network.transport(), new InetSocketAddress(network.address(), 0))) {
            final List<Future<Boolean>> echoes = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS / 2; i++) {
                final long start = (long) i * FILE_BYTES;
                echoes.add(threads.start(() -> isEchoed(server.address(), start)));
            }
            for (final Future<Boolean> echo : echoes) {
                assertThat(Threads.result(echo)).isTrue();
            }
        }
    }

    private boolean isEchoed(final InetSocketAddress server, final long start) throws Exception {
        try (Socket socket = new Socket(server.getAddress(), server.getPort())) {
            final Future<Summary> sent = threads.start(() -> {
                final Summary summary = TestBytes.write(socket.getOutputStream(), start, FILE_BYTES);
                socket.shutdownOutput();
                return summary;
            });
            final Summary back = TestBytes.readAll(socket.getInputStream());
            return back.equals(Threads.result(sent));
        }
    }

    /** Each stack opens some, from ports that make it the owner of the answers. */
    @Test
    void connectionsAreOpenedByAll() throws Exception {
        open(Offload.ON);
        try (ServerSocket server = new ServerSocket(0, CONNECTIONS, network.hostAddress())) {
            final InetSocketAddress target = new InetSocketAddress(network.hostAddress(), server.getLocalPort());
            for (int i = 0; i < CONNECTIONS; i++) {
                try (StreamConnection out = network.transport().connect(target, TIMEOUT);
                        Socket in = server.accept()) {
                    out.output().write(i);
                    assertThat(in.getInputStream().read()).isEqualTo(i);
                    in.getOutputStream().write(i + 1);
                    assertThat(out.input().read()).isEqualTo(i + 1);
                }
            }
        }
        assertThat(each(statistics -> statistics.connectionsOpened)).allMatch(opened -> opened == CONNECTIONS / QUEUES);
    }

    /** A proxy's two connections belong to one stack, so that bytes move by reference; threads would be for pumps. */
    @Test
    void connectionsBesideOthersCanBeSpliced() throws Exception {
        open(Offload.ON);
        final AtomicInteger tasks = new AtomicInteger();
        final CountDownLatch ended = new CountDownLatch(CONNECTIONS);
        try (ServerSocket server = new ServerSocket(0, CONNECTIONS, network.hostAddress());
                Listener listener = network.transport().listen(new InetSocketAddress(network.address(), 0), 8)) {
            final InetSocketAddress target = new InetSocketAddress(network.hostAddress(), server.getLocalPort());
            for (int i = 0; i < CONNECTIONS; i++) {
                try (Socket client =
                                new Socket(network.address(), listener.local().getPort());
                        Socket origin = join(listener, server, target, tasks, ended)) {
                    client.getOutputStream().write(i);
                    assertThat(origin.getInputStream().read()).isEqualTo(i);
                    assertThat(tasks).as("pumps").hasValue(0);
                }
            }
            assertThat(ended.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        }
        assertThat(tasks).as("pumps").hasValue(0);
    }

    private Socket join(
            final Listener listener,
            final ServerSocket server,
            final InetSocketAddress target,
            final AtomicInteger tasks,
            final CountDownLatch ended)
            throws IOException {
        final StreamConnection near = listener.accept();
        final StreamConnection far = network.transport().connectBeside(near, target, TIMEOUT);
        Relay.start(
                near,
                far,
                task -> {
                    tasks.incrementAndGet();
                    threads.start(() -> {
                        task.run();
                        return null;
                    });
                },
                relay -> ended.countDown());
        return server.accept();
    }

    // ---- The listener

    @Test
    void closingTheListenerEndsAllWhoAccept() throws Exception {
        open(Offload.ON);
        final Listener listener = network.transport().listen(new InetSocketAddress(network.address(), 0), 8);
        final List<Future<StreamConnection>> acceptors = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            acceptors.add(threads.start(listener::accept));
        }
        listener.close();
        for (final Future<StreamConnection> acceptor : acceptors) {
            assertThatThrownBy(() -> Threads.result(acceptor)).isInstanceOf(IOException.class);
        }
        assertThat(listener.isOpen()).isFalse();
        assertThatThrownBy(() -> new Socket(network.address(), listener.local().getPort()))
                .isInstanceOf(ConnectException.class);
    }

    @Test
    void aPortIsTakenAtAllStacks() throws Exception {
        open(Offload.ON);
        final InetSocketAddress address = new InetSocketAddress(network.address(), 7_200);
        network.transport().listen(address, 8).close();
        try (Listener listener = network.transport().listen(address, 8)) {
            assertThat(listener.local()).isEqualTo(address);
            assertThatThrownBy(() -> network.transport().listen(address, 8)).isInstanceOf(BindException.class);
        }
    }

    // ---- One host

    @Test
    void aPingHasOneAnswer() throws Exception {
        open(Offload.ON);
        assertThat(HostPrograms.run("ping", "-n", "-c", "20", "-i", "0.02", network.ip()))
                .contains("20 packets transmitted, 20 received, 0% packet loss")
                .doesNotContain("DUP!");
        assertThat(HostPrograms.run("arping", "-c", "2", "-I", network.tap(), network.ip()))
                .containsAnyOf("2 packets received", "Received 2 response");
    }

    @Test
    void aClosedPortHasOneAnswer() throws Exception {
        open(Offload.ON);
        for (int port = 9_000; port < 9_000 + CONNECTIONS; port++) {
            final int closed = port;
            assertThatThrownBy(() -> new Socket(network.address(), closed)).isInstanceOf(ConnectException.class);
        }
        assertThat(sum(statistics -> statistics.resetsSent)).isEqualTo(CONNECTIONS);
    }

    @Test
    void datagramsAreAnswered() throws Exception {
        open(Offload.ON);
        try (EchoServer server = EchoServer.start(network.transport(), new InetSocketAddress(network.address(), 0));
                DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            for (int i = 0; i < CONNECTIONS; i++) {
                final byte[] message = TestBytes.at(8L * i, 1 + 100 * i);
                socket.send(new DatagramPacket(message, message.length, server.address()));
                final DatagramPacket answer = new DatagramPacket(new byte[1 << 16], 1 << 16);
                socket.receive(answer);
                assertThat(Arrays.copyOf(answer.getData(), answer.getLength())).isEqualTo(message);
            }
        }
    }
}
