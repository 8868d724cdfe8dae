package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.agent.AgentClient.Answer;
import io.tapstack.packetdrill.kernel.KernelSockets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Records the transcripts of {@link LinuxTranscriptTest} again, from the kernel of this machine. With
 * {@code -Dtapstack.transcripts=store} the answers are stored; otherwise they have to be the stored ones, if the kernel
 * is of the version that these come from, and only the short transcripts are recorded, or with
 * {@code -Dtapstack.transcripts=all} all.
 */
@Timeout(300)
class LinuxTranscriptIT {

    private static final String MODE = System.getProperty("tapstack.transcripts", "short");
    private static final List<String> SHORT = List.of("datagrams", "dual-stack", "ipv6", "messages", "options");

    /** A busy machine delivers over loopback after the call, at times, and not within it. */
    private static final int ATTEMPTS = 3;

    static List<String> transcripts() {
        return MODE.equals("short") ? SHORT : Transcript.NAMES;
    }

    @ParameterizedTest
    @MethodSource("transcripts")
    void linuxAnswersAsItDid(final String name) throws Exception {
        final Transcript transcript = Transcript.named(name);
        if (MODE.equals("store")) {
            transcript.store(record(transcript), kernel());
            return;
        }
        assumeTrue(transcript.isFrom(kernel()), "the kernel is the one that was recorded");
        List<String> differences = List.of();
        for (int i = 0; i < ATTEMPTS; i++) {
            differences = transcript.differences(record(transcript));
            if (differences.isEmpty()) {
                return;
            }
        }
        assertThat(differences).isEmpty();
    }

    /** The version of this machine's kernel, such as 6.18. */
    private static String kernel() throws IOException {
        return Files.readString(Path.of("/proc/sys/kernel/osrelease")).replaceFirst("(\\d+\\.\\d+)(?s:.*)", "$1");
    }

    /** Plays the calls on a thread of its own, which leaves the network namespace of this one. */
    private static List<String> record(final Transcript transcript) throws Exception {
        final FutureTask<List<String>> recording = new FutureTask<>(() -> {
            try (Kernel kernel = new Kernel()) {
                return transcript.play(kernel);
            }
        });
        new Thread(recording, "transcript").start();
        return recording.get();
    }

    /** Linux, with a network namespace for each sequence. */
    private static final class Kernel implements Transcript.Stack, AutoCloseable {

        private KernelSockets sockets = new KernelSockets();

        Kernel() throws IOException {}

        @Override
        public void reset() throws IOException {
            close();
            sockets = new KernelSockets();
        }

        @Override
        public String answer(final String call) throws IOException {
            return new PlainCall(this::answer, call).answer();
        }

        private Answer answer(
                final int op, final long a, final long b, final long c, final long d, final byte... blob) {
            final KernelSockets.Answer answer = sockets.call(op, a, b, c, d, blob);
            return answer.rc() < 0
                    ? new Answer(-1, (int) -answer.rc(), 0, answer.blob())
                    : new Answer(answer.rc(), 0, answer.x(), answer.blob());
        }

        @Override
        public void close() {
            sockets.close();
        }
    }
}
