package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.RawClient.Reply;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** Repeated requests. */
class ReadyResponseTest extends ServerFixture {

    private static final int SHORT_WAIT_MILLIS = 300;

    @Override
    ServerPlace usualPlace() {
        return ServerPlace.waking();
    }

    @Override
    void prepare() throws IOException {
        old(write("a.txt", "first"));
        old(write("b.txt", "other"));
    }

    /** A file that has not been changed for long. */
    private static Path old(final Path file) throws IOException {
        return Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(3600)));
    }

    /** The second answer may be sent before the first one is stored, which happens behind it. */
    private void learn(final RawClient client, final String target) throws IOException {
        Awaitility.await().until(() -> {
            final long before = server.answeredAtOnce();
            client.get(target).reply();
            return server.answeredAtOnce() > before;
        });
    }

    private void assertAnswered(final RawClient client, final String target, final boolean atOnce, final String text)
            throws IOException {
        final long before = server.answeredAtOnce();
        assertThat(client.get(target).reply().text()).isEqualTo(text);
        assertThat(server.answeredAtOnce() - before).isEqualTo(atOnce ? 1 : 0);
    }

    @Test
    void getTheSameResponse() throws IOException {
        try (RawClient client = client()) {
            final Reply first = client.get("/a.txt").reply();
            learn(client, "/a.txt");
            assertAnswered(client, "/a.txt", true, "first");
            final Reply again = client.get("/a.txt").reply();
            assertThat(again.status()).isEqualTo(200);
            assertThat(again.fields().stream().filter(field -> !field.startsWith("Date")))
                    .isEqualTo(first.fields().stream()
                            .filter(field -> !field.startsWith("Date"))
                            .toList());
            assertThat(again.field("Date"))
                    .hasValueSatisfying(date -> assertThat(HttpDate.parse(date))
                            .hasValueSatisfying(time ->
                                    assertThat(time).isBetween(Instant.now().minusSeconds(5), Instant.now())));
            assertAnswered(client, "/b.txt", false, "other");
        }
    }

    @Test
    void fromOtherConnectionsToo() throws IOException {
        try (RawClient one = client();
                RawClient other = client()) {
            learn(one, "/a.txt");
            assertAnswered(other, "/a.txt", true, "first");
        }
    }

    /** As with several stacks, each with a thread of its own. */
    @Test
    void areNotMixedUpByManyThreads() throws Exception {
        final int clients = 6;
        final ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            final List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                final String name = "file" + i;
                old(write(name, "content of " + name));
                all.add(threads.submit(() -> {
                    try (RawClient client = client()) {
                        for (int request = 0; request < 300; request++) {
                            assertThat(client.get('/' + name).reply().text()).isEqualTo("content of " + name);
                        }
                    }
                    return name;
                }));
            }
            for (final Future<?> one : all) {
                one.get();
            }
            assertThat(server.answeredAtOnce()).isPositive();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void areAnsweredWholeWhenThereIsNoRoom() throws IOException {
        final byte[] content = writeRandom("large", 3 * WakingTransport.ROOM + 1);
        old(root.resolve("large"));
        try (RawClient client = client()) {
            learn(client, "/large");
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/large").reply().body()).isEqualTo(content);
            }
        }
    }

    @Test
    void seeAFileThatChanged() throws IOException {
        try (RawClient client = client()) {
            learn(client, "/a.txt");
            write("a.txt", "longer than before");
            assertAnswered(client, "/a.txt", false, "longer than before");
            // The same size, too soon for a coarse clock to show it.
            write("a.txt", "LONGER THAN BEFORE");
            assertAnswered(client, "/a.txt", false, "LONGER THAN BEFORE");
        }
    }

    /** As by {@code cp -p}: neither size nor time nor inode differ. */
    @Test
    void seeAnotherVersionOfTheSameSizeAndTime() throws IOException {
        final FileTime time = Files.getLastModifiedTime(root.resolve("a.txt"));
        try (RawClient client = client()) {
            for (final String version : new String[] {"FIRST", "fiRst", "First"}) {
                learn(client, "/a.txt");
                Files.setLastModifiedTime(write("a.txt", version), time);
                assertAnswered(client, "/a.txt", false, version);
            }
        }
    }

    /** A write through a mapping changes no time of the file, so its state is not trusted for long. */
    @Test
    void areNotBelievedForLong() throws IOException {
        final Path file = root.resolve("a.txt");
        final ReadyResponse ready = new ReadyResponse(
                new ReadyResponse.Summary("GET / HTTP/1.1", HttpStatus.OK, 0),
                new byte[0],
                file,
                FileState.of(file),
                new byte[0],
                5_000);
        assertThat(ready.isCurrent(5_000)).isTrue();
        assertThat(ready.isCurrent(6_000)).isTrue();
        assertThat(ready.isCurrent(6_001)).isFalse();
        assertThat(ready.isCurrent(4_999)).as("the clock was set back").isFalse();
    }

    @Test
    void seeAFileThatWasReplacedOrRemoved() throws IOException {
        try (RawClient client = client()) {
            learn(client, "/a.txt");
            final Path next = write("next", "FIRST");
            Files.setLastModifiedTime(next, Files.getLastModifiedTime(root.resolve("a.txt")));
            Files.move(next, root.resolve("a.txt"), StandardCopyOption.REPLACE_EXISTING);
            assertAnswered(client, "/a.txt", false, "FIRST");
            learn(client, "/a.txt");
            Files.delete(root.resolve("a.txt"));
            assertThat(client.get("/a.txt").reply().status()).isEqualTo(404);
        }
    }

    /** The system decides whether the file may be read, each time that its permissions have changed. */
    @Test
    void seeAFileWhosePermissionsChanged() throws IOException {
        try (RawClient client = client()) {
            learn(client, "/a.txt");
            Files.setPosixFilePermissions(root.resolve("a.txt"), PosixFilePermissions.fromString("r--------"));
            assertAnswered(client, "/a.txt", false, "first");
            learn(client, "/a.txt");
        }
    }

    @Test
    void followALinkThatChanged() throws IOException {
        Files.createSymbolicLink(root.resolve("link"), Path.of("a.txt"));
        try (RawClient client = client()) {
            learn(client, "/link");
            Files.delete(root.resolve("link"));
            Files.createSymbolicLink(root.resolve("link"), Path.of("b.txt"));
            assertAnswered(client, "/link", false, "other");
            learn(client, "/link");
            Files.delete(root.resolve("link"));
            Files.createSymbolicLink(root.resolve("link"), Path.of("/proc/version"));
            assertThat(client.get("/link").reply().status()).isEqualTo(403);
        }
    }

    @Test
    void inPiecesAreNotAnsweredBeforeTheirEnd() throws IOException {
        try (RawClient client = client()) {
            for (int i = 0; i < 3; i++) {
                client.raw("GET /a.txt HTTP/1.1\r\nHost: test\r\n");
                client.socket().setSoTimeout(SHORT_WAIT_MILLIS);
                assertThatThrownBy(client::reply).isInstanceOf(SocketTimeoutException.class);
                client.socket().setSoTimeout(10_000);
                assertThat(client.raw("\r\n").reply().text()).isEqualTo("first");
            }
            assertThat(server.answeredAtOnce()).isZero();
        }
    }

    @Test
    void inOnePieceAreAnsweredEach() throws IOException {
        final String one = "GET /a.txt HTTP/1.1\r\nHost: test\r\n\r\n";
        final String other = "GET /b.txt HTTP/1.1\r\nHost: test\r\n\r\n";
        try (RawClient client = client()) {
            learn(client, "/a.txt");
            for (int i = 0; i < 5; i++) {
                client.raw(one + other);
                assertThat(client.reply().text()).isEqualTo("first");
                assertThat(client.reply().text()).isEqualTo("other");
            }
            learn(client, "/a.txt"); // still
        }
    }

    @Test
    void withABodyAreReadWhole() throws IOException {
        final String head = "GET /a.txt HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\n\r\n";
        try (RawClient client = client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.raw(head + "abc").reply().text()).isEqualTo("first");
            }
            assertThat(client.raw(head).raw("abc").reply().text()).isEqualTo("first");
            assertThat(server.answeredAtOnce()).isZero();
        }
    }

    @Test
    void thatEndTheConnectionDoSo() throws IOException {
        for (int i = 0; i < 3; i++) {
            try (RawClient client = client()) {
                assertThat(client.get("/a.txt", "Connection: close").reply().text())
                        .isEqualTo("first");
                assertThat(client.ended()).isTrue();
            }
        }
    }

    @Test
    void withAgeAreMadeAnew() throws IOException {
        try (HttpServer ageing =
                        start(root, config().withRepresentation(Optional.of(Duration.ofSeconds(5)), Optional.empty()));
                RawClient client = new RawClient(ageing.address())) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/a.txt").reply().field("Expires")).isPresent();
            }
            assertThat(ageing.answeredAtOnce()).isZero();
        }
    }

    @Test
    void endWithTheServer() throws IOException {
        try (RawClient client = client()) {
            learn(client, "/a.txt");
            server.close();
            assertThat(client.ended()).isTrue();
            assertThat(server.connectionCount()).isZero();
        }
    }
}
