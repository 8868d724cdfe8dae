package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers as processes: the line that they print when they are ready, and their end. */
@Timeout(30)
class ServerProcessTest {

    @TempDir
    Path directory;

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A command as a process of its own. */
    static List<String> command(final String... arguments) {
        // A shell that runs the tests in the background may ignore SIGINT, which would be inherited.
        final List<String> command = new ArrayList<>(List.of(
                "env",
                "--default-signal=INT",
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    private Process start(final String... arguments) throws IOException {
        return new ProcessBuilder(command(arguments))
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void serveEndsWell(final String signal) throws Exception {
        Files.writeString(directory.resolve("a.txt"), "hello");
        final int port = freePort();
        final Process process =
                start("serve", directory.toString(), "--network", "kernel", "--port", String.valueOf(port));
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("ready: http://127.0.0.1:" + port + "/");
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream()
                        .write("GET /a.txt HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                assertThat(client.getInputStream().read()).isEqualTo('H');
                signal(process, signal);
                client.getInputStream().readAllBytes(); // the idle connection is closed
            }
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(out.readLine()).isNull();
            assertThat(directory.resolve("err")).content().contains("\"GET /a.txt HTTP/1.1\" 200 5 B");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void echoEndsWell() throws Exception {
        final int port = freePort();
        final Process process = start("echo", "--network", "kernel", "--port", String.valueOf(port));
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).startsWith("ready: ").contains("127.0.0.1:" + port);
            try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.getOutputStream().write('x');
                assertThat(client.getInputStream().read()).isEqualTo('x');
            }
            signal(process, "TERM");
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }

    static void signal(final Process process, final String name) throws IOException, InterruptedException {
        final Process kill = new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }
}
