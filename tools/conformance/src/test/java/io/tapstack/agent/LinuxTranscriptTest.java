package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.ip.InterfaceAddress;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sequences of calls over loopback, each with Linux's answer, as {@link LinuxTranscriptIT} has recorded it: by hand for
 * each topic, and at random. The stack has to answer the same.
 */
@Timeout(120)
class LinuxTranscriptTest {

    private static AgentFixture agent;
    private static AgentClient client;

    @BeforeAll
    static void start() throws IOException {
        agent = new AgentFixture(
                true, List.of(InterfaceAddress.parse("10.0.0.2/24"), InterfaceAddress.parse("fd00::2/64")));
        client = agent.connect();
    }

    @AfterAll
    static void stop() throws IOException {
        agent.close();
    }

    static List<String> transcripts() {
        return Transcript.NAMES;
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void answersAsLinux(final String name) throws IOException {
        final Transcript transcript = Transcript.named(name);
        final List<String> played = transcript.play(new Transcript.Stack() {

            @Override
            public void reset() throws IOException {
                client.reset();
            }

            @Override
            public String answer(final String call) throws IOException {
                return new PlainCall(client, call).answer();
            }
        });
        assertThat(transcript.differences(played)).isEmpty();
    }
}
