package io.tapstack.httpd;

import io.tapstack.http.HttpDate;
import io.tapstack.httpd.Response.Content;
import io.tapstack.httpd.Response.FileParts;
import io.tapstack.httpd.Response.Part;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.StreamConnection.Readiness;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's connection: requests in, responses out, one after the other (RFC 9112 section 9.3).
 *
 * <p>A connection that waits for a request is parked, without a thread, if its transport can wake it up; otherwise its
 * thread waits. {@link #run()} is for the thread that the connection has at the moment; the other methods are for any.
 */
final class HttpConnection implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);
    private static final byte[] NOTHING = {};

    private enum State {
        /** A thread works for it. */
        BUSY,
        /** A thread waits in it for a request. */
        WAITING,
        /** No thread has to do with it until it is woken up. */
        PARKED,
        /** It is closed. */
        ENDED
    }

    /** What has become of a request that needs no thread. */
    private enum AtOnce {
        /** It is answered. */
        ANSWERED,
        /** There is none now. */
        NOTHING,
        /** It needs one. */
        NEEDS_THREAD
    }

    /** What a thread leaves behind. */
    private enum Rest {
        /** A connection that waits by itself. */
        PARK,
        /** A client that may still be sending, after its last response. */
        LINGER,
        /** Nothing: there is no more to come. */
        CLOSE
    }

    private final StreamConnection connection;
    private final ServerConfig config;
    private final RequestHandler handler;
    private final Optional<ReadyResponses> ready;
    private final AccessLog log;
    private final Executor threads;
    private final Consumer<HttpConnection> whenEnded;
    private final RequestReader reader;
    private final Transfer transfer = new Transfer();
    private final Runnable wake = this::wake;
    private final AtomicReference<State> state = new AtomicReference<>(State.BUSY);
    private byte[] unsent = NOTHING;
    private volatile long parkedNanos;
    private volatile boolean stopping;

    /**
     * A connection that nothing has been read from yet.
     *
     * @param ready responses that need no thread, if there may be such
     * @param threads where it gets a thread from when it has something to do
     * @param whenEnded told once when it is closed
     */
    HttpConnection(
            final StreamConnection connection,
            final ServerConfig config,
            final RequestHandler handler,
            final Optional<ReadyResponses> ready,
            final AccessLog log,
            final Executor threads,
            final Consumer<HttpConnection> whenEnded) {
        this.connection = connection;
        this.config = config;
        this.handler = handler;
        this.ready = ready;
        this.log = log;
        this.threads = threads;
        this.whenEnded = whenEnded;
        this.reader = new RequestReader(connection, config);
    }

    /** Begins to wait for requests. */
    void begin() {
        if (!park()) {
            execute(this);
        }
    }

    /** Tells the client that there are too many, instead of {@link #begin()}. */
    void refuse() {
        execute(() -> {
            try {
                final Response response = Response.message(HttpStatus.SERVICE_UNAVAILABLE, "too many connections")
                        .field("Retry-After", "5");
                send("-", response, "close", System.nanoTime());
                lingeringClose();
            } catch (final IOException e) {
                LOG.debug("{}: {}", connection.remote(), e.toString());
            } finally {
                end();
            }
        });
    }

    @Override
    public void run() {
        Rest rest = Rest.CLOSE;
        try {
            sendRest();
            rest = serve();
            if (rest == Rest.LINGER) {
                lingeringClose();
            }
        } catch (final IOException e) {
            LOG.debug("{}: {}", connection.remote(), e.toString());
        } finally {
            if (rest != Rest.PARK) {
                end();
            }
        }
    }

    private Rest serve() throws IOException {
        while (!stopping) {
            final Optional<RequestHead> head;
            try {
                head = await();
            } catch (final RequestRefused e) {
                send("-", Response.message(e.status(), e.reason()), "close", System.nanoTime());
                return Rest.LINGER;
            }
            if (head.isEmpty()) {
                return Rest.CLOSE;
            }
            if (!exchange(head.get(), System.nanoTime())) {
                return Rest.LINGER;
            }
            if (park()) {
                return Rest.PARK;
            }
        }
        return Rest.LINGER;
    }

    /** No further request: an idle connection closes now, a busy one after its response. */
    void stop() {
        stopping = true;
        if (state.compareAndSet(State.PARKED, State.ENDED)) {
            closed();
        } else if (state.get() == State.WAITING) {
            connection.close();
        }
    }

    /** Ends the connection now. */
    void abort() {
        connection.abort();
        if (state.compareAndSet(State.PARKED, State.ENDED)) {
            closed();
        }
    }

    /** To be called about once a second: ends what stands still or is idle for too long, and logs long transfers. */
    void watch(final long nowNanos) {
        if (transfer.stalled(nowNanos, config.timeouts().stall().toNanos())) {
            LOG.info("{}: takes nothing any more, resetting the connection", connection.remote());
            connection.abort();
        } else if (isIdle(nowNanos) && state.compareAndSet(State.PARKED, State.BUSY)) {
            // It may have been used, and parked again, between the looks at time and state.
            if (isIdle(nowNanos)) {
                state.set(State.ENDED);
                closed();
            } else if (!park()) {
                execute(this);
            }
        } else {
            transfer.reportIfDue(nowNanos, connection.remote(), log);
        }
    }

    private boolean isIdle(final long nowNanos) {
        return nowNanos - parkedNanos > config.timeouts().idle().toNanos();
    }

    /** @return whether there is nothing to do, and no thread is needed until there is */
    private boolean park() {
        if (reader.hasMore() || stopping) {
            return false;
        }
        parkedNanos = System.nanoTime();
        state.set(State.PARKED);
        // Looked at again after the write: either we see stop(), or it sees us parked.
        final boolean waits = !stopping && connection.whenReadable(wake) == Readiness.LATER;
        return waits || !state.compareAndSet(State.PARKED, State.BUSY);
    }

    private void wake() {
        if (!state.compareAndSet(State.PARKED, State.BUSY)) {
            return;
        }
        boolean answered = false;
        while (true) {
            final AtOnce outcome = answerAtOnce();
            if (outcome == AtOnce.ANSWERED) {
                answered = true;
            } else if (outcome == AtOnce.NOTHING && answered) {
                if (park()) {
                    return;
                }
                answered = false; // something has come meanwhile, or the server stops
            } else {
                execute(this);
                return;
            }
        }
    }

    /** Answers a request by what is ready; what is read in vain is left to the {@link #reader}. */
    private AtOnce answerAtOnce() {
        if (ready.isEmpty()) {
            return AtOnce.NEEDS_THREAD;
        }
        final ReadyResponses responses = ready.get();
        try {
            final ByteBuffer request = responses.buffer();
            final int count = connection.readNow(request);
            if (count <= 0) {
                return count == 0 ? AtOnce.NOTHING : AtOnce.NEEDS_THREAD;
            }
            final ByteBuffer response = responses.answer(request, System.currentTimeMillis());
            if (response == null) {
                reader.early(Arrays.copyOf(request.array(), request.position()));
                return AtOnce.NEEDS_THREAD;
            }
            connection.writeNow(response);
            if (response.hasRemaining()) {
                unsent = new byte[response.remaining()];
                response.get(unsent);
                return AtOnce.NEEDS_THREAD;
            }
            return AtOnce.ANSWERED;
        } catch (final IOException e) {
            return AtOnce.NEEDS_THREAD; // which meets it, too
        }
    }

    /** Sends what was left of a response that was ready. */
    private void sendRest() throws IOException {
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

    /** Keeps the response to what was read by {@link #answerAtOnce} in vain, for the next time. */
    private void learn(final RequestHead head, final Response response) throws IOException {
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

    private void execute(final Runnable task) {
        try {
            threads.execute(task);
        } catch (final RejectedExecutionException | OutOfMemoryError e) {
            connection.abort(); // the server has stopped, or is out of threads
            end();
        }
    }

    /** @return the next request, or empty if there will be none */
    private Optional<RequestHead> await() throws IOException {
        state.set(reader.hasMore() ? State.BUSY : State.WAITING);
        try {
            // Looked at again after the write, as when parking.
            return stopping ? Optional.empty() : reader.next();
        } finally {
            state.set(State.BUSY);
        }
    }

    private void end() {
        if (state.getAndSet(State.ENDED) != State.ENDED) {
            closed();
        }
    }

    private void closed() {
        connection.close();
        whenEnded.accept(this);
    }

    /** @return whether the connection goes on */
    private boolean exchange(final RequestHead head, final long startNanos) throws IOException {
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
        persistent &= !stopping;
        final String field = !persistent ? "close" : head.isHttp11() ? "" : "keep-alive";
        if (!send(head.line(), response, field, startNanos)) {
            return false;
        }
        if (persistent) {
            learn(head, response);
        }
        return persistent;
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

    /** @return whether the next request can be found */
    private boolean skipBody(final RequestHead head) throws IOException {
        final RequestBody body = RequestBody.of(head);
        final Optional<String> expect = head.field("Expect");
        if (expect.isPresent() && head.isHttp11()) {
            if (!expect.get().strip().equalsIgnoreCase("100-continue")) {
                throw RequestRefused.andClose(HttpStatus.EXPECTATION_FAILED, "unknown expectation");
            }
            // RFC 9110 10.1.1: a final answer instead of 100. Whether the body still comes is up to the client.
            return body.isEmpty();
        }
        if (!RequestHandler.offers(head.method())
                && body.exceeds(config.limits().bodyBytes())) {
            return false; // that the method is not offered says more than that the body is too large
        }
        if (!body.isEmpty()) {
            reader.skipBody(body);
        }
        return true;
    }

    /** @return whether the response is complete and the connection can go on */
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
     * Ends our direction and ignores what still comes, until the client ends its own: to close with bytes unread would reset
     * the connection, and a reset can take from the client what it has not read yet (RFC 9112 section 9.6).
     */
    private void lingeringClose() throws IOException {
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
