package io.tapstack.proxy;

import io.tapstack.transport.ConnectionThreads;
import io.tapstack.transport.Listener;
import io.tapstack.transport.LogThread;
import io.tapstack.transport.Relay;
import io.tapstack.transport.RelayPlaces;
import io.tapstack.transport.RelayPlaces.Place;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accepts TCP connections on one transport and joins each to a new connection to the target on another (or the same)
 * one. If the target refuses, or does not answer in time, the client is reset, as after a later failure.
 *
 * <p>Runs on threads of its own from {@link #start} to {@link #close()}. Safe for use by several threads.
 */
public final class ProxyServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ProxyServer.class);
    private static final int BACKLOG = 128;
    private static final double NANOS_PER_SECOND = 1e9;

    private final Listener listener;
    private final Transport out;
    private final ProxyConfig config;
    private final ExecutorService threads = ConnectionThreads.create("proxy");
    private final LogThread log = new LogThread("proxy-log");
    private final RelayPlaces places;
    private volatile boolean closed;

    private ProxyServer(final Listener listener, final Transport out, final ProxyConfig config) {
        this.listener = listener;
        this.out = out;
        this.config = config;
        this.places = new RelayPlaces(log, config.maxConnections(), config.idle());
    }

    /**
     * Starts to listen.
     *
     * @param in the transport of clients
     * @param local the address and port to listen at; port 0 picks a free one
     * @param out the transport to the target
     */
    public static ProxyServer start(
            final Transport in, final InetSocketAddress local, final Transport out, final ProxyConfig config)
            throws IOException {
        final ProxyServer server = new ProxyServer(in.listen(local, BACKLOG), out, config);
        server.places.watch();
        server.threads.execute(() -> server.places.admit(server.listener, server::begin));
        return server;
    }

    /** The address that it listens at. */
    public InetSocketAddress address() {
        return listener.local();
    }

    /** The number of clients joined to the target. */
    int joinedCount() {
        return places.joined();
    }

    /** Stops listening and resets all connections. */
    @Override
    public void close() throws IOException {
        closed = true;
        listener.close();
        places.resetAll();
        places.close();
        threads.shutdown();
        log.close();
    }

    private void begin(final StreamConnection client, final Place place) {
        try {
            threads.execute(() -> serve(client, place));
        } catch (final RejectedExecutionException e) {
            client.abort(); // closed meanwhile
            places.giveBack(place);
        }
    }

    private void serve(final StreamConnection client, final Place place) {
        final long start = System.nanoTime();
        final StreamConnection target;
        try {
            client.keepAlive();
            target = connect(client);
        } catch (final IOException | RuntimeException e) {
            LOG.info("{} > {}: cannot connect: {}", client.remote(), config.target(), e.getMessage());
            client.abort();
            places.giveBack(place);
            return;
        }
        final InetSocketAddress from = client.remote();
        final Relay relay;
        try {
            relay = Relay.start(client, target, threads, ended -> ended(ended, place, from, start));
        } catch (final RejectedExecutionException e) {
            places.giveBack(place); // closed meanwhile, and both connections are reset
            return;
        }
        place.joined(() -> relay.forwardBytes() + relay.backBytes(), relay::abort, System.nanoTime());
        if (closed) {
            relay.abort(); // close() may have come before it was added
        }
    }

    private StreamConnection connect(final StreamConnection client) throws IOException {
        final StreamConnection target = out.connectBeside(client, config.target(), config.connectTimeout());
        try {
            target.keepAlive();
            return target;
        } catch (final IOException | RuntimeException e) {
            target.abort();
            throw e;
        }
    }

    private void ended(final Relay relay, final Place place, final InetSocketAddress client, final long start) {
        places.giveBack(place);
        final long there = relay.forwardBytes();
        final long back = relay.backBytes();
        final double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        final String outcome = relay.failure().map("failed: "::concat).orElse("complete");
        log.log(() -> LOG.info(
                "{} > {}: {} B there, {} B back, {} s, {}",
                client,
                config.target(),
                there,
                back,
                String.format("%.3f", seconds),
                outcome));
    }
}
