package io.tapstack.httpd;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.httpd.RawClient.Reply;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Wrong requests, and their answers: RFC 9110 and RFC 9112. */
class RequestRulesTest extends ServerFixture {

    private static final String CHUNKED = "GET /hello.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String FINE = "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n";

    @Override
    void prepare() throws IOException {
        write("hello.txt", "hello\n");
    }

    /** After each of these the start of the next request is unknown: the connection must end. */
    static Stream<Arguments> refusedAndClosed() {
        return Stream.of(
                // RFC 9112 3: request line
                refused("GET /\r\n\r\n", 400),
                refused("GET  HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1.1 x\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTQ/1.1\r\nHost: x\r\n\r\n", 400),
                refused(" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /#a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
                refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
                refused("GET / HTTP/0.9\r\n\r\n", 505),
                // RFC 9112 3.2: Host
                refused("GET / HTTP/1.1\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400),
                refused("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: a:123456\r\n\r\n", 400),
                // RFC 9112 5: field lines
                refused("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nA B: c\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\n: c\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nA: b\r\n folded\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nA: b\rc\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n", 400),
                // RFC 9112 6: body length
                refused(
                        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
                        400),
                refused("GET / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked,\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: , chunked\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \"chunked\"\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u000bchunked\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", 400),
                refused(
                        "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: gzip\r\n\r\n",
                        400),
                refused(
                        "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                        400),
                // 2.2: line ends
                refused("GET / HTTP/1.1\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nA: b\nC: d\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\n\n", 400),
                refused("GET / HTTP/1.1\r\rHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\n\r\r\n", 400),
                refused("\r\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1.1\nHost: x\nContent-Length: 0\n\n", 400),
                refused("GET / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n0\r\n\r\n", 400),
                refused("\r\n".repeat(9) + "GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                // more of the request line
                refused("GET\t/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /\tHTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /  HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
                refused("GET / http/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1.\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/11.1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/+1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET / HTTP/1,1\r\nHost: x\r\n\r\n", 400),
                refused("GET /\u007f HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("A".repeat(65) + " / HTTP/1.1\r\nHost: x\r\n\r\n", 501),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
                refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n", 413),
                refused("GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 65537\r\n\r\n", 413),
                refused("GET / HTTP/1.1\r\nHost: x\r\nExpect: coffee\r\n\r\n", 417),
                // sizes
                refused("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414),
                refused("GET / HTTP/1.1\r\nHost: x\r\nA: " + "a".repeat(9_000) + "\r\n\r\n", 431),
                refused("GET / HTTP/1.1\r\nHost: x\r\n" + ("A: " + "a".repeat(7_000) + "\r\n").repeat(5) + "\r\n", 431),
                refused("GET / HTTP/1.1\r\nHost: x\r\n" + "A: a\r\n".repeat(100) + "\r\n", 431));
    }

    private static Arguments refused(final String request, final int status) {
        return Arguments.of(request, status);
    }

    @ParameterizedTest(name = "{index}: {1}")
    @MethodSource
    void refusedAndClosed(final String request, final int status) throws IOException {
        try (RawClient client = client()) {
            // Bytes behind it are never taken for a request.
            client.raw(request + FINE);
            final Reply reply = client.reply();
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.field("Connection")).contains("close");
            assertThat(reply.field("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(client.ended()).isTrue();
        }
    }

    /** RFC 9112 7.1, one octet wrong in each. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "zz\r\nhello\r\n0\r\n\r\n",
                "+5\r\nhello\r\n0\r\n\r\n",
                "-5\r\nhello\r\n0\r\n\r\n",
                "0x5\r\nhello\r\n0\r\n\r\n",
                "5h\r\nhello\r\n0\r\n\r\n",
                "5_0\r\nhello\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "\t5\r\nhello\r\n0\r\n\r\n",
                "5 \r\nhello\r\n0\r\n\r\n",
                "5 5\r\nhello\r\n0\r\n\r\n",
                "5\0\r\nhello\r\n0\r\n\r\n",
                "\r\n5\r\nhello\r\n0\r\n\r\n",
                "\uff15\r\nhello\r\n0\r\n\r\n",
                "00000000000000005\r\nhello\r\n0\r\n\r\n",
                // the line end behind the size
                "5\nhello\r\n0\r\n\r\n",
                "5\rhello\r\n0\r\n\r\n",
                "5\r\r\nhello\r\n0\r\n\r\n",
                "5\n\rhello\r\n0\r\n\r\n",
                // extensions
                "5;\r\nhello\r\n0\r\n\r\n",
                "5;;a\r\nhello\r\n0\r\n\r\n",
                "5;a\nhello\r\n0\r\n\r\n",
                "5;a=\r\nhello\r\n0\r\n\r\n",
                "5;a=b\nhello\r\n0\r\n\r\n",
                "5;a=b c\r\nhello\r\n0\r\n\r\n",
                "5;a=b \r\nhello\r\n0\r\n\r\n",
                "5;a \r\nhello\r\n0\r\n\r\n",
                "5;a=\"b\r\nhello\r\n0\r\n\r\n",
                "5;a=\"b\nc\"\r\nhello\r\n0\r\n\r\n",
                "5;a=\"b\"c\r\nhello\r\n0\r\n\r\n",
                "5;a=b\0\r\nhello\r\n0\r\n\r\n",
                "5a=b\r\nhello\r\n0\r\n\r\n",
                // behind the data
                "2\r\nhello\r\n0\r\n\r\n",
                "5\r\nhello\n0\r\n\r\n",
                "5\r\nhello\r0\r\n\r\n",
                "5\r\nhello0\r\n\r\n",
                "5\r\nhello \r\n0\r\n\r\n",
                "5\r\nhello\r\n\r\n0\r\n\r\n",
                // the last chunk and the trailer
                "0\n\r\n",
                "0\r\n\n",
                "0\n\n",
                "0\r\r\n",
                "-0\r\n\r\n",
                "0\r\nA: b\n\r\n",
                "0\r\nA: b\r\n\n",
                "0\r\n A: b\r\n\r\n",
                "0\r\nA : b\r\n\r\n",
                "0\r\nA: b\r\n c\r\n\r\n",
                "0\r\nno colon\r\n\r\n",
                "0\r\nA: b\rc\r\n\r\n",
                "0\r\nA: \0\r\n\r\n",
            })
    void malformedChunks(final String body) throws IOException {
        refusedAndClosed("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body, 400);
    }

    static Stream<Arguments> chunksThatAreTooMuch() {
        return Stream.of(
                refused("10001\r\n", 413),
                refused("ffffffffffffffff\r\n", 413),
                refused("10000000000000005\r\n", 413),
                refused("8000\r\n" + "x".repeat(0x8000) + "\r\n8001\r\n", 413),
                refused("1;" + "a".repeat(33_000) + "\r\n", 400),
                refused("1;a=\"" + "a".repeat(33_000), 400),
                refused(("1;" + "a".repeat(9_000) + "\r\nx\r\n").repeat(4), 400),
                refused("1" + " ".repeat(33_000), 400),
                refused("0\r\n" + "A: b\r\n".repeat(101) + "\r\n", 431),
                refused("0\r\nA: " + "b".repeat(9_000) + "\r\n\r\n", 431));
    }

    @ParameterizedTest(name = "{index}: {1}")
    @MethodSource
    void chunksThatAreTooMuch(final String body, final int status) throws IOException {
        refusedAndClosed("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + body, status);
    }

    /** These bytes cannot continue to a request: the answer does not wait for more, nor for the end of a line. */
    static Stream<Arguments> refusedAtOnce() {
        final String chunked = "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        return Stream.of(
                refused("\u0016\u0003\u0001", 400), // a TLS hello
                refused("\0", 400),
                refused("\u00e9", 400),
                refused("\u0005\u0001\0", 400), // SOCKS
                refused("SSH-2.0-OpenSSH_9.2p1\r", 400),
                refused("PRI * HTTP/2", 505),
                refused("GET / HTTP/0", 505),
                refused("HELO mail.example.org\r", 400),
                refused("EHLO x\r", 400),
                refused("{\"", 400),
                refused("<", 400),
                refused("A".repeat(65), 501),
                refused("\r\n\r\n\u0016", 400),
                refused("\r\n".repeat(9), 400),
                refused("\n".repeat(9), 400),
                refused("\rG", 400),
                refused(" ", 400),
                refused("\t", 400),
                refused("GET\r", 400),
                refused("GET\n", 400),
                refused("GET  ", 400),
                refused("GET /\r", 400),
                refused("GET /\n", 400),
                refused("GET /\0", 400),
                refused("GET /#", 400),
                refused("GET /" + "a".repeat(8_192), 414),
                refused("GET / h", 400),
                refused("GET / HTTP/1.x", 400),
                refused("GET / HTTP/1.1x", 400),
                refused("GET / HTTP/1.1\rx", 400),
                refused("GET / HTTP/1.1\r\n ", 400),
                refused("GET / HTTP/1.1\r\n:", 400),
                refused("GET / HTTP/1.1\r\nHost ", 400),
                refused("GET / HTTP/1.1\r\nHost\r", 400),
                refused("GET / HTTP/1.1\r\nHost: \0", 400),
                refused("GET / HTTP/1.1\r\nHost: x\rx", 400),
                refused("GET / HTTP/1.1\r\nHost: x\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\n\t", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\n\rx", 400),
                refused("GET / HTTP/1.1\r\n" + "a".repeat(8_193), 431),
                refused(chunked + "g", 400),
                refused(chunked + "\r", 400),
                refused(chunked + "5\n", 400),
                refused(chunked + "5 x", 400),
                refused(chunked + "5;=", 400),
                refused(chunked + "10001", 413),
                refused(chunked + "5\r\nhellox", 400),
                refused(chunked + "5\r\nhello\rx", 400),
                refused(chunked + "0\r\nx\r", 400),
                refused(chunked + "0\r\n ", 400));
    }

    /** The answer to a refused request names the fault. */
    @Test
    void anAnswerSaysWhatIsTooMuch() throws IOException {
        try (RawClient client = client()) {
            client.raw("GET / HTTP/1.1\r\nHost: x\r\n" + "A: a\r\n".repeat(100) + "\r\n");
            assertThat(client.reply().text()).containsIgnoringCase("too many header fields");
        }
    }

    @ParameterizedTest(name = "{index}: {1}")
    @MethodSource
    void refusedAtOnce(final String start, final int status) throws IOException {
        try (RawClient client = client()) {
            client.raw(start);
            assertThat(client.reply().status()).isEqualTo(status); // not 408, after ten seconds
            assertThat(client.ended()).isTrue();
        }
        try (RawClient client = client()) {
            client.raw(FINE);
            assertThat(client.reply().text()).isEqualTo("hello\n");
            for (int i = 0; i < start.length(); i += 100) { // byte by byte, nearly
                client.raw(start.substring(i, Math.min(start.length(), i + 100)));
            }
            assertThat(client.reply().status()).isEqualTo(status);
            assertThat(client.ended()).isTrue();
        }
    }

    static Stream<Arguments> refusedAndOpen() {
        return Stream.of(
                refused("GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n", 404),
                refused("GET /hello.txt/ HTTP/1.1\r\nHost: x\r\n\r\n", 404),
                refused("GET /hello.txt/x HTTP/1.1\r\nHost: x\r\n\r\n", 404),
                refused("GET /" + "a".repeat(300) + " HTTP/1.1\r\nHost: x\r\n\r\n", 404),
                refused("GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /%4 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 404),
                refused("GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET http:/// HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("GET https://x/hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", 400),
                refused("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", 405),
                refused("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 405),
                refused("CONNECT x:80 HTTP/1.1\r\nHost: x:80\r\n\r\n", 405),
                refused("DELETE /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", 405),
                refused("get /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n", 501),
                refused("BREW /coffee HTTP/1.1\r\nHost: x\r\n\r\n", 501));
    }

    @ParameterizedTest(name = "{index}: {1}")
    @MethodSource
    void refusedAndOpen(final String request, final int status) throws IOException {
        try (RawClient client = client()) {
            client.raw(request + FINE);
            final Reply reply = client.reply();
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.field("Allow").isPresent()).isEqualTo(status == 405);
            assertThat(client.reply().text()).isEqualTo("hello\n");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n" + FINE, // RFC 9112 2.2: empty lines before a request are ignored
                "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n" + FINE,
                "\n\n" + FINE,
                "GET /hello.txt HTTP/1.1\nHost: x\n\n", // and a lone LF ends a line
                "GET /hello.txt HTTP/1.9\r\nHost: x\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nhOsT:x\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost:\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost: [fe80::1]:80\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost: x\r\nA: b\tc\u00e4\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
                "GET /hello.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n",
                CHUNKED + "5 ; a = b\t;c;d=\"\\\"; \u00e4\"\r\nhello\r\n0000;e\r\nA:\r\nB: b\r\n\r\n",
                CHUNKED + "000000000000000A\r\nhello\r\n\0\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                CHUNKED + "0\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", // RFC 9110 6.5.1: ignored
            })
    void acceptedThoughUnusual(final String request) throws IOException {
        try (RawClient client = client()) {
            client.raw(request + FINE);
            assertThat(client.reply().text()).isEqualTo("hello\n");
            assertThat(client.reply().text()).isEqualTo("hello\n");
        }
    }

    @Test
    void aHundredFieldsAreAllowed() throws IOException {
        try (RawClient client = client()) {
            client.raw("GET /hello.txt HTTP/1.1\r\nHost: x\r\n" + "A: a\r\n".repeat(99) + "\r\n");
            assertThat(client.reply().status()).isEqualTo(200);
        }
    }

    @Test
    void expectContinueGetsTheFinalAnswer() throws IOException {
        try (RawClient client = client()) {
            client.raw("GET /hello.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            final Reply reply = client.reply();
            assertThat(reply.text()).isEqualTo("hello\n");
            assertThat(reply.field("Connection")).contains("close");
        }
    }

    @Test
    void requestThatEndsEarly() throws IOException {
        for (final String partial : new String[] {"GE", "GET / HTTP/1.1\r\nHost: x", "GET / HTTP/1.1\r\nHost: x\r\n"}) {
            try (RawClient client = client()) {
                client.raw(partial);
                client.socket().shutdownOutput();
                assertThat(client.reply().status()).isEqualTo(400);
            }
        }
    }

    @Test
    void theClientOfATooLargeUploadReadsTheAnswer() throws IOException {
        try (RawClient client = client()) {
            client.raw("POST /hello.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n\r\n");
            client.raw("x".repeat(5_000_000)); // all of it, before reading the answer
            assertThat(client.reply().status()).isEqualTo(405);
            assertThat(client.ended()).isTrue();
        }
        try (RawClient client = client()) {
            client.raw("GET /hello.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.raw(("10000\r\n" + "x".repeat(0x10000) + "\r\n").repeat(40) + "0\r\n\r\n");
            assertThat(client.reply().status()).isEqualTo(413);
            assertThat(client.ended()).isTrue();
        }
    }
}
