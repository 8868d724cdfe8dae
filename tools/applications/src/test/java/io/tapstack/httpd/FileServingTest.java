package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.RawClient.Reply;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The results of GET and HEAD: files, pages, redirects and their header fields. */
class FileServingTest extends ServerFixture {

    @Override
    void prepare() throws IOException {
        write("hello.txt", "hello, world\n");
        write("dir/index.html", "<p>index</p>");
        write("list/b.txt", "b");
        write("naïve über 日本.txt", "utf-8");
        Files.createFile(root.resolve("empty.bin"));
    }

    /** Neither HTTP nor the file system knows an encoding: each octet of a name stays as it is. */
    @ParameterizedTest
    @CsvSource({
        "caf\u00e9.txt, /caf%E9.txt, caf\\xE9.txt",
        "caf\u00e9.txt, /caf\u00e9.txt, caf\\xE9.txt",
        "\u00c3\u00bc, /%c3%BC, ü",
        "\u00c3\u00bc, /\u00c3\u00bc, ü",
        "\u00ff\u00fe\u0080, /%FF%FE%80, \\xFF\\xFE\\x80",
        "\u00c0\u00ae, /%C0%AE, \\xC0\\xAE",
        "a%E9, /a%25E9, a%E9",
        "a:b, /a%3Ab, a:b",
    })
    void namesAreOctets(final String name, final String target, final String text) throws IOException {
        final Path directory = Files.createDirectory(root.resolve("names"));
        Files.writeString(directory.resolve(PathOctets.path(name)), "content");
        final Path inner = Files.createDirectory(root.resolve(PathOctets.path("dir" + name)));
        Files.writeString(inner.resolve(PathOctets.path(name)), "inner");
        try (RawClient client = client()) {
            assertThat(client.get("/names" + target).reply().text()).isEqualTo("content");
            final String page = client.get("/names/").reply().text();
            assertThat(page).contains(">" + text + "</a>");
            final Matcher link = Pattern.compile("href=\"([^.\"][^\"]*)\"").matcher(page);
            assertThat(link.find()).isTrue();
            assertThat(link.group(1)).matches("[A-Za-z0-9._~%-]+");
            assertThat(client.get("/names/" + link.group(1)).reply().text()).isEqualTo("content");
            final Reply moved = client.get("/dir" + target.substring(1) + "?q").reply();
            assertThat(moved.status()).isEqualTo(301);
            final String location = moved.field("Location").orElseThrow();
            assertThat(location).matches("/[A-Za-z0-9._~%-]+/\\?q");
            assertThat(client.get(location).reply().text()).contains("Index of /dir" + text + "/", ">" + text + "</a>");
            assertThat(client.get(location.substring(0, location.length() - 2) + target.substring(1))
                            .reply()
                            .text())
                    .isEqualTo("inner");
        }
        try (HttpServer one = start(directory.resolve(PathOctets.path(name)), config());
                RawClient client = new RawClient(one.address())) {
            assertThat(client.get(target).reply().text()).isEqualTo("content");
            assertThat(client.get("/").reply().text()).isEqualTo("content");
            assertThat(client.get("/other%E9").reply().status()).isEqualTo(404);
        }
    }

