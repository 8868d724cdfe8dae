package io.tapstack.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code get} as a process that is interrupted: its message, the bytes that it keeps, and its exit status. */
@Timeout(60)
class GetProcessTest {

    private static final Path SCRIPT = Path.of("/usr/bin/script");
    private static final String HALF = "x".repeat(2048);

    @TempDir
    Path directory;

    private ServerSocket server;

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private String url() {
        return "http://127.0.0.1:" + server.getLocalPort() + "/file";
    }

    private Process start(final List<String> command, final String output) throws IOException {
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(directory.resolve(output).toFile())
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    private static int end(final Process process) throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static String head(final Socket client) throws IOException {
        final StringBuilder head = new StringBuilder();
        final InputStream input = client.getInputStream();
        while (head.indexOf("\r\n\r\n") < 0) {
            final int octet = input.read();
            assertThat(octet).isNotNegative();
            head.append((char) octet);
        }
        return head.toString();
    }

    private static void send(final Socket client, final String text) throws IOException {
        final OutputStream output = client.getOutputStream();
        output.write(text.getBytes(StandardCharsets.ISO_8859_1));
        output.flush();
    }

    /** Sends the first half of the file, and waits until {@code file} has it. */
    private static void sendHalf(final Socket client, final Path file) throws Exception {
        head(client);
        send(client, "HTTP/1.1 200 OK\r\nContent-Length: 4096\r\nETag: \"v1\"\r\n\r\n" + HALF);
        while (!Files.exists(file) || Files.size(file) < HALF.length()) {
            Thread.sleep(5);
        }
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void whatHasComeIsKeptAndContinued(final String signal, final int exitStatus) throws Exception {
        final Path file = directory.resolve("file");
        final Process first = start(ServerProcessTest.command("get", url(), "--network", "kernel"), "out");
        try (Socket client = server.accept()) {
            sendHalf(client, file);
            ServerProcessTest.signal(first, signal);
            assertThat(end(first)).isEqualTo(exitStatus);
        } finally {
            first.destroyForcibly();
        }
        assertThat(directory.resolve("err")).hasContent("file: 2.00 KiB kept; get --continue goes on");
        final Process second =
                start(ServerProcessTest.command("get", url(), "--network", "kernel", "--continue"), "out");
        try (Socket client = server.accept()) {
            assertThat(head(client)).contains("Range: bytes=2048-\r\n", "If-Range: \"v1\"\r\n");
            send(
                    client,
                    "HTTP/1.1 206 Partial Content\r\nContent-Length: 2048\r\nETag: \"v1\"\r\n"
                            + "Content-Range: bytes 2048-4095/4096\r\n\r\n" + HALF);
            assertThat(end(second)).isZero();
        } finally {
            second.destroyForcibly();
        }
        assertThat(file).hasContent(HALF + HALF);
    }

    @Test
    void aFileWithANumberIsToBeNamed() throws Exception {
        Files.writeString(directory.resolve("file"), "another");
        final Process process = start(ServerProcessTest.command("get", url(), "--network", "kernel"), "out");
        try (Socket client = server.accept()) {
            sendHalf(client, directory.resolve("file.1"));
            ServerProcessTest.signal(process, "INT");
            assertThat(end(process)).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
        assertThat(directory.resolve("err")).hasContent("file.1: 2.00 KiB kept; get --continue -o file.1 goes on");
    }

    @Test
    void beforeAnAnswerNothingHasCome() throws Exception {
        final Process process = start(ServerProcessTest.command("get", url(), "--network", "kernel"), "out");
        try (Socket client = server.accept()) {
            head(client);
            ServerProcessTest.signal(process, "INT");
            assertThat(end(process)).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
        assertThat(directory.resolve("err")).hasContent("file: interrupted, nothing has come");
        assertThat(directory.resolve("file")).doesNotExist();
    }

    @Test
    void stdoutIsCalledSo() throws Exception {
        final Process process = start(ServerProcessTest.command("get", url(), "--network", "kernel", "-o", "-"), "out");
        try (Socket client = server.accept()) {
            sendHalf(client, directory.resolve("out"));
            ServerProcessTest.signal(process, "INT");
            assertThat(end(process)).isEqualTo(130);
        } finally {
            process.destroyForcibly();
        }
        assertThat(directory.resolve("err")).hasContent("stdout: 2.00 KiB written, interrupted");
        assertThat(directory.resolve("out")).hasContent(HALF);
    }

    /** On a terminal, by Ctrl-C: the line of the bar ends before the message. */
    @Test
    void onATerminalTheWordsHaveALineOfTheirOwn() throws Exception {
        assumeTrue(Files.isExecutable(SCRIPT), "needs script(1) for a terminal");
        final List<String> quoted = new ArrayList<>();
        for (final String word : ServerProcessTest.command("get", url(), "--network", "kernel")) {
            quoted.add("'" + word + "'");
        }
        final Process terminal =
                start(List.of(SCRIPT.toString(), "-qec", String.join(" ", quoted), "/dev/null"), "screen");
        try (Socket client = server.accept()) {
            sendHalf(client, directory.resolve("file"));
            terminal.getOutputStream().write(3); // Ctrl-C
            terminal.getOutputStream().flush();
            assertThat(end(terminal)).isEqualTo(130);
        } finally {
            terminal.destroyForcibly();
        }
        final String screen = Files.readString(directory.resolve("screen"));
        assertThat(screen.replace("^C", ""))
                .contains("file  [", " 50 %")
                .endsWith("\033[K\r\nfile: 2.00 KiB kept; get --continue goes on\r\n");
    }
}
