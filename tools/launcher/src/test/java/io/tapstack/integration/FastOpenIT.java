package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StreamSocket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fast Open (RFC 7413) with the kernel at the other end, both ways. */
@Timeout(60)
class FastOpenIT {

    // Client, server, and every listener, even without the option.
    private static final String EVERYWHERE = "1027";
    private static final int PORT = 8_080;
    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi";

    private TestNetwork network;

    @BeforeEach
    void open() throws Exception {
        HostPrograms.run("sysctl", "-qw", "net.ipv4.tcp_fastopen=" + EVERYWHERE);
        network = TestNetwork.open();
    }

    @AfterEach
    void close() throws Exception {
        network.close();
        HostPrograms.run("sysctl", "-qw", "net.ipv4.tcp_fastopen=1");
    }

    /** Our client, the kernel's server: the second SYN carries data, which the kernel accepts. */
    @Test
    void kernelListens() throws Exception {
        final long before = kernelCount("TCPFastOpenPassive");
        try (ServerSocket server = new ServerSocket(0, 8, network.hostAddress())) {
            for (int i = 0; i < 3; i++) {
                final StreamSocket client = network.sockets().stream();
                assertThat(client.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_FASTOPEN_CONNECT, 1))
                        .isZero();
                assertThat(client.connect(new Endpoint(address(network.hostAddress()), server.getLocalPort())))
                        .isZero();
                assertThat(client.send(bytes("hello"), 0)).isEqualTo(5);
                try (Socket accepted = server.accept()) {
                    assertThat(new String(accepted.getInputStream().readNBytes(5), StandardCharsets.US_ASCII))
                            .isEqualTo("hello");
                    accepted.getOutputStream().write('!');
                    assertThat(client.recv(ByteBuffer.allocate(10), 0)).isEqualTo(1);
                }
                assertThat(client.close()).isZero();
            }
        }
        assertThat(kernelCount("TCPFastOpenPassive") - before).isEqualTo(2);
    }

    /** The kernel's client, our server: curl's second request is in the SYN. */
    @Test
    void kernelConnects() throws Exception {
        final long before = kernelCount("TCPFastOpenActive");
        final StreamSocket listener = network.sockets().stream();
        assertThat(listener.setOption(SocketOptions.IPPROTO_TCP, SocketOptions.TCP_FASTOPEN, 8))
                .isZero();
        assertThat(listener.bind(Endpoint.anyIpv4(PORT))).isZero();
        assertThat(listener.listen(8)).isZero();
        final Thread server = new Thread(() -> serve(listener), "server");
        server.start();
        try {
            for (int i = 0; i < 3; i++) {
                assertThat(HostPrograms.run(
                                "curl",
                                "-sS",
                                "--tcp-fastopen",
                                "--max-time",
                                "10",
                                "http://" + network.ip() + ":" + PORT + "/"))
                        .isEqualTo("hi");
            }
        } finally {
            listener.close();
            server.join(10_000);
        }
        final long fastOpens = network.look(stack -> stack.statistics().fastOpens);
        assertThat(fastOpens).isEqualTo(2);
        assertThat(kernelCount("TCPFastOpenActive") - before).isEqualTo(2);
    }

    private static void serve(final StreamSocket listener) {
        while (true) {
            final StreamSocket next;
            try {
                next = listener.accept(0);
            } catch (final IOException closed) {
                return;
            }
            if (next != null) {
                assertThat(next.recv(ByteBuffer.allocate(4_096), 0)).isPositive();
                assertThat(next.send(bytes(ANSWER), MessageFlags.MSG_NOSIGNAL)).isEqualTo(ANSWER.length());
                next.close();
            }
        }
    }

    private static ByteBuffer bytes(final String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static IpAddress address(final InetAddress address) {
        return IpAddress.of(address.getAddress());
    }

    /** A counter of the namespace's kernel, from the two lines of names and values in {@code /proc/net/netstat}. */
    private static long kernelCount(final String name) throws IOException {
        final List<String> lines = Files.readAllLines(Path.of("/proc/thread-self/net/netstat"));
        final String[] names = lines.get(0).split(" ");
        final String[] values = lines.get(1).split(" ");
        for (int i = 0; i < names.length; i++) {
            if (names[i].equals(name)) {
                return Long.parseLong(values[i]);
            }
        }
        throw new AssertionError("no " + name);
    }
}
