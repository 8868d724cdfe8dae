package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.RawClient.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9110 section 14. */
class RangeTest extends ServerFixture {

    private static final String TEXT = "0123456789abcdefghijklmnopqrstuvwxyz";

    @Override
    void prepare() throws IOException {
        write("text.txt", TEXT);
        write("empty.txt", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes=0-0   | 0    | bytes 0-0/36",
                "bytes=10-12 | abc  | bytes 10-12/36",
                "Bytes=34-   | yz   | bytes 34-35/36",
                "bytes=-3    | xyz  | bytes 33-35/36",
                "bytes=35-99 | z    | bytes 35-35/36",
                "bytes=33-99999999999999999999 | xyz | bytes 33-35/36",
                "bytes=0-1,1-2,2-3 | 0123 | bytes 0-3/36", // they overlap: one range
                "bytes=99-, 0-1    | 01 | bytes 0-1/36",
                "bytes=, 0-1 ,     | 01 | bytes 0-1/36",
            })
    void oneRange(final String range, final String content, final String contentRange) throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get("/text.txt", "Range: " + range).reply();
            assertThat(reply.status()).isEqualTo(206);
            assertThat(reply.text()).isEqualTo(content);
            assertThat(reply.field("Content-Range")).contains(contentRange);
            assertThat(reply.field("ETag")).isPresent();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=36-", "bytes=99-100", "bytes=-0", "bytes=40-50, 60-", "bytes=99999999999999999999-"})
    void unsatisfiable(final String range) throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get("/text.txt", "Range: " + range).reply();
            assertThat(reply.status()).isEqualTo(416);
            assertThat(reply.field("Content-Range")).contains("bytes */36");
            assertThat(client.get("/text.txt").reply().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lines=1-2",
                "bytes=5-2",
                "bytes=-",
                "bytes=a-b",
                "bytes=1",
                "bytes=",
                "bytes 1-2",
                "bytes=1-2-3",
                "bytes=+1-2",
                "bytes=1 - 2",
            })
    void ignoredWhenMalformed(final String range) throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.get("/text.txt", "Range: " + range).reply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.text()).isEqualTo(TEXT);
        }
    }

    @Test
    void ignoredWhenTheyAreTooMany() throws IOException {
        final String many =
                IntStream.range(0, 33).mapToObj(i -> i + "-" + i).collect(Collectors.joining(",", "bytes=", ""));
        try (RawClient client = client()) {
            assertThat(client.get("/text.txt", "Range: " + many).reply().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void emptyFile() throws IOException {
        try (RawClient client = client()) {
            assertThat(client.get("/empty.txt", "Range: bytes=0-").reply().status())
                    .isEqualTo(416);
            assertThat(client.get("/empty.txt", "Range: bytes=-5").reply().status())
                    .isEqualTo(200);
        }
    }

    @Test
    void headIgnoresRanges() throws IOException {
        try (RawClient client = client()) {
            final Reply reply = client.request("HEAD /text.txt HTTP/1.1", "Host: x", "Range: bytes=0-1")
                    .headReply();
            assertThat(reply.status()).isEqualTo(200);
            assertThat(reply.field("Content-Length")).contains("36");
        }
    }

    @Test
    void severalRangesKeepTheirOrder() throws IOException {
        try (RawClient client = client()) {
            final Reply reply =
                    client.get("/text.txt", "Range: bytes=10-12,-2,0-0").reply();
            assertThat(reply.status()).isEqualTo(206);
            assertThat(reply.field("Content-Range")).isEmpty();
            final String boundary = reply.field("Content-Type").orElseThrow().split("boundary=", 2)[1];
            final String type = "Content-Type: text/plain; charset=utf-8\r\n";
            assertThat(reply.text())
                    .isEqualTo("\r\n--" + boundary + "\r\n" + type + "Content-Range: bytes 10-12/36\r\n\r\nabc\r\n--"
                            + boundary + "\r\n" + type + "Content-Range: bytes 34-35/36\r\n\r\nyz\r\n--" + boundary
                            + "\r\n" + type + "Content-Range: bytes 0-0/36\r\n\r\n0\r\n--" + boundary + "--\r\n");
            assertThat(client.get("/text.txt").reply().text()).isEqualTo(TEXT);
        }
    }

    @ParameterizedTest
    @EnumSource(ServeMethod.class)
    void severalLargeRanges(final ServeMethod method) throws IOException {
        final byte[] large = writeRandom("large.bin", 500_000);
        try (HttpServer other = start(root, config().withMethod(method));
                RawClient client = new RawClient(other.address())) {
            final Reply reply = client.get("/large.bin", "Range: bytes=100000-199999,300000-449999")
                    .reply();
            assertThat(reply.status()).isEqualTo(206);
            final String body = new String(reply.body(), StandardCharsets.ISO_8859_1);
            for (final byte[] part :
                    List.of(Arrays.copyOfRange(large, 100_000, 200_000), Arrays.copyOfRange(large, 300_000, 450_000))) {
                assertThat(body.contains(new String(part, StandardCharsets.ISO_8859_1)))
                        .isTrue();
            }
            assertThat(client.get("/text.txt").reply().text()).isEqualTo(TEXT);
        }
    }
}
