package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.tapstack.httpd.RawClient.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ways out of the directory, and files in it that may not be read. */
class EscapeTest extends ServerFixture {

    @TempDir
    Path outside;

    @Override
    void prepare() throws IOException {
        write("dir/inside.txt", "inside");
        Files.writeString(outside.resolve("secret.txt"), "secret");
        Files.writeString(outside.resolve("index.html"), "secret");
        Files.createSymbolicLink(root.resolve("link.txt"), outside.resolve("secret.txt"));
        Files.createSymbolicLink(root.resolve("linkdir"), outside);
        Files.createDirectories(root.resolve("indexed"));
        Files.createSymbolicLink(root.resolve("indexed/index.html"), outside.resolve("index.html"));
        Files.createSymbolicLink(root.resolve("within.txt"), Path.of("dir/inside.txt"));
        Files.createSymbolicLink(root.resolve("broken"), Path.of("nowhere"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../OUTSIDE/secret.txt",
                "/dir/../../OUTSIDE/secret.txt",
                "/%2e%2e/OUTSIDE/secret.txt",
                "/.%2E/OUTSIDE/secret.txt",
                "/..%2fOUTSIDE/secret.txt",
                "/..%5cOUTSIDE/secret.txt",
                "/%252e%252e/OUTSIDE/secret.txt",
                "/dir/..;/../OUTSIDE/secret.txt",
                "//OUTSIDE/../../OUTSIDE/secret.txt",
                "/ABSOLUTE/secret.txt",
                "/%2fABSOLUTE/secret.txt",
                "http://x/../OUTSIDE/secret.txt",
                "http://x/%2e%2e/OUTSIDE/secret.txt",
                "/dir/inside.txt%00.html",
                "/link.txt",
                "/linkdir/",
                "/linkdir/secret.txt",
                "/indexed/",
            })
    void leadsNowhere(final String target) throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get(
                            target.replace("OUTSIDE", outside.getFileName().toString())
                                    .replace("ABSOLUTE", outside.toString().substring(1)))
                    .reply();
            assertThat(reply.status()).isIn(400, 403, 404);
            assertThat(reply.text()).doesNotContain("secret");
        }
    }

    @Test
    void linksThatStayInsideAreFollowed() throws IOException {
        try (RawClient client = client()) {
            assertThat(client.get("/within.txt").reply().text()).isEqualTo("inside");
            assertThat(client.get("/link.txt").reply().status()).isEqualTo(403);
            assertThat(client.get("/broken").reply().status()).isEqualTo(404);
            assertThat(client.get("/loop").reply().status()).isEqualTo(404);
            assertThat(client.get("/").reply().text()).contains("within.txt").doesNotContain("broken");
        }
    }

    @Test
    void aPipeIsNotOpened() throws Exception {
        final Process mkfifo = new ProcessBuilder("mkfifo", root.resolve("pipe").toString()).start();
        assertThat(mkfifo.waitFor()).isZero();
        try (RawClient client = client()) {
            assertThat(client.get("/pipe").reply().status()).isEqualTo(403);
        }
    }

    @Test
    void unreadableIsForbidden() throws IOException {
        final Path file = write("unreadable.txt", "x");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(file), "root reads everything");
        try (RawClient client = client()) {
            assertThat(client.get("/unreadable.txt").reply().status()).isEqualTo(403);
            assertThat(client.request("HEAD /unreadable.txt HTTP/1.1", "Host: x")
                            .headReply()
                            .status())
                    .isEqualTo(403);
        }
    }
}
