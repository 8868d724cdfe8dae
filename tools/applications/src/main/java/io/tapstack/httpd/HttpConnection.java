package io.tapstack.httpd;

import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.StreamConnection.Readiness;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection: requests and responses, one after the other (RFC 9112 section 9.3).
 *
 * <p>A connection that waits for a request is parked, without a thread, if its transport can wake it up; otherwise its
 * thread waits. {@link #run()} is for the present thread of the connection; the other methods are for any.
 */
final class HttpConnection implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpConnection.class);

    private enum State {
        /** A thread works for it, or is on its way. */
        BUSY,
        /** A thread waits in it for the first byte of a request, or is on its way there. */
        WAITING,
        /** A thread reads a request's head, whose first byte has arrived. */
        READING,
        /** A thread waits for the client to close, after the last response. */
        LINGERING,
        /** No thread handles it until it is woken up. */
        PARKED,
        /** It is closed. */
        ENDED
    }

    /** The state that a thread leaves behind. */
    private enum Rest {
        /** A connection that waits by itself. */
        PARK,
        /** A client that may still be sending, after its last response. */
        LINGER,
        /** Nothing more follows. */
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
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private volatile long idleSinceNanos = System.nanoTime();
    private volatile boolean stopping;

    /**
     * Creates a connection that nothing has been read from yet.
     *
     * @param ready responses that need no thread
     * @param threads for the connection when it has something to do
     * @param whenEnded called once when it is closed
     */
    HttpConnection(
            final StreamConnection connection,
            final ServerConfig config,
            final RequestHandler handler,
            final ReadyResponses ready,
            final AccessLog log,
            final Executor threads,
            final Consumer<HttpConnection> whenEnded) {
        this.connection = connection;
        this.config = config;
        this.log = log;
        this.threads = threads;
        this.whenEnded = whenEnded;
        this.reader = new RequestReader(connection, config, () -> state.compareAndSet(State.WAITING, State.READING));
        this.early = new EarlyAnswers(connection, ready, reader, log);
        this.responder = new Responder(connection, config, handler, reader, early, transfer, log, () -> stopping);
    }

    /** Begins to wait for requests. */
    void begin() {
        if (!park()) {
            execute(this);
        }
    }

    /** Tells the client that there are too many connections, instead of {@link #begin()}. */
    void refuse() {
        state.set(State.BUSY);
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
                idle(State.LINGERING);
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

    /** Accepts no further request: an idle connection closes now, a busy one after its response. */
    void stop() {
        stopping = true;
        if (state.compareAndSet(State.PARKED, State.ENDED)) {
            closed();
        } else if (state.get() == State.WAITING || state.get() == State.READING) {
            connection.close();
        }
    }

    /**
     * True if it is between requests, has had none, or has had its last response: closing it costs no response. A
     * request of which one byte has arrived counts as a request.
     */
    boolean isIdle() {
        return isIdle(state.get());
    }

    private static boolean isIdle(final @Nullable State state) {
        return state == State.PARKED || state == State.WAITING || state == State.LINGERING;
    }

    /** The time at which it last became {@linkplain #isIdle() idle}, by {@link System#nanoTime()}. */
    long idleSinceNanos() {
        return idleSinceNanos;
    }

    /**
     * Closes the connection if it is {@linkplain #isIdle() idle}.
     *
     * @return true if it was
     */
    boolean closeIfIdle() {
        final State before = state.getAndUpdate(current -> isIdle(current) ? State.ENDED : current);
        if (!isIdle(before)) {
            return false;
        }
        closed();
        return true;
    }

    /** Ends the connection now. */
    void abort() {
        connection.abort();
        if (state.compareAndSet(State.PARKED, State.ENDED)) {
            closed();
        }
    }

    /**
     * Called about once a second: ends a transfer without progress or a connection that is idle for too long, and logs
     * long transfers.
     */
    void watch(final long nowNanos) {
        if (transfer.stalled(nowNanos, config.timeouts().stall().toNanos())) {
            LOG.info("{}: takes nothing any more, resetting the connection", connection.remote());
            connection.abort();
        } else if (isIdleForTooLong(nowNanos) && state.compareAndSet(State.PARKED, State.BUSY)) {
            // It may have been used, and parked again, between the reads of time and state.
            if (isIdleForTooLong(nowNanos)) {
                state.set(State.ENDED);
                closed();
            } else if (!park()) {
                execute(this);
            }
        } else {
            transfer.reportIfDue(nowNanos, connection.remote(), log);
        }
    }

    private boolean isIdleForTooLong(final long nowNanos) {
        return nowNanos - idleSinceNanos > config.timeouts().idle().toNanos();
    }

    /** @return true if there is nothing to do, and no thread is needed until there is */
    private boolean park() {
        if (reader.hasMore() || stopping) {
            return false;
        }
        idleSinceNanos = System.nanoTime();
        state.set(State.PARKED);
        // Read again after the write: either this thread sees stop(), or stop() sees the connection parked.
        final Readiness readiness = stopping ? Readiness.NOW : connection.whenReadable(wake);
        // A thread for a request that has not arrived has nothing to do until the first byte.
        return readiness == Readiness.LATER
                || !state.compareAndSet(State.PARKED, readiness == Readiness.NEVER_TOLD ? State.WAITING : State.BUSY);
    }

    /** A thread of the connection has nothing to do until the client does something. */
    private void idle(final State how) {
        idleSinceNanos = System.nanoTime();
        working(how);
    }

    /** The thread of the connection continues with {@code next}, unless the connection has been closed. */
    private void working(final State next) {
        state.updateAndGet(current -> current == State.ENDED ? current : next);
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
                answered = false; // bytes have arrived meanwhile, or the server stops
            } else {
                if (outcome == EarlyAnswers.Outcome.NOTHING) {
                    idle(State.WAITING);
                }
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

    /** @return the next request, or empty if there is none */
    private Optional<RequestHead> await() throws IOException {
        state.compareAndSet(State.BUSY, State.READING); // it has got its thread for bytes that have arrived
        try {
            // Read again after the write, as when parking.
            return stopping ? Optional.empty() : reader.next();
        } finally {
            working(State.BUSY);
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