    @Test
    void fileWithItsFields() throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get("/hello.txt").reply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).isEqualTo("hello, world\n");
            assertThat(reply.field("Content-Type")).contains("text/plain; charset=utf-8");
            assertThat(reply.field("Accept-Ranges")).contains("bytes");
            assertThat(reply.field("ETag")).get().asString().matches("\"[0-9a-f]{24}\"");
            assertThat(reply.field("Last-Modified").flatMap(HttpDate::parse)).isPresent();
            assertThat(reply.field("Date").flatMap(HttpDate::parse)).isPresent();
            assertThat(reply.field("Cache-Control")).isEmpty();
            assertThat(reply.field("Connection")).isEmpty();
        }
    }

    @Test
    void headHasTheFieldsOfGetAndNoBody() throws IOException {
        try (RawClient client = client()) {
            final Reply head =
                    client.request("HEAD /hello.txt HTTP/1.1", "Host: x").headReply();
            final Reply get = client.get("/hello.txt").reply();
            assertThat(head.fields().stream().filter(field -> !field.startsWith("Date")))
                    .containsExactlyElementsOf(get.fields().stream()
                            .filter(field -> !field.startsWith("Date"))
                            .toList());
            assertThat(client.request("HEAD /nothing HTTP/1.1", "Host: x")
                            .headReply()
                            .status())
                    .isEqualTo(404);
            assertThat(client.request("HEAD /list/ HTTP/1.1", "Host: x")
                            .headReply()
                            .status())
                    .isEqualTo(200);
            assertThat(client.get("/hello.txt").reply().text()).startsWith("hello");
        }
    }

    @Test
    void emptyFile() throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get("/empty.bin").reply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.body()).isEmpty();
            assertThat(reply.field("Content-Type")).contains("application/octet-stream");
        }
    }

    @ParameterizedTest
    @EnumSource(ServeMethod.class)
    void everyMethodSendsTheSameBytes(final ServeMethod method) throws IOException {
        final byte[] large = writeRandom("large.bin", 3_000_001);
        try (HttpServer other = start(root, config().withMethod(method));
                RawClient client = new RawClient(other.address())) {
            assertThat(client.get("/large.bin").reply().body()).isEqualTo(large);
            final Reply part =
                    client.get("/large.bin", "Range: bytes=1000001-2500000").reply();
            assertThat(part.body()).isEqualTo(Arrays.copyOfRange(large, 1_000_001, 2_500_001));
            assertThat(client.get("/hello.txt").reply().text()).isEqualTo("hello, world\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/na%C3%AFve%20%C3%BCber%20%E6%97%A5%E6%9C%AC.txt, utf-8",
        "/naÃ¯ve%20Ã¼ber%20%e6%97%a5%e6%9c%ac.txt, utf-8", // raw UTF-8 bytes, as curl sends what was typed
        "/dir/, <p>index</p>",
        "/dir/index.html, <p>index</p>",
        "/dir/../list//./b.txt, b",
        "/list/b.txt?a=b, b",
        "http://elsewhere/list/b.txt, b",
        "HTTP://elsewhere:80/list/b.txt?q, b",
    })
    void targetsThatNameAFile(final String target, final String content) throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get(target).reply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).isEqualTo(content);
        }
    }

    @Test
    void directoryWithoutSlashMoves() throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get("//list?x=1").reply();
            assertThat(reply.status()).isEqualTo(301);
            // Never "//list/", which a browser would take for a host.
            assertThat(reply.field("Location")).contains("/list/?x=1");
        }
    }

    /** RFC 3986 3.4: a Location field is a URI, also where the request's target was none. */
    @ParameterizedTest
    @CsvSource({
        "?, ?",
        "?a=%20%e9&b=~!$'()*+;:@/?, ?a=%20%e9&b=~!$'()*+;:@/?",
        "?f\u00fc\u00ff, ?f%FC%FF",
        "?[\"<>\\^`{|}], ?%5B%22%3C%3E%5C%5E%60%7B%7C%7D%5D",
        "?100%, ?100%25",
        "?%g0%2, ?%25g0%252",
    })
    void queryOfADirectoryThatMoves(final String query, final String encoded) throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get("/list" + query).reply();
            assertThat(reply.status()).isEqualTo(301);
            assertThat(reply.field("Location")).contains("/list/" + encoded);
        }
    }

    @Test
    void singleFileAtRootAndAtItsName() throws IOException {
        try (HttpServer single = start(root.resolve("hello.txt"), config());
                RawClient client = new RawClient(single.address())) {
            assertThat(client.get("/").reply().text()).isEqualTo("hello, world\n");
            assertThat(client.get("/hello.txt").reply().text()).isEqualTo("hello, world\n");
            assertThat(client.get("/hello.txt/").reply().status()).isEqualTo(404);
            assertThat(client.get("/dir/").reply().status()).isEqualTo(404);
        }
    }

    /** RFC 9111 5.2.2.1 and 5.3: max-age, and the same for clients that know Expires alone. */
    @Test
    void maxAgeAndMimeType() throws IOException {
        final ServerConfig config =
                config().withRepresentation(Optional.of(Duration.ofSeconds(60)), Optional.of("text/x-test"));
        try (HttpServer other = start(root, config);
                RawClient client = new RawClient(other.address())) {
            final Reply reply = client.get("/hello.txt").reply();
            assertThat(reply.field("Content-Type")).contains("text/x-test");
            assertThat(reply.field("Cache-Control")).contains("max-age=60");
            final var date = HttpDate.parse(reply.field("Date").orElseThrow()).orElseThrow();
            final var expires =
                    HttpDate.parse(reply.field("Expires").orElseThrow()).orElseThrow();
            assertThat(Duration.between(date, expires)).isBetween(Duration.ofSeconds(59), Duration.ofSeconds(61));
        }
    }

    @Test
    void aChangedFileIsSeenAtOnce() throws IOException {
        final byte[] first = writeRandom("changing.bin", 100_000);
        try (RawClient client = client()) {
            assertThat(client.get("/changing.bin").reply().body()).isEqualTo(first);
            // Another answer, so that the server is done with the file, which is about to be cut short for a moment.
            assertThat(client.get("/hello.txt").reply().text()).startsWith("hello");
            final byte[] second = writeRandom("changing.bin", 90_000);
            assertThat(client.get("/changing.bin").reply().body()).isEqualTo(second);
            final byte[] third = writeRandom("other.bin", 90_000);
            third[0]++;
            Files.write(root.resolve("other.bin"), third);
            Files.move(root.resolve("other.bin"), root.resolve("changing.bin"), StandardCopyOption.REPLACE_EXISTING);
            assertThat(client.get("/changing.bin").reply().body()).isEqualTo(third);
        }
    }
}
