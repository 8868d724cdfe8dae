package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.ip.InterfaceAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The path of the agent's socket, and files that exist there. */
@Timeout(60)
class AgentStartTest {

    @TempDir
    private Path directory;

    private ConformanceAgent start(final Path path) throws IOException {
        return ConformanceAgent.start(new AgentConfig(
                path, true, Optional.empty(), List.of(InterfaceAddress.parse("10.0.0.2/24")), List.of(), List.of()));
    }

    @Test
    void theSocketIsRemovedAtTheEnd() throws IOException {
        final Path path = directory.resolve("socket");
        start(path).close();
        assertThat(path).doesNotExist();
        start(path).close();
    }

    @Test
    void whatAKilledAgentLeftIsInNobodysWay() throws IOException {
        final Path path = directory.resolve("socket");
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (ConformanceAgent agent = start(path);
                AgentClient client = new AgentClient(path)) {
            assertThat(agent).isNotNull();
            assertThat(client.now()).isZero();
        }
    }

    @Test
    void twoAgentsAtOnePlace() throws IOException {
        final Path path = directory.resolve("socket");
        try (ConformanceAgent agent = start(path);
                AgentClient client = new AgentClient(path)) {
            assertThat(agent).isNotNull();
            assertThatThrownBy(() -> start(path)).isInstanceOf(BindException.class);
            assertThat(client.now()).isZero();
        }
    }

    @Test
    void otherFilesAreLeftAlone() throws IOException {
        final Path path = Files.writeString(directory.resolve("file"), "precious");
        assertThatThrownBy(() -> start(path)).isInstanceOf(IOException.class);
        assertThat(path).hasContent("precious");
        assertThatThrownBy(() -> start(directory.resolve("none/socket"))).isInstanceOf(IOException.class);
    }
}
