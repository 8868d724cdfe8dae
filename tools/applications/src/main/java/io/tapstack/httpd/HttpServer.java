package io.tapstack.httpd;

import io.tapstack.transport.ConnectionThreads;
import io.tapstack.transport.Listener;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file server for HTTP/1.0 and HTTP/1.1, on threads of its own, from {@link #start} to {@link #close()}. Safe for use
 * by several threads.
 */
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int BACKLOG = 1024;
    private static final long WATCH_MILLIS = 500;

    /** Interval of checks for deleted files. */
    private static final long FILES_NANOS = TimeUnit.SECONDS.toNanos(5);

    /**
     * Shortest time between two garbage collections for deleted files. Each stops all threads for a few milliseconds.
     */
    private static final long COLLECTION_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final Listener listener;
    private final ServerConfig config;
    private final MappingCache files;
    private final RequestHandler handler;
    private final AccessLog log;
    private final ReadyResponses ready = new ReadyResponses();
    private final ExecutorService threads = ConnectionThreads.create("http");
    private final ScheduledExecutorService watch = Executors.newSingleThreadScheduledExecutor(task -> {
        final Thread thread = new Thread(task, "http-watch");
        thread.setDaemon(true);
        return thread;
    });
    private final ConnectionPlaces connections;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicBoolean filesAreLookedAt = new AtomicBoolean();
    private boolean spaceIsHeld; // of the thread that checks files, one after the other
    private long collectedNanos = System.nanoTime() - COLLECTION_NANOS;
    private long filesLookedAtNanos = System.nanoTime(); // of the watching thread

    private HttpServer(final Listener listener, final Site site, final ServerConfig config) {
        this.listener = listener;
        this.config = config;
        this.connections = new ConnectionPlaces(config.limits().connections());
        this.files = new MappingCache(config.mappedFiles());
        this.handler = new RequestHandler(site, new FileResponses(config, files));
        this.log = new AccessLog(config);
    }

    /**
     * Starts to serve a directory, or one file (at {@code /} and at {@code /name}).
     *
     * @param local the address and port to listen at; port 0 picks one
     * @throws IOException if the file or directory does not exist, or the address cannot be bound
     */
    public static HttpServer start(
            final Transport transport,
            final InetSocketAddress local,
            final Path directoryOrFile,
            final ServerConfig config)
            throws IOException {
        final Site site = Site.of(directoryOrFile);
        final HttpServer server = new HttpServer(transport.listen(local, BACKLOG), site, config);
        final var unused =
                server.watch.scheduleWithFixedDelay(server::look, WATCH_MILLIS, WATCH_MILLIS, TimeUnit.MILLISECONDS);
        final Thread acceptor = new Thread(server::acceptLoop, "http-accept");
        acceptor.setDaemon(true);
        acceptor.start();
        return server;
    }

    /** The address that it listens at. */
    public InetSocketAddress address() {
        return listener.local();
    }

    /** The number of open connections. */
    public int connectionCount() {
        return connections.size();
    }

    /** The number of connections that are between requests, have had none, or have had their last response. */
    int idleConnectionCount() {
        return connections.idle();
    }

    /** The number of requests answered by the stack's own thread. */
    public long answeredAtOnce() {
        return ready.answers();
    }

    /**
     * Stops accepting, closes idle connections, lets running responses end for {@link ServerConfig.Timeouts#stop()},
     * and then resets the rest. Returns when all is closed.
     */
    @Override
    public void close() throws IOException {
        listener.close();
        connections.forEach(HttpConnection::stop);
        threads.shutdown();
        try {
            if (!threads.awaitTermination(config.timeouts().stop().toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.info("{} connections are still busy: resetting them", connections.size());
                connections.forEach(HttpConnection::abort);
            }
            stopped.await(1, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            connections.forEach(HttpConnection::abort);
            Thread.currentThread().interrupt();
        }
        watch.shutdownNow();
        log.close();
        files.close();
    }

    private void acceptLoop() {
        int failures = 0;
        while (listener.isOpen()) {
            try {
                dispatch(listener.accept());
                failures = 0;
            } catch (final IOException e) {
                if (listener.isOpen()) {
                    LOG.warn("cannot accept: {}", e.toString());
                    if (++failures > 1) {
                        // Most likely the system's limit of descriptors is below ours.
                        connections.closeLongestIdle();
                    }
                    Listener.pauseAfterFailure();
                }
            }
        }
        stopped.countDown();
    }

    private void dispatch(final StreamConnection connection) {
        final HttpConnection http =
                new HttpConnection(connection, config, handler, ready, log, threads, connections::remove);
        switch (connections.admit(http)) {
            case SERVED -> http.begin();
            case REFUSED -> http.refuse();
            case RESET -> {
                connection.abort(); // not even a thread for a refusal
                return;
            }
        }
        if (!listener.isOpen()) {
            http.stop(); // close() may have come before it was added
        }
    }

    /** On a thread of its own, as a file system may be slow. */
    private void lookAtFiles() {
        try {
            threads.execute(() -> {
                try {
                    giveBackSpace();
                } catch (final IOException e) {
                    LOG.warn("cannot close a file: {}", e.toString());
                } finally {
                    filesAreLookedAt.set(false);
                }
            });
        } catch (final RejectedExecutionException e) {
            LOG.debug("the server has stopped: {}", e.toString());
        }
    }

    /**
     * A mapping is freed with the last buffer that refers to it, by the garbage collector; a quiet server has no other
     * reason to collect.
     */
    private void giveBackSpace() throws IOException {
        spaceIsHeld |= files.giveUpChanged();
        final long now = System.nanoTime();
        if (spaceIsHeld && now - collectedNanos >= COLLECTION_NANOS) {
            System.gc();
            collectedNanos = now;
            spaceIsHeld = false;
        }
    }

    private void look() {
        final long now = System.nanoTime();
        if (now - filesLookedAtNanos >= FILES_NANOS && filesAreLookedAt.compareAndSet(false, true)) {
            filesLookedAtNanos = now;
            lookAtFiles();
        }
        try {
            connections.forEach(connection -> connection.watch(now));
        } catch (final RuntimeException e) {
            LOG.error("while watching connections", e); // an exception would end all watching
        }
    }
}
