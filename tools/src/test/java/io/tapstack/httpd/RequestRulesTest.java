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

/** Requests that are wrong, and what they are told: RFC 9110 and RFC 9112. */
class RequestRulesTest extends ServerFixture {

    private static final String FINE = "GET /hello.txt HTTP/1.1\r\nHost: x\r\n\r\n";

    @Override
    void prepare() throws IOException {
        write("hello.txt", "hello\n");
    }

    /** After each of these nobody can know where the next request would begin: the connection must end. */
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
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n+5\r\nhello\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n", 400),
                refused("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", 400),
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
            // What follows is never taken for a request.
            client.raw(request + FINE);
            final Reply reply = client.reply();
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.field("Connection")).contains("close");
            assertThat(reply.field("Content-Type")).contains("text/plain; charset=utf-8");
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
                refused("GET /%ff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
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
                "GET /hello.txt HTTP/1.1\nHost: x\n\n", // and a lone LF ends a line
                "GET /hello.txt HTTP/1.9\r\nHost: x\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nhOsT:x\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost:\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost: [fe80::1]:80\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost: x\r\nA: b\tc\u00e4\r\n\r\n",
                "GET /hello.txt HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello",
                "GET /hello.txt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nA: b\r\n\r\n",
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
            client.raw("x".repeat(5_000_000)); // all of it, before looking at the answer
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
