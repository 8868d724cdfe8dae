package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.Response.Content;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests of one connection by {@linkplain ReadyResponses ready responses}, without a thread. Other requests
 * are left to the thread that the connection gets for them: the request to its {@link RequestReader}, the rest of a
 * response to {@link #sendRest}.
 */
final class EarlyAnswers {

    private static final byte[] NOTHING = {};

    /** The outcome for a request. */
    enum Outcome {
        /** It is answered. */
        ANSWERED,
        /** There is none now. */
        NOTHING,
        /** It needs one. */
        NEEDS_THREAD
    }

    private final StreamConnection connection;
    private final ReadyResponses ready;
    private final RequestReader reader;
    private final AccessLog log;
    private byte[] unsent = NOTHING;
    private @Nullable ReadyResponse unfinished;
    private long startNanos;

    EarlyAnswers(
            final StreamConnection connection,
            final ReadyResponses ready,
            final RequestReader reader,
            final AccessLog log) {
        this.connection = connection;
        this.ready = ready;
        this.reader = reader;
        this.log = log;
    }

    /** Answers a request by a ready response; bytes of another request are left to the reader. */
    Outcome answer() {
        if (!log.hasRoom()) {
            return Outcome.NEEDS_THREAD; // which may wait for the log
        }
        try {
            final ByteBuffer request = ready.buffer();
            final int count = connection.readNow(request);
            if (count <= 0) {
                return count == 0 ? Outcome.NOTHING : Outcome.NEEDS_THREAD;
            }
            startNanos = System.nanoTime();
            final long now = System.currentTimeMillis();
            final ReadyResponse known = ready.find(request, now);
            if (known == null) {
                reader.early(Arrays.copyOf(request.array(), request.position()));
                return Outcome.NEEDS_THREAD;
            }
            final ByteBuffer response = known.at(now);
            connection.writeNow(response);
            if (response.hasRemaining()) {
                unsent = new byte[response.remaining()];
                response.get(unsent);
                unfinished = known;
                return Outcome.NEEDS_THREAD;
            }
            log.responseNow(
                    connection.remote(),
                    known.requestLine(),
                    known.status(),
                    known.bodyBytes(),
                    System.nanoTime() - startNanos);
            return Outcome.ANSWERED;
        } catch (final IOException e) {
            return Outcome.NEEDS_THREAD; // the reader finds it, too
        }
    }

    /** Sends the rest of a ready response. */
    void sendRest(final Transfer transfer) throws IOException {
        final ReadyResponse response = unfinished;
        if (response == null) {
            return;
        }
        AccessLog.End end = AccessLog.End.CLIENT_LEFT;
        transfer.begin(response.requestLine(), unsent.length, startNanos, System.nanoTime());
        try {
            connection.output().write(unsent);
            end = AccessLog.End.COMPLETE;
        } finally {
            transfer.end();
            unsent = NOTHING;
            unfinished = null;
            log.response(
                    connection.remote(),
                    response.requestLine(),
                    response.status(),
                    response.bodyBytes(),
                    System.nanoTime() - startNanos,
                    end);
        }
    }

    /** Keeps the response to the request that {@link #answer} could not answer, for the next time. */
    void learn(final RequestHead head, final Response response) throws IOException {
        final byte[] request = reader.early();
        if (request.length > 0
                && !reader.hasMore()
                && head.isHttp11()
                && RequestBody.of(head).isEmpty()
                && response.origin().isPresent()
                && response.body() instanceof Content content) {
            final long now = System.currentTimeMillis();
            final String date = HttpDate.ofSecond(now / 1000);
            ready.learn(head.line(), response, request, response.head(date, "", content.bytes()), now);
        }
    }
}
