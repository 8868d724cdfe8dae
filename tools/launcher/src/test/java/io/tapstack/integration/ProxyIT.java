package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.integration.TestBytes.Summary;
import io.tapstack.proxy.ProxyConfig;
import io.tapstack.proxy.ProxyServer;
import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A proxy between a client and a server of the kernel, by every path through the stack. */
@Timeout(60)
class ProxyIT {

    private enum Way {
        STACK_TO_STACK,
        STACK_TO_KERNEL,
        KERNEL_TO_STACK
    }

    private static final long BYTES = 48L << 20;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

    private final Threads threads = new Threads();
    private final JdkTransport kernel = new JdkTransport();
    private TestNetwork network;
    private ServerSocket server;
    private ProxyServer proxy;

    private void start(final Way way) throws IOException {
        network = TestNetwork.open();
        server = new ServerSocket(0, 8, network.hostAddress());
        start(way, 8);
    }

    private void start(final Way way, final int maxConnections) throws IOException {
        final Transport in = way == Way.KERNEL_TO_STACK ? kernel : network.transport();
        final Transport out = way == Way.STACK_TO_KERNEL ? kernel : network.transport();
        final InetAddress local = way == Way.KERNEL_TO_STACK ? InetAddress.getLoopbackAddress() : network.address();
        final InetSocketAddress target = new InetSocketAddress(network.hostAddress(), server.getLocalPort());
        proxy = ProxyServer.start(
                in,
                new InetSocketAddress(local, 0), // The kernel may not yet have released an earlier test's port.
                out,
                new ProxyConfig(target, CONNECT_TIMEOUT, maxConnections, Duration.ofMinutes(1)));
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        threads.close();
        server.close();
        network.close();
    }

    private Socket connect() throws IOException {
        return new Socket(proxy.address().getAddress(), proxy.address().getPort());
    }

    @ParameterizedTest
    @EnumSource
    void everyByteArrivesBothWaysAtOnce(final Way way) throws Exception {
        start(way);
        try (Socket client = connect();
                Socket origin = server.accept()) {
            final Future<Summary> up = threads.start(() -> send(client, 1));
            final Future<Summary> down = threads.start(() -> send(origin, 2));
            final Future<Summary> upSeen = threads.start(() -> TestBytes.readAll(origin.getInputStream()));
            final Future<Summary> downSeen = threads.start(() -> TestBytes.readAll(client.getInputStream()));
            assertThat(Threads.result(upSeen)).isEqualTo(Threads.result(up));
            assertThat(Threads.result(downSeen)).isEqualTo(Threads.result(down));
        }
    }

    private static Summary send(final Socket socket, final long start) throws IOException {
        final Summary sent = TestBytes.write(socket.getOutputStream(), start, BYTES);
        socket.shutdownOutput();
        return sent;
    }

    @ParameterizedTest
    @EnumSource
    void aHalfCloseIsPassedOn(final Way way) throws Exception {
        start(way);
        try (Socket client = connect();
                Socket origin = server.accept()) {
            client.getOutputStream().write("question".getBytes(StandardCharsets.US_ASCII));
            client.shutdownOutput();
            assertThat(origin.getInputStream().readAllBytes()).asString().isEqualTo("question");
            origin.getOutputStream().write("answer".getBytes(StandardCharsets.US_ASCII));
            origin.close();
            assertThat(client.getInputStream().readAllBytes()).asString().isEqualTo("answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetOfTheServerIsPassedOn(final Way way) throws Exception {
        start(way);
        try (Socket client = connect();
                Socket origin = server.accept()) {
            client.getOutputStream().write('x');
            assertThat(origin.getInputStream().read()).isEqualTo('x');
            origin.setSoLinger(true, 0);
            origin.close();
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aResetOfTheClientIsPassedOn(final Way way) throws Exception {
        start(way);
        try (Socket client = connect();
                Socket origin = server.accept()) {
            origin.getOutputStream().write('x');
            assertThat(client.getInputStream().read()).isEqualTo('x');
            client.setSoLinger(true, 0);
            client.close();
            assertThatThrownBy(() -> origin.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aTargetThatRefusesIsAReset(final Way way) throws Exception {
        start(way);
        server.close();
        assertIsReset();
    }

    /** The reset may be so quick that connect(2) reports it. */
    private void assertIsReset() {
        assertThatThrownBy(() -> {
                    try (Socket client = connect()) {
                        client.getInputStream().read();
                    }
                })
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    @ParameterizedTest
    @EnumSource
    void thereIsALimitOfConnections(final Way way) throws Exception {
        start(way);
        proxy.close();
        start(way, 1);
        try (Socket client = connect();
                Socket origin = server.accept()) {
            assertIsReset();
            client.getOutputStream().write('x');
            assertThat(origin.getInputStream().read()).isEqualTo('x');
        }
    }
}
