package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Sequences of calls over loopback, each with Linux's answers: the same calls were made there, by hand for each topic
 * and at random. The stack must give the same answers.
 */
@Timeout(120)
class LinuxTranscriptTest {

    private static AgentFixture agent;
    private static AgentClient client;

    @BeforeAll
    static void start() throws IOException {
        agent = new AgentFixture(true);
        client = agent.connect();
    }

    @AfterAll
    static void stop() throws IOException {
        agent.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"calls", "datagrams", "epoll", "messages", "options", "ports", "random", "states"})
    void answersAsLinux(final String file) throws IOException {
        final List<String> differences = new ArrayList<>();
        final AtomicReference<String> sequence = new AtomicReference<>("");
        for (final String line : lines(file)) {
            if (line.startsWith("== ")) {
                sequence.set(line);
                client.reset();
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                final int middle = line.indexOf(" = ");
                final String answer = new PlainCall(client, line.substring(0, middle)).answer();
                if (!answer.equals(line.substring(middle + 3))) {
                    differences.add(sequence + ": " + line + ", but the stack says " + answer);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static List<String> lines(final String file) throws IOException {
        final String name = "/posix/" + file + ".txt";
        try (InputStream bytes = Objects.requireNonNull(LinuxTranscriptTest.class.getResourceAsStream(name), name);
                BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }
}
