package io.tapstack.conformance.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.cli.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The conformance agent as a process: the line it prints when it is ready, and its end. */
@Timeout(30)
class AgentProcessTest {

    @TempDir
    Path directory;

    private Process start(final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(directory.resolve("err").toFile())
                .start();
    }

    @Test
    void endsWell() throws Exception {
        final Path socket = directory.resolve("socket");
        final Process process = start("conformance-agent", "--socket", socket.toString(), "--set", "mtu=576");
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(out.readLine()).isEqualTo("agent ready " + socket);
            try (SocketChannel client = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                process.destroy(); // SIGTERM
                assertThat(client.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            assertThat(socket).doesNotExist();
        } finally {
            process.destroyForcibly();
        }
    }
}
