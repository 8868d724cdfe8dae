package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.agent.AgentClient.Answer;
import io.tapstack.conformance.setting.Setting;
import io.tapstack.demo.Subprocess;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.wire.IpAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The agent on a TAP, with the kernel as its peer. */
@Timeout(60)
class AgentTapIT {

    private static final String TAP = "agentit";
    private static final String OURS = "10.79.1.2";
    private static final String HOST = "10.79.1.1";
    private static final int PORT = 8080;

    @TempDir
    private Path directory;

    private ConformanceAgent agent;
    private AgentClient client;

    @BeforeEach
    void start() throws Exception {
        final Path socket = directory.resolve("socket");
        agent = ConformanceAgent.start(new AgentConfig(
                socket,
                false,
                Optional.of(TAP),
                List.of(InterfaceAddress.parse(OURS + "/24")),
                List.of(IpAddress.parse(HOST)),
                List.of(Setting.parse("mtu=1200"))));
        client = new AgentClient(socket);
        final Subprocess.Outcome outcome =
                Subprocess.run(List.of("ip", "addr", "add", HOST + "/24", "dev", TAP), Duration.ofSeconds(10));
        assertThat(outcome.exitStatus()).as(outcome.output()).isZero();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        agent.close();
    }

    @Test
    void theKernelConnects() throws Exception {
        final int listener = client.listener(PORT);
        exchange(listener);
        // The TAP and the host's neighbour entries outlive a reset.
        client.reset();
        assertThat(client.listener(PORT)).isEqualTo(3);
        exchange(3);
    }

    private void exchange(final int listener) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(OURS, PORT), 5_000);
            final Answer accepted = client.call(5, listener, 0).succeeds();
            assertThat(AgentClient.name(accepted.blob())).isEqualTo(HOST + ":" + socket.getLocalPort());
            socket.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
            assertThat(client.recv(accepted.fd(), 10, 0).text()).isEqualTo("ping");
            client.send(accepted.fd(), "pong").succeeds();
            assertThat(new String(socket.getInputStream().readNBytes(4), StandardCharsets.US_ASCII))
                    .isEqualTo("pong");
            assertThat(client.call(11, accepted.fd(), AgentClient.IPPROTO_TCP, 11, 64)
                            .bytes()
                            .getInt(60))
                    .as("path MTU")
                    .isEqualTo(1_200);
            client.closeFd(accepted.fd()).succeeds();
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void theAgentConnects() throws Exception {
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(HOST, 0));
            final int fd = client.socket(AgentClient.STREAM);
            final FutureTask<Answer> connecting =
                    AgentFixture.concurrently(() -> client.connect(fd, HOST, server.getLocalPort()));
            try (Socket accepted = server.accept()) {
                connecting.get().succeeds();
                accepted.getOutputStream().write(new byte[100_000]);
                assertThat(client.recv(fd, 100_000, 0x100).rc()).isEqualTo(100_000); // MSG_WAITALL
            }
            assertThat(client.recv(fd, 1, 0).rc()).isZero();
        }
        final int refused = client.socket(AgentClient.STREAM);
        client.connect(refused, HOST, 1).fails(AgentClient.ECONNREFUSED);
    }

    @Test
    void realTime() throws IOException {
        final long start = client.now();
        client.advance(20_000);
        assertThat(client.now()).isGreaterThanOrEqualTo(start + 20_000);
        client.call(15, 0, 0, 0, 0, new byte[40]).fails(AgentClient.EOPNOTSUPP);
        client.packetOut().fails(AgentClient.EOPNOTSUPP);
        client.set("mtu=9000").fails(AgentClient.EINVAL);
    }
}
