package io.tapstack.http.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.http.client.DownloadFailure.Kind;
import io.tapstack.http.client.FakeServer.Then;
import io.tapstack.httpd.HttpServer;
import io.tapstack.httpd.ServerConfig;
import io.tapstack.transport.ForwardingTransport;
import io.tapstack.transport.JdkTransport;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Downloads from our server, and from servers with faults. */
@Timeout(20)
class DownloaderTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    @TempDir
    Path directory;

    private final Downloader downloader =
            new Downloader(new JdkTransport(), Duration.ofSeconds(5), Duration.ofSeconds(10));

    private Path target() {
        return directory.resolve("target");
    }

    private Downloader.Result get(final HttpUrl url, final boolean resume) throws IOException {
        return downloader.download(url, new FileSink(target()), resume, DownloadProgress.SILENT);
    }

    private void assertFails(final Kind kind, final Then then, final String... answers) throws IOException {
        try (FakeServer server = new FakeServer(then, answers)) {
            assertFails(kind, server.url("/x"), false);
        }
    }

    private void assertFails(final Kind kind, final HttpUrl url, final boolean resume) {
        assertFails(kind, downloader, url, resume);
    }

    private void assertFails(final Kind kind, final Downloader downloader, final HttpUrl url, final boolean resume) {
        assertThatThrownBy(() -> downloader.download(url, new FileSink(target()), resume, DownloadProgress.SILENT))
                .isInstanceOfSatisfying(DownloadFailure.class, e -> {
                    assertThat(e.kind()).as(e.getMessage()).isEqualTo(kind);
                    assertThat(e.getMessage()).isNotBlank().doesNotContain("null");
                });
    }

    private HttpServer server(final Path site) throws IOException {
        return HttpServer.start(
                new JdkTransport(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                site,
                ServerConfig.standard());
    }

    private byte[] site(final int size) throws IOException {
        final byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        final Path site = Files.createDirectories(directory.resolve("site"));
        Files.write(site.resolve("file.bin"), bytes);
        Files.setLastModifiedTime(site.resolve("file.bin"), FileTime.from(Instant.parse("2024-05-06T07:08:09.123Z")));
        return bytes;
    }

    private static HttpUrl url(final HttpServer server, final String target) throws DownloadFailure {
        return HttpUrl.parse("http://127.0.0.1:" + server.address().getPort() + target);
    }

    @Test
    void fromOurServer() throws IOException {
        final byte[] bytes = site(3_000_000);
        try (HttpServer server = server(directory.resolve("site"))) {
            final Downloader.Result result = get(url(server, "/file.bin"), false);
            assertThat(result.receivedBytes()).isEqualTo(3_000_000);
            assertThat(target()).hasBinaryContent(bytes);
            assertThat(Files.getLastModifiedTime(target()).toInstant()).isEqualTo("2024-05-06T07:08:09Z");
            assertFails(Kind.HTTP_STATUS, url(server, "/nothing"), false);
            assertThat(target()).as("an error does not touch the file").hasBinaryContent(bytes);
        }
    }

    @Test
    void resumesWhereItStopped() throws IOException {
        final byte[] bytes = site(3_000_000);
        try (HttpServer server = server(directory.resolve("site"))) {
            Files.write(target(), Arrays.copyOf(bytes, 1_000_000));
            Files.setLastModifiedTime(target(), FileTime.from(Instant.parse("2024-05-06T07:08:09Z")));
            assertThat(get(url(server, "/file.bin"), true).receivedBytes()).isEqualTo(2_000_000);
            assertThat(target()).hasBinaryContent(bytes);
            final Downloader.Result again = get(url(server, "/file.bin"), true);
            assertThat(again).isEqualTo(new Downloader.Result(0, 3_000_000, 0));
            assertThat(target()).hasBinaryContent(bytes);
        }
    }

    @Test
    void resumingAnotherVersionStartsAgain() throws IOException {
        final byte[] bytes = site(100_000);
        try (HttpServer server = server(directory.resolve("site"))) {
            Files.write(target(), new byte[70_000]);
            Files.setLastModifiedTime(target(), FileTime.from(Instant.parse("2024-05-06T07:08:08Z")));
            assertThat(get(url(server, "/file.bin"), true).receivedBytes()).isEqualTo(100_000);
            assertThat(target()).hasBinaryContent(bytes);
        }
    }

    @Test
    void resumingNothingIsADownload() throws IOException {
        final byte[] bytes = site(100_000);
        try (HttpServer server = server(directory.resolve("site"))) {
            get(url(server, "/file.bin"), true);
            assertThat(target()).hasBinaryContent(bytes);
        }
    }

    @Test
    void aBrokenDownloadStaysAndIsResumed() throws IOException {
        final byte[] bytes = site(100);
        final String date = "Last-Modified: Mon, 06 May 2024 07:08:09 GMT\r\n";
        try (FakeServer broken = new FakeServer(
                Then.CLOSE,
                OK + date + "Content-Length: 100\r\n\r\n" + new String(bytes, 0, 40, StandardCharsets.ISO_8859_1))) {
            assertFails(Kind.PARTIAL, broken.url("/file.bin"), false);
        }
        assertThat(target()).hasSize(40);
        try (HttpServer server = server(directory.resolve("site"))) {
            assertThat(get(url(server, "/file.bin"), true).receivedBytes()).isEqualTo(60);
            assertThat(target()).hasBinaryContent(bytes);
        }
    }

    /** The date is the same, as after {@code cp -p}: only the tag distinguishes the versions. */
    @Test
    void theTagOfABrokenDownloadIsRemembered() throws IOException {
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView(UserDefinedFileAttributeView.class));
        final String date = "Last-Modified: Mon, 06 May 2024 07:08:09 GMT\r\n";
        final String first = OK + date + "ETag: \"1\"\r\nContent-Length: 10\r\n\r\n";
        try (FakeServer server = new FakeServer(
                Then.CLOSE,
                first + "first",
                "HTTP/1.1 206 P\r\n" + date + "ETag: \"2\"\r\nContent-Range: bytes 5-9/10\r\n\r\nOTHER",
                OK + date + "ETag: \"2\"\r\nContent-Length: 10\r\n\r\nOTHERotherX",
                "HTTP/1.1 206 P\r\n" + date + "ETag: \"2\"\r\nContent-Range: bytes 5-9/10\r\n\r\nother")) {
            assertFails(Kind.PARTIAL, server.url("/x"), false);
            assertFails(Kind.RESUME, server.url("/x"), true);
            assertThat(target()).hasContent("first");
            assertThat(server.requests().get(1)).contains("Range: bytes=5-\r\n", "If-Range: \"1\"\r\n");
            get(server.url("/x"), true);
            assertThat(target()).hasContent("OTHERother");
            // Bytes of another program are not a version of the server's.
            Files.writeString(target(), "mine!");
            assertFails(Kind.RESUME, server.url("/x"), true);
            assertThat(server.requests().get(3)).doesNotContain("If-Range: \"");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ETag: W/\"1\" | If-Range: Mon, 06 May 2024 07:08:09 GMT",
                "ETag: \"1\"   | If-Range: \"1\"",
                "ETag: 1       | If-Range: Mon, 06 May 2024 07:08:09 GMT",
                "ETag: \"caf\u00e9\" | If-Range: \"caf\u00e9\"",
            })
    void whatIsContinuedFrom(final String field, final String validator) throws IOException {
        assumeTrue(Files.getFileStore(directory).supportsFileAttributeView(UserDefinedFileAttributeView.class));
        try (FakeServer server = new FakeServer(
                Then.CLOSE,
                OK + field + "\r\nLast-Modified: Mon, 06 May 2024 07:08:09 GMT\r\nContent-Length: 10\r\n\r\nfirst")) {
            assertFails(Kind.PARTIAL, server.url("/x"), false);
            assertFails(Kind.PARTIAL, server.url("/x"), true);
            assertThat(server.requests().get(1)).contains("\r\n" + validator + "\r\n");
        }
    }

    /** RFC 9110 8.8.2.2: within the second of its Date the file may have had other contents. */
    @Test
    void aWeakDateIsNotContinuedFrom() throws IOException {
        final String date = "Mon, 06 May 2024 07:08:09 GMT\r\n";
        try (FakeServer server = new FakeServer(
                Then.CLOSE, OK + "Date: " + date + "Last-Modified: " + date + "Content-Length: 10\r\n\r\nfirst")) {
            assertFails(Kind.PARTIAL, server.url("/x"), false);
            assertFails(Kind.PARTIAL, server.url("/x"), true);
            assertThat(server.requests().get(1)).doesNotContain("If-Range: " + date);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "Content-Length: 5\r\n\r\nhello",
                OK + "\r\nhello",
                "HTTP/1.0 200 OK\r\n\r\nhello",
                OK + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=y\r\nllo\r\n0\r\nTrailer: x\r\n\r\n",
                OK + "Transfer-Encoding: chunked\r\n\r\n0000000000000005 \r\nhello\r\n000\r\n+a: x\r\n b\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK
                        + "Content-Length: 5\r\n\r\nhello",
                OK + "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
                OK + "Content-Length: 5 ,5\r\n\r\nhello, and more",
                OK + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 202 Accepted\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 299 Whatever\r\nContent-Length: 5\r\n\r\nhello",
            })
    void everyFraming(final String answer) throws IOException {
        try (FakeServer server = new FakeServer(Then.CLOSE, answer)) {
            assertThat(get(server.url("/x?y"), false).totalBytes()).isEqualTo(5);
            assertThat(target()).hasContent("hello");
            assertThat(server.requests().get(0)).startsWith("GET /x?y HTTP/1.1\r\nHost: 127.0.0.1:");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NO_REPLY  | ''",
                "PARTIAL   | 'HTTP/1.1 200 OK~Content-Length: 5~'",
                "PARTIAL   | 'HTTP/1.1 200 OK~Content-Length: 5~~hell'",
                "PARTIAL   | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hell'",
                "PARTIAL   | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~'",
                "PARTIAL   | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~0~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~zz~hello~0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~+5~hello~0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~-0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ 5~hello~0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~\t5~hello~0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~ 0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~;x=y~hello~0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~00000000000000005~hello~0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~hello~00000000000000000~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: chunked~~8000000000000000~hello~0~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Transfer-Encoding: gzip~~x'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Content-Length: 5~Content-Length: 6~~hello'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Content-Length: 5, 6~~hello'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Content-Length: 5,~~hello'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Content-Length:~~hello'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Content-Length: +5~~hello'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Content-Length: 99999999999999999999~~hello'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~Content-Length: -5~~hello'",
                "BAD_REPLY | 'SSH-2.0-OpenSSH_9.2~~'",
                "BAD_REPLY | 'HTTP/1.1 abc~~'",
                "BAD_REPLY | 'HTTP/1.1 200 OK~ Content-Length: 5~~hello'",
                "BAD_REPLY | 'HTTP/1.1 103 Hints~X: y~~HTTP/1.1 200 OK~\tContent-Length: 5~~hello'",
                "BAD_REPLY | 'HTTP/1.1 101 Switching~~'",
                "BAD_REPLY | 'HTTP/1.1 302 Found~~'",
                "HTTP_STATUS | 'HTTP/1.1 404 Not Found~Content-Length: 0~~'",
                "HTTP_STATUS | 'HTTP/1.1 503~~'",
                "RESUME    | 'HTTP/1.1 206 Partial~Content-Range: bytes 0-4/9~Content-Length: 5~~hello'",
                "RESUME    | 'HTTP/1.1 416 No~Content-Range: bytes */9~~'",
            })
    void brokenAnswers(final Kind kind, final String answer) throws IOException {
        assertFails(kind, Then.CLOSE, answer.replace("~", "\r\n"));
    }

    /**
     * RFC 9112 5.1 allows no blank before the colon, and leaves to a user agent what to do about one. As for curl, that
     * is another field, of which nothing is known.
     */
    @ParameterizedTest
    @CsvSource({
        "Content-Length : 5, hello and more",
        "Content-Length\t: 5, hello and more",
        "Transfer-Encoding : chunked, 5"
    })
    void blankBeforeTheColon(final String field, final String body) throws IOException {
        try (FakeServer server = new FakeServer(Then.CLOSE, OK + field + "\r\n\r\n" + body)) {
            get(server.url("/x"), false);
            assertThat(target()).hasContent(body);
        }
    }

    /** RFC 9110 5.5: CR, LF and NUL are dangerous, and no other control character is of use; 9112 7.1.2: trailers. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                OK + "X: a\0b\r\nContent-Length: 5\r\n\r\nhello",
                OK + "X: a\rb\r\nContent-Length: 5\r\n\r\nhello",
                OK + "X: a\u001bb\r\nContent-Length: 5\r\n\r\nhello",
                OK + "X: a\u007fb\r\nContent-Length: 5\r\n\r\nhello",
                OK + "X\u0001: a\r\nContent-Length: 5\r\n\r\nhello",
                OK + "X: a\r\n \0b\r\nContent-Length: 5\r\n\r\nhello",
                "HTTP/1.1 200 O\0K\r\nContent-Length: 5\r\n\r\nhello",
                OK + "Transfer-Encoding: chunked\r\n\r\n5;a=\0\r\nhello\r\n0\r\n\r\n",
                OK + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX: \0\r\n\r\n",
            })
    void controlCharacters(final String answer) throws IOException {
        assertFails(Kind.BAD_REPLY, Then.CLOSE, answer);
    }

    @Test
    void aHeadThatIsTooLarge() throws IOException {
        assertFails(Kind.BAD_REPLY, Then.CLOSE, OK + "A: " + "x".repeat(20_000) + "\r\n\r\n");
        assertFails(Kind.BAD_REPLY, Then.CLOSE, OK + "A: x\r\n".repeat(300) + "\r\n");
    }

    /** A body without an end is damaged, and is no broken connection that might be continued. */
    @ParameterizedTest
    @CsvSource({"5;, a, 100000, ''", "5~hello~0~, 'X: y~', 1000, ~"})
    void aChunkedBodyWithoutEnd(final String before, final String what, final int times, final String behind)
            throws IOException {
        final String answer =
                OK + "Transfer-Encoding: chunked\r\n\r\n" + (before + what.repeat(times) + behind).replace("~", "\r\n");
        assertFails(Kind.BAD_REPLY, Then.CLOSE, answer);
    }

    @Test
    void aServerThatFallsSilent() throws IOException {
        final Downloader impatient = new Downloader(new JdkTransport(), Duration.ofSeconds(5), Duration.ofMillis(300));
        for (final String answer : new String[] {"", OK + "Content-Length: 5\r\n\r\nhell"}) {
            try (FakeServer server = new FakeServer(Then.STAY_SILENT, answer)) {
                assertFails(Kind.TIMEOUT, impatient, server.url("/x"), false);
            }
        }
    }

    @Test
    void aResetConnection() throws IOException {
        assertFails(Kind.CONNECTION, Then.RESET, "");
    }

    @Test
    void noServer() throws IOException {
        final int port;
        // The backlog is full: a thread that accepts would keep the kernel listening until it has left its system call.
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        assertFails(Kind.CONNECT, HttpUrl.parse("http://127.0.0.1:" + port + '/'), false);
        assertFails(Kind.UNKNOWN_HOST, HttpUrl.parse("http://no-such-host.invalid/"), false);
    }

    @Test
    void aServerThatContinuesWrongly() throws IOException {
        Files.writeString(target(), "12345");
        try (FakeServer server = new FakeServer(
                Then.CLOSE, "HTTP/1.1 206 P\r\nContent-Range: bytes 4-8/9\r\nContent-Length: 5\r\n\r\nhello")) {
            assertFails(Kind.RESUME, server.url("/"), true);
            assertThat(server.requests().get(0)).contains("Range: bytes=5-\r\n", "If-Range: ");
        }
        try (FakeServer server = new FakeServer(
                Then.CLOSE,
                "HTTP/1.1 206 P\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n"
                        + "Last-Modified: Mon, 06 May 2024 07:08:09 GMT\r\n\r\nhello")) {
            assertFails(Kind.RESUME, server.url("/"), true);
        }
        try (FakeServer server = new FakeServer(Then.CLOSE, "HTTP/1.1 416 No\r\nContent-Range: bytes */4\r\n\r\n")) {
            assertFails(Kind.RESUME, server.url("/"), true);
        }
        assertThat(target()).hasContent("12345");
    }

    @Test
    void redirectsAreFollowed() throws IOException {
        try (FakeServer server = new FakeServer(
                Then.CLOSE,
                "HTTP/1.1 301 Moved\r\nLocation: ../other/?q=1\r\nContent-Length: 4\r\n\r\nbody",
                "HTTP/1.1 307 Moved\r\nLocation: /third\r\n\r\n",
                OK + "Content-Length: 5\r\n\r\nhello")) {
            get(server.url("/a/b/c"), false);
            assertThat(target()).hasContent("hello");
            assertThat(server.requests().get(1)).startsWith("GET /a/other/?q=1 ");
            assertThat(server.requests().get(2)).startsWith("GET /third ");
        }
    }

    /** A Location field is octets: those that no URI has arrive at the server encoded, one by one. */
    @Test
    void redirectsToWhatIsNoUri() throws IOException {
        try (FakeServer server = new FakeServer(
                Then.CLOSE,
                "HTTP/1.1 302 F\r\nLocation: /f\u00c3\u00bc\u00e6\u0097\u00a5\u00e9 a.txt?x=1|2\r\n\r\n",
                OK + "Content-Length: 5\r\n\r\nhello")) {
            get(server.url("/"), false);
            assertThat(server.requests().get(1)).startsWith("GET /f%C3%BC%E6%97%A5%E9%20a.txt?x=1%7C2 HTTP/1.1\r\n");
        }
    }

    @Test
    void credentialsAreSentToTheirServerAlone() throws IOException {
        try (FakeServer other = new FakeServer(Then.CLOSE, OK + "Content-Length: 5\r\n\r\nhello");
                FakeServer server = new FakeServer(
                        Then.CLOSE,
                        "HTTP/1.1 302 F\r\nLocation: /b\r\n\r\n",
                        "HTTP/1.1 302 F\r\nLocation: " + other.url("/c") + "\r\n\r\n")) {
            get(HttpUrl.parse(server.url("/a").toString().replace("http://", "http://me:pass@")), false);
            assertThat(server.requests())
                    .hasSize(2)
                    .allMatch(head -> head.contains("Authorization: Basic bWU6cGFzcw==\r\n"));
            assertThat(other.requests().get(0)).doesNotContain("Authorization");
        }
    }

    @Test
    void redirectsComeToAnEnd() throws IOException {
        try (FakeServer server = new FakeServer(Then.CLOSE, "HTTP/1.1 302 Found\r\nLocation: /again\r\n\r\n")) {
            assertFails(Kind.TOO_MANY_REDIRECTS, server.url("/"), false);
            assertThat(server.requests()).hasSize(11);
        }
        assertFails(Kind.BAD_REPLY, Then.CLOSE, "HTTP/1.1 302 F\r\nLocation: \r\n\r\n");
        assertFails(Kind.UNSUPPORTED_PROTOCOL, Then.CLOSE, "HTTP/1.1 302 F\r\nLocation: https://x/\r\n\r\n");
        assertFails(Kind.BAD_URL, Then.CLOSE, "HTTP/1.1 302 F\r\nLocation: http://a b[/\r\n\r\n");
    }

    @Test
    void progressIsTold() throws IOException {
        final StringBuilder told = new StringBuilder();
        final DownloadProgress progress = new DownloadProgress() {

            @Override
            public void begin(final long existingBytes, final OptionalLong totalBytes) {
                told.append("begin ").append(existingBytes).append(' ').append(totalBytes);
            }

            @Override
            public void advance(final long bytes) {
                told.append(" +").append(bytes);
            }

            @Override
            public void end() {
                told.append(" end");
            }
        };
        try (FakeServer server = new FakeServer(Then.CLOSE, OK + "Content-Length: 5\r\n\r\nhello")) {
            downloader.download(server.url("/"), new FileSink(target()), false, progress);
        }
        assertThat(told).hasToString("begin 0 OptionalLong[5] +5 end");
    }

    @Test
    void aPlaceThatCannotBeWritten() {
        assertThatThrownBy(() -> new FileSink(directory))
                .isInstanceOf(DownloadFailure.class)
                .hasMessageContaining("is a directory");
        assertThatThrownBy(() -> new FileSink(directory.resolve("no/where")))
                .isInstanceOf(DownloadFailure.class)
                .hasMessageContaining("there is no directory");
    }

    @Test
    void aFullDisk() throws IOException {
        try (FakeServer server = new FakeServer(Then.CLOSE, OK + "Content-Length: 5\r\n\r\nhello")) {
            assertThatThrownBy(() -> downloader.download(
                            server.url("/"), new FileSink(Path.of("/dev/full")), false, DownloadProgress.SILENT))
                    .isInstanceOfSatisfying(
                            DownloadFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.OUTPUT));
        }
    }

    /** Received bytes stay, with their version, so that the next download continues them. */
    @Test
    void aCancelledDownloadCanBeContinued() throws Exception {
        final String head = OK + "Content-Length: 10\r\nETag: \"v1\"\r\n\r\n01234";
        final String rest =
                "HTTP/1.1 206 P\r\nContent-Length: 5\r\nContent-Range: bytes 5-9/10\r\nETag: \"v1\"\r\n\r\n56789";
        try (FakeServer server = new FakeServer(Then.STAY_SILENT, head, rest)) {
            final CountDownLatch came = new CountDownLatch(1);
            final Thread canceller = new Thread(() -> {
                awaitUninterrupted(came);
                downloader.cancel();
            });
            canceller.start();
            final DownloadProgress progress = new DownloadProgress() {

                private long bytes;

                @Override
                public void begin(final long existingBytes, final OptionalLong totalBytes) {}

                @Override
                public void advance(final long more) {
                    bytes += more;
                    if (bytes == 5) {
                        came.countDown();
                    }
                }

                @Override
                public void end() {}
            };
            assertThatThrownBy(() -> downloader.download(server.url("/x"), new FileSink(target()), false, progress))
                    .isInstanceOfSatisfying(
                            DownloadFailure.class, e -> assertThat(e.kind()).isEqualTo(Kind.CANCELLED));
            canceller.join();
            assertThat(target()).hasContent("01234");
            assertFails(Kind.CANCELLED, server.url("/x"), false);
            assertThat(server.requests()).as("no connection after it").hasSize(1);
            assertThat(new Downloader(new JdkTransport(), Duration.ofSeconds(5), Duration.ofSeconds(10))
                            .download(server.url("/x"), new FileSink(target()), true, DownloadProgress.SILENT)
                            .receivedBytes())
                    .isEqualTo(5);
            assertThat(target()).hasContent("0123456789");
            assertThat(server.requests().get(1)).contains("Range: bytes=5-\r\n", "If-Range: \"v1\"\r\n");
        }
    }

    @Test
    void aConnectIsCancelled() throws Exception {
        final CountDownLatch connecting = new CountDownLatch(1);
        final Transport silent = new ForwardingTransport(new JdkTransport()) {

            @Override
            public StreamConnection connect(final InetSocketAddress remote, final Duration timeout) throws IOException {
                connecting.countDown();
                try {
                    Thread.sleep(timeout.toMillis());
                } catch (final InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new ClosedByInterruptException();
                }
                throw new SocketTimeoutException();
            }
        };
        final Downloader waiting = new Downloader(silent, Duration.ofSeconds(60), Duration.ofSeconds(10));
        final Thread canceller = new Thread(() -> {
            awaitUninterrupted(connecting);
            waiting.cancel();
        });
        canceller.start();
        assertFails(Kind.CANCELLED, waiting, HttpUrl.parse("http://127.0.0.1/"), false);
        canceller.join();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(target()).doesNotExist();
    }

    private static void awaitUninterrupted(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
