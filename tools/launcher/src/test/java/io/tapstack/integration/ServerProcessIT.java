package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.integration.Launcher.Place;
import java.io.IOException;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server as a process: it starts, is killed, starts again at the same address, and ends on request. */
@Timeout(60)
class ServerProcessIT {

    private static final Place PLACE = new Place(1);
    private static final int ENHANCED_PACKET = 6;
    private static final int SIZE = 64 << 20;
    private static final int ROUNDS = 50;

    @TempDir
    private Path directory;

    private TestFile file;

    @BeforeEach
    void writeFile() throws Exception {
        file = TestFile.write(directory.resolve("file"), SIZE);
    }

    @Test
    void killedAndStartedAgain() throws Exception {
        try (Launcher first = Launcher.serve(PLACE, directory);
                KernelClient client =
                        new KernelClient(PLACE.address()).get("file").read(1_000_000)) {
            first.signal("KILL");
            assertThat(first.exitStatus()).isEqualTo(128 + 9);
            Awaitility.await("the TAP goes away with its process").until(() -> !tapExists());
            try (Launcher second = Launcher.serve(PLACE, directory)) {
                download();
                // RFC 9293 3.5.1: the new stack does not know the old connection, and sends a reset.
                client.send("GET /file HTTP/1.1\r\nHost: x\r\n\r\n");
                final KernelClient.End end = client.readToEnd();
                assertThat(end.failure()).get().asString().contains("reset");
                assertThat(end.bytes()).isLessThan(SIZE);
                download();
                second.signal("TERM");
                assertThat(second.exitStatus()).isZero();
            }
        }
        assertThat(tapExists()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "INT"})
    void endsWhenTold(final String signal) throws Exception {
        try (Launcher launcher = Launcher.serve(PLACE, directory);
                Socket idle = new Socket(PLACE.address(), TestNetwork.HTTP_PORT);
                KernelClient busy =
                        new KernelClient(PLACE.address()).get("file").read(1_000_000)) {
            idle.setSoTimeout(20_000);
            idle.getOutputStream().write("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(idle.getInputStream().read()).isEqualTo('H');
            launcher.signal(signal);
            idle.getInputStream().readAllBytes(); // the end, and no reset
            // The server waits for a client that reads nothing, but not for ever, and tells it that the response is
            // incomplete.
            assertThat(launcher.exitStatus()).as(launcher::errors).isZero();
            assertThat(launcher.line()).as("more on stdout").isNull();
            final KernelClient.End end = busy.readToEnd();
            assertThat(end.failure()).get().asString().contains("reset");
        }
        assertThat(tapExists()).isFalse();
    }

    /** Decision 16: at its limit the server closes the connection that has been idle longest for a new one. */
    @Test
    void theIdlestGivesWayAtTheLimit() throws Exception {
        try (Launcher launcher = Launcher.serve(PLACE, directory, "--max-connections", "2");
                Socket first = new Socket(PLACE.address(), TestNetwork.HTTP_PORT);
                Socket second = new Socket(PLACE.address(), TestNetwork.HTTP_PORT)) {
            assertThat(head(first)).startsWith("HTTP/1.1 200 ");
            assertThat(head(second)).startsWith("HTTP/1.1 200 ");
            // Often, so that even on a busy machine the thread behind the second has come to the end of its response.
            for (int i = 0; i < ROUNDS; i++) {
                assertThat(head(first)).startsWith("HTTP/1.1 200 ");
            }
            try (Socket third = new Socket(PLACE.address(), TestNetwork.HTTP_PORT)) {
                assertThat(head(third)).startsWith("HTTP/1.1 200 ");
                assertThat(second.getInputStream().readAllBytes())
                        .as("the end, and no reset")
                        .isEmpty();
                assertThat(head(first)).as(launcher::errors).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    /** A response that is being sent is not cut off for a new client, which is told to come again. */
    @Test
    void theBusyStayAtTheLimit() throws Exception {
        try (Launcher launcher = Launcher.serve(PLACE, directory, "--max-connections", "1");
                KernelClient busy =
                        new KernelClient(PLACE.address()).get("file").read(1_000_000);
                Socket refused = new Socket(PLACE.address(), TestNetwork.HTTP_PORT)) {
            assertThat(head(refused)).as(launcher::errors).startsWith("HTTP/1.1 503 ");
            final KernelClient.End end = busy.readToEnd();
            assertThat(end.failure()).isEmpty();
            assertThat(end.bytes()).isEqualTo(SIZE);
        }
    }

    /** Asks for a head. @return the answer; a client that is refused is told before it asks, with a body */
    private static String head(final Socket client) throws IOException {
        client.setSoTimeout(20_000);
        client.getOutputStream().write("HEAD /file HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        final byte[] answer = new byte[8_192];
        int length = 0;
        while (!new String(answer, 0, length, StandardCharsets.US_ASCII).contains("\r\n\r\n")) {
            final int count = client.getInputStream().read(answer, length, answer.length - length);
            assertThat(count).as("more of the answer").isPositive();
            length += count;
        }
        return new String(answer, 0, length, StandardCharsets.US_ASCII);
    }

    /** A server without a network is useless, and its supervisor must know. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void endsWhenItsTapIsDeleted(final int queues) throws Exception {
        try (Launcher launcher = Launcher.serve(PLACE, directory, "--queues", Integer.toString(queues))) {
            HostPrograms.run("ip", "link", "delete", PLACE.tap());
            assertThat(launcher.exitStatus()).as(launcher::errors).isEqualTo(1);
            assertThat(launcher.errors()).contains(PLACE.tap());
        }
    }

    @Test
    void severalQueuesInOneCapture(@TempDir final Path captures) throws Exception {
        final Path capture = captures.resolve("capture.pcapng");
        try (Launcher launcher =
                Launcher.serve(PLACE, directory, "--queues", "2", "--loss", "0.001", "--pcap", capture.toString())) {
            download();
            // Enough connections for each stack to have one.
            HostPrograms.script(
                    "for i in {1..20}; do curl -sSI --fail --max-time 30 http://" + PLACE.ip() + "/file; done");
            launcher.signal("TERM");
            assertThat(launcher.exitStatus()).isZero();
        }
        try (FileChannel file = FileChannel.open(capture)) {
            assertThat(interfacesWithFrames(file.map(FileChannel.MapMode.READ_ONLY, 0, file.size())))
                    .containsExactly(0, 1);
        }
    }

    /** Reads the blocks of a pcapng file, each of which has its length at both ends, up to the file's end. */
    private static SortedSet<Integer> interfacesWithFrames(final ByteBuffer file) {
        final SortedSet<Integer> seen = new TreeSet<>();
        while (file.hasRemaining()) {
            final int start = file.position();
            final int type = file.getInt();
            final int length = file.getInt();
            assertThat(file.getInt(start + length - Integer.BYTES))
                    .as("at %d", start)
                    .isEqualTo(length);
            if (type == ENHANCED_PACKET) {
                seen.add(file.getInt());
            }
            file.position(start + length);
        }
        return seen;
    }

    /** A response in progress when the signal comes is completed. */
    @Test
    void completesResponses() throws Exception {
        try (Launcher launcher = Launcher.serve(PLACE, directory);
                KernelClient client =
                        new KernelClient(PLACE.address()).get("file").read(1_000_000)) {
            launcher.signal("TERM");
            final KernelClient.End end = client.readToEnd();
            assertThat(end.failure()).isEmpty();
            assertThat(end.bytes()).isEqualTo(SIZE);
            assertThat(launcher.exitStatus()).isZero();
        }
    }

    @Test
    void echo() throws Exception {
        final var options = PLACE.options();
        try (Launcher launcher = Launcher.start(
                Stream.concat(Stream.of("echo"), options.stream()).toArray(String[]::new))) {
            assertThat(launcher.line())
                    .as(launcher::errors)
                    .isEqualTo("ready: echo at " + PLACE.ip() + ":7 (TCP and UDP)");
            try (Socket socket = new Socket(PLACE.address(), 7)) {
                socket.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                        .isEqualTo("hello");
            }
            launcher.signal("TERM");
            assertThat(launcher.exitStatus()).isZero();
        }
    }

    private void download() throws Exception {
        assertThat(HostPrograms.script("curl -sS --fail --max-time 30 http://" + PLACE.ip() + "/file | sha256sum"))
                .startsWith(file.sha256());
    }

    private static boolean tapExists() throws IOException {
        return NetworkInterface.getByName(PLACE.tap()) != null;
    }
}
