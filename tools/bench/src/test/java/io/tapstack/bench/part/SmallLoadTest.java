package io.tapstack.bench.part;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.transport.JdkTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small messages over the kernel, and the messages about faulty servers. */
class SmallLoadTest {

    private static final InetAddress HERE = InetAddress.getLoopbackAddress();

    @TempDir
    private Path directory;

    private Load load;

    @BeforeEach
    void load() throws IOException {
        load = new Load(Content.of(Files.write(directory.resolve("file"), new byte[10])));
    }

    private String ask(final int port, final String command, final Object... arguments) {
        final StringBuilder line = new StringBuilder(command + ' ' + HERE.getHostAddress() + ' ' + port);
        for (final Object argument : arguments) {
            line.append(' ').append(argument);
        }
        return load.answer(line.toString().split(" "));
    }

    @ParameterizedTest
    @EnumSource(
            value = RoundTripServer.Mode.class,
            names = {"THREADS", "ONE_THREAD"})
    void exchanges(final RoundTripServer.Mode mode) throws Exception {
        final int port = freePort();
        try (AutoCloseable server =
                RoundTripServer.start(new JdkTransport(), new InetSocketAddress(HERE, port), mode)) {
            assertThat(server).isNotNull();
            assertThat(ask(port, "rr", 1, 300)).matches("ok [1-9][0-9]*");
            assertThat(ask(port, "crr", 20)).matches("ok [1-9][0-9]*");
            if (mode == RoundTripServer.Mode.THREADS) {
                assertThat(ask(port, "rr", 16, 1000)).matches("ok [1-9][0-9]*");
            }
        }
    }

    @Test
    void callbacksNeedAStackThatCalls() {
        assertThatThrownBy(() -> RoundTripServer.start(
                        new JdkTransport(), new InetSocketAddress(HERE, 0), RoundTripServer.Mode.CALLBACK))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void countsConnectionsThatAreOpen() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, HERE)) {
            final int port = server.getLocalPort();
            assertThat(ask(port, "open", 3)).startsWith("ok ");
            final Socket first = server.accept();
            assertThat(ask(port, "alive")).isEqualTo("ok 3");
            first.close();
            assertThat(ask(port, "alive")).isEqualTo("ok 2");
            assertThat(ask(port, "close")).startsWith("ok ");
            assertThat(ask(port, "alive")).isEqualTo("ok 0");
        }
    }

    /** Answers the first connection as a faulty server would. */
    private String askLiar(final String answer, final String command, final Object... arguments) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, HERE)) {
            final Thread liar = new Thread(() -> {
                try (Socket socket = server.accept()) {
                    socket.getInputStream().read();
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                } catch (final IOException e) {
                    // the client has seen enough
                }
            });
            liar.start();
            final String said = ask(server.getLocalPort(), command, arguments);
            liar.join();
            return said;
        }
    }

    @Test
    void wrongAnswersAreTold() throws Exception {
        assertThat(askLiar("x", "rr", 1, 10)).isEqualTo("answered 120 to 0");
        assertThat(askLiar("", "rr", 1, 10)).contains("ended");
        assertThat(askLiar("x", "crr", 10)).isEqualTo("answered 120 to 0");
    }

    @Test
    void bodiesAreCounted() throws Exception {
        final String head = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
        assertThat(askLiar(head + "four", "get", 4)).matches("ok [1-9][0-9]*");
        assertThat(askLiar(head + "thr", "get", 4)).isEqualTo("a body of 3 bytes instead of 4");
        assertThat(askLiar("HTTP/1.1 404 Not Found\r\n\r\nfour", "get", 4)).contains("404");
        assertThat(askLiar("HTTP/1.1 200 OK\r\n", "get", 4)).contains("no complete response");
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, HERE)) {
            return probe.getLocalPort();
        }
    }
}
