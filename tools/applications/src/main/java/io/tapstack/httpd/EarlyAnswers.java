package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.Response.Content;
import io.tapstack.transport.StreamConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

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
    private final Optional<ReadyResponses> ready;
    private final RequestReader reader;
    private byte[] unsent = NOTHING;

    /** @param ready none if every request needs a thread */
    EarlyAnswers(final StreamConnection connection, final Optional<ReadyResponses> ready, final RequestReader reader) {
        this.connection = connection;
        this.ready = ready;
        this.reader = reader;
    }

    /** Answers a request by a ready response; bytes of another request are left to the reader. */
    Outcome answer() {
        if (ready.isEmpty()) {
            return Outcome.NEEDS_THREAD;
        }
        final ReadyResponses responses = ready.get();
        try {
            final ByteBuffer request = responses.buffer();
            final int count = connection.readNow(request);
            if (count <= 0) {
                return count == 0 ? Outcome.NOTHING : Outcome.NEEDS_THREAD;
            }
            final ByteBuffer response = responses.answer(request, System.currentTimeMillis());
            if (response == null) {
                reader.early(Arrays.copyOf(request.array(), request.position()));
                return Outcome.NEEDS_THREAD;
            }
            connection.writeNow(response);
            if (response.hasRemaining()) {
                unsent = new byte[response.remaining()];
                response.get(unsent);
                return Outcome.NEEDS_THREAD;
            }
            return Outcome.ANSWERED;
        } catch (final IOException e) {
            return Outcome.NEEDS_THREAD; // the reader finds it, too
        }
    }

    /** Sends the rest of a ready response. */
    void sendRest(final Transfer transfer) throws IOException {
        if (unsent.length > 0) {
            final long now = System.nanoTime();
            transfer.begin("-", unsent.length, now, now);
            try {
                connection.output().write(unsent);
            } finally {
                transfer.end();
                unsent = NOTHING;
            }
        }
    }

    /** Keeps the response to the request that {@link #answer} could not answer, for the next time. */
    void learn(final RequestHead head, final Response response) throws IOException {
        final byte[] request = reader.early();
        if (ready.isPresent()
                && request.length > 0
                && !reader.hasMore()
                && head.isHttp11()
                && RequestBody.of(head).isEmpty()
                && response.origin().isPresent()
                && response.body() instanceof Content content) {
            final long now = System.currentTimeMillis();
            final String date = HttpDate.ofSecond(now / 1000);
            ready.get().learn(request, response.origin().get(), response.head(date, "", content.bytes()), now);
        }
    }
}
