package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.Response.Content;
import io.tapstack.httpd.Response.FileParts;
import io.tapstack.httpd.Response.Part;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Responds to the requests of one connection, one at a time; for the present thread of the connection. */
final class Responder {

    private static final Logger LOG = LoggerFactory.getLogger(Responder.class);
    private static final byte[] NOTHING = {};

    private final StreamConnection connection;
    private final ServerConfig config;
    private final RequestHandler handler;
    private final RequestReader reader;
    private final EarlyAnswers early;
    private final Transfer transfer;
    private final AccessLog log;
    private final BooleanSupplier stopping;

    /**
     * @param early is shown the responses that it may give the next time
     * @param transfer receives the progress of responses
     * @param stopping true if the connection has to end after its response
     */
    Responder(
            final StreamConnection connection,
            final ServerConfig config,
            final RequestHandler handler,
            final RequestReader reader,
            final EarlyAnswers early,
            final Transfer transfer,
            final AccessLog log,
            final BooleanSupplier stopping) {
        this.connection = connection;
        this.config = config;
        this.handler = handler;
        this.reader = reader;
        this.early = early;
        this.transfer = transfer;
        this.log = log;
        this.stopping = stopping;
    }

    /** @return true if the connection continues */
    boolean exchange(final RequestHead head, final long startNanos) throws IOException {
        boolean persistent = wantsMore(head);
        Response response;
        try {
            persistent &= skipBody(head);
            response = answer(head);
        } catch (final RequestRefused e) {
            persistent &= e.connectionUsable();
            response = Response.message(e.status(), e.reason());
        }
        if (head.method().equals("HEAD")) {
            response.withoutBody();
        }
        persistent &= !stopping.getAsBoolean();
        final String field = !persistent ? "close" : head.isHttp11() ? "" : "keep-alive";
        if (!send(head.line(), response, field, startNanos)) {
            return false;
        }
        if (persistent) {
            early.learn(head, response);
        }
        return persistent;
    }

    /** Sends the reason why there is no response; the connection has to end. */
    void refuse(final Response response) throws IOException {
        send("-", response, "close", System.nanoTime());
    }

    private Response answer(final RequestHead head) throws RequestRefused {
        try {
            return handler.handle(head, Instant.now());
        } catch (final RequestRefused e) {
            throw e;
        } catch (final IOException e) {
            LOG.warn("{}: {}", AccessLog.sanitised(head.line()), e.toString());
            return Response.message(HttpStatus.SERVICE_UNAVAILABLE, "the file cannot be read now");
        } catch (final RuntimeException e) {
            LOG.error("{}", AccessLog.sanitised(head.line()), e);
            return Response.message(HttpStatus.INTERNAL_SERVER_ERROR, "this is a defect of the server");
        }
    }

    /** RFC 9112 section 9.3: HTTP/1.1 connections persist unless told otherwise, HTTP/1.0 ones if asked to. */
    private static boolean wantsMore(final RequestHead head) {
        final List<String> options = head.tokens("Connection");
        return !options.contains("close") && (head.isHttp11() || options.contains("keep-alive"));
    }

    /** @return true if the next request can be found */
    private boolean skipBody(final RequestHead head) throws IOException {
        final RequestBody body = RequestBody.of(head);
        final Optional<String> expect = head.field("Expect");
        if (expect.isPresent() && head.isHttp11()) {
            if (!expect.get().strip().equalsIgnoreCase("100-continue")) {
                throw RequestRefused.andClose(HttpStatus.EXPECTATION_FAILED, "unknown expectation");
            }
            // RFC 9110 10.1.1: a final response instead of 100. Whether the body is sent is up to the client.
            return body.isEmpty();
        }
        if (!RequestHandler.offers(head.method())
                && body.exceeds(config.limits().bodyBytes())) {
            return false; // the unknown method is a better reason than the large body
        }
        if (!body.isEmpty()) {
            reader.skipBody(body);
        }
        return true;
    }

    /** @return true if the response is complete and the connection can continue */
    private boolean send(
            final String requestLine, final Response response, final String connectionField, final long startNanos)
            throws IOException {
        AccessLog.End end = AccessLog.End.CLIENT_LEFT;
        transfer.begin(requestLine, response.bodyLength(), startNanos, System.nanoTime());
        try {
            end = sendBody(response, connectionField);
            if (end != AccessLog.End.COMPLETE) {
                connection.abortAfterSending(config.timeouts().linger());
            }
            return end == AccessLog.End.COMPLETE;
        } catch (final IOException e) {
            // The failure is our file's, not the client's, and the client must not take its bytes for the whole.
            if (response.isUnreadable()) {
                end = AccessLog.End.UNREADABLE;
                connection.abortAfterSending(config.timeouts().linger());
                return false;
            }
            end = response.isCutShort() ? AccessLog.End.CUT_SHORT : AccessLog.End.CLIENT_LEFT;
            throw e;
        } finally {
            transfer.end();
            response.release();
            final long nanos = System.nanoTime() - startNanos;
            log.response(connection.remote(), requestLine, response.status(), transfer.bodyBytes(), nanos, end);
        }
    }

    private AccessLog.End sendBody(final Response response, final String connectionField) throws IOException {
        final String date = HttpDate.ofSecond(System.currentTimeMillis() / 1000);
        if (response.body() instanceof Content content) {
            connection.output().write(response.head(date, connectionField, content.bytes()));
            transfer.advance(content.bytes().length, System.nanoTime());
            return AccessLog.End.COMPLETE;
        }
        if (!(response.body() instanceof FileParts body)) {
            connection.output().write(response.head(date, connectionField, NOTHING));
            return AccessLog.End.COMPLETE;
        }
        boolean first = true;
        for (final Part part : body.parts()) {
            connection.output().write(first ? response.head(date, connectionField, part.prefix()) : part.prefix());
            first = false;
            transfer.advance(part.prefix().length, System.nanoTime());
            final BodySender sender = config.method().sender();
            if (!sender.send(body.file(), part.position(), part.count(), connection, transfer)) {
                return AccessLog.End.CUT_SHORT;
            }
        }
        return AccessLog.End.COMPLETE;
    }

    /**
     * Ends our direction and ignores further bytes, until the client ends its own: closing with unread bytes would
     * reset the connection, and a reset can destroy bytes that the client has not read yet (RFC 9112 section 9.6).
     */
    void lingeringClose() throws IOException {
        connection.shutdownOutput();
        final Duration limit = config.timeouts().linger();
        final long deadline = System.nanoTime() + limit.toNanos();
        final InputStream input = connection.input();
        final byte[] ignored = new byte[8192];
        long budget = config.limits().lingerBytes();
        while (budget > 0) {
            final long remainingMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (remainingMillis <= 0) {
                return;
            }
            connection.readTimeoutMillis((int) Math.min(Integer.MAX_VALUE, remainingMillis));
            final int count = input.read(ignored);
            if (count < 0) {
                return;
            }
            budget -= count;
        }
    }
}
