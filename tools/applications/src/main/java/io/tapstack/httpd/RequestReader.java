package io.tapstack.httpd;

import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.AbstractMessageParser;
import org.apache.hc.core5.http.message.BasicHttpRequest;
import org.apache.hc.core5.http.message.LazyLineParser;
import org.apache.hc.core5.http.message.RequestLine;
import org.apache.hc.core5.util.CharArrayBuffer;

/** Reads the requests of a connection, and checks that each is well-formed. For one thread. */
final class RequestReader {

    private static final byte[] NOTHING = {};

    private final DeadlineInput input;
    private final HeadBuffer buffer;
    private final Parser parser;
    private final ServerConfig config;
    private int requestsSinceEarly;

    /** @param whenBegun called at the first byte of a request that {@link #next()} waited for */
    RequestReader(final StreamConnection connection, final ServerConfig config, final Runnable whenBegun) {
        this.config = config;
        this.input = new DeadlineInput(connection, whenBegun);
        this.buffer = new HeadBuffer(config.limits());
        this.parser = new Parser(Http1Config.custom()
                .setMaxLineLength(config.limits().lineBytes())
                .setMaxHeaderCount(config.limits().headerCount() + 1) // HttpCore refuses the last one of its limit
                .build());
    }

    /**
     * Waits for a request.
     *
     * @return empty if the client has closed, or was idle for too long
     * @throws RequestRefused for a request that is answered by an error status, after which the connection ends
     */
    Optional<RequestHead> next() throws IOException {
        final ServerConfig.Timeouts timeouts = config.timeouts();
        requestsSinceEarly++;
        buffer.beginHead();
        if (hasMore()) {
            input.expectWithin(timeouts.head());
        } else {
            input.expectWithin(timeouts.idle(), timeouts.head());
        }
        try {
            final BasicHttpRequest parsed = parser.parse(buffer, input);
            return parsed == null ? Optional.empty() : Optional.of(checked(parsed));
        } catch (final SocketTimeoutException e) {
            if (input.untouched()) {
                return Optional.empty();
            }
            throw RequestRefused.andClose(HttpStatus.REQUEST_TIMEOUT, "request head took too long");
        } catch (final MessageConstraintException e) {
            throw refusal(HttpStatus.HEADER_FIELDS_TOO_LARGE, "too many header fields", e);
        } catch (final HttpException e) {
            throw refusal(HttpStatus.BAD_REQUEST, "malformed request", e);
        }
    }

    /** Reads and ignores the body of the last request, within limits. */
    void skipBody(final RequestBody body) throws IOException {
        input.expectWithin(config.timeouts().body());
        try {
            body.skip(buffer, input, config.limits());
        } catch (final SocketTimeoutException e) {
            throw RequestRefused.andClose(HttpStatus.REQUEST_TIMEOUT, "request body took too long");
        }
    }

    /** True if the client has sent bytes that were not read yet. */
    boolean hasMore() {
        return buffer.hasBufferedData() || input.hasEarly();
    }

    /** Bytes that another reader has read from the connection: they come first. */
    void early(final byte[] bytes) {
        requestsSinceEarly = 0;
        input.early(bytes);
    }

    /** All bytes of the last request and those behind it, if they came by {@link #early(byte[])}; otherwise none. */
    byte[] early() {
        return requestsSinceEarly == 1 ? input.early() : NOTHING;
    }

    private RequestHead checked(final BasicHttpRequest parsed) throws RequestRefused {
        // RFC 9112 2.3: a later minor version is answered as the latest one that we implement.
        final int minorVersion = parsed.getVersion().getMinor();
        final RequestHead head =
                new RequestHead(parsed.getMethod(), parsed.getPath(), minorVersion, parsed.getHeaders());
        RequestSyntax.check(head, buffer.endsLinesWithBareLf());
        return head;
    }

    private static RequestRefused refusal(final HttpStatus status, final String reason, final Exception cause) {
        final RequestRefused refused = RequestRefused.andClose(status, reason);
        refused.initCause(cause);
        return refused;
    }

    /** HttpCore's parser, which leaves the request target as it was sent. */
    private static final class Parser extends AbstractMessageParser<BasicHttpRequest> {

        Parser(final Http1Config config) {
            super(config, LazyLineParser.INSTANCE);
        }

        @Override
        protected BasicHttpRequest createMessage(final CharArrayBuffer line) throws HttpException {
            final RequestLine parsed = LazyLineParser.INSTANCE.parseRequestLine(line);
            final BasicHttpRequest request = new BasicHttpRequest(parsed.getMethod(), null, null, parsed.getUri());
            request.setVersion(parsed.getProtocolVersion());
            return request;
        }
    }
}
