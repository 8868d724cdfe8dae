package io.tapstack.httpd;

import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.StreamConnection.Readiness;
import java.io.IOException;
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
    private final AccessLog log;
    private final Executor threads;
    private final Consumer<HttpConnection> whenEnded;
    private final RequestReader reader;
    private final EarlyAnswers early;
    private final Responder responder;
    private final Transfer transfer = new Transfer();
    private final Runnable wake = this::wake;
    private final AtomicReference<State> state = new AtomicReference<>(State.BUSY);
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
        this.log = log;
        this.threads = threads;
        this.whenEnded = whenEnded;
        this.reader = new RequestReader(connection, config);
        this.early = new EarlyAnswers(connection, ready, reader);
        this.responder = new Responder(connection, config, handler, reader, early, transfer, log, () -> stopping);
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
                responder.refuse(response);
                responder.lingeringClose();
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
            early.sendRest(transfer);
            rest = serve();
            if (rest == Rest.LINGER) {
                responder.lingeringClose();
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
                responder.refuse(Response.message(e.status(), e.reason()));
                return Rest.LINGER;
            }
            if (head.isEmpty()) {
                return Rest.CLOSE;
            }
            if (!responder.exchange(head.get(), System.nanoTime())) {
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
            final EarlyAnswers.Outcome outcome = early.answer();
            if (outcome == EarlyAnswers.Outcome.ANSWERED) {
                answered = true;
            } else if (outcome == EarlyAnswers.Outcome.NOTHING && answered) {
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
}
