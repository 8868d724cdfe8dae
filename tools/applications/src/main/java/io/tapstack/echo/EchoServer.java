package io.tapstack.echo;

import io.tapstack.echo.EchoLimit.Verdict;
import io.tapstack.transport.ConnectionThreads;
import io.tapstack.transport.DatagramEndpoint;
import io.tapstack.transport.Listener;
import io.tapstack.transport.LogThread;
import io.tapstack.transport.Relay;
import io.tapstack.transport.RelayPlaces;
import io.tapstack.transport.RelayPlaces.Place;
import io.tapstack.transport.StreamConnection;
import io.tapstack.transport.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Echoes TCP streams and UDP datagrams (RFC 862), on threads of its own from {@link #start} to {@link #close()}.
 * Datagrams that may come from another service are not answered ({@link EchoLimit}). Safe for use by several threads.
 */
public final class EchoServer implements AutoCloseable {

    /** The port of the echo service. */
    public static final int PORT = 7;

    /** How many clients there may be at a time by TCP, unless told otherwise. */
    public static final int MAX_CONNECTIONS = 10_000;

    private static final Duration IDLE = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(EchoServer.class);
    private static final int BACKLOG = 128;
    private static final int BUFFER_BYTES = 64 * 1024;

    private final Listener listener;
    private final DatagramEndpoint datagrams;
    private final ExecutorService threads = ConnectionThreads.create("echo");
    private final LogThread log;
    private final RelayPlaces places;
    private final Set<Relay> relays = ConcurrentHashMap.newKeySet();

    private EchoServer(
            final Listener listener, final DatagramEndpoint datagrams, final int maxConnections, final Duration idle) {
        this.listener = listener;
        this.datagrams = datagrams;
        this.log = new LogThread("echo-log");
        this.places = new RelayPlaces(log, maxConnections, idle);
    }

    /** Starts both services on one port, with the default limits. */
    public static EchoServer start(final Transport transport, final InetSocketAddress local) throws IOException {
        return start(transport, local, MAX_CONNECTIONS, IDLE);
    }

    /**
     * Starts both services on one port; for port 0, UDP gets the port that TCP got.
     *
     * @param maxConnections how many clients there may be at a time by TCP; one more is reset at once, unless an idle
     *     one gives way to it
     * @param idle for how long nothing must have moved through a connection before it gives way to a new client
     */
    public static EchoServer start(
            final Transport transport, final InetSocketAddress local, final int maxConnections, final Duration idle)
            throws IOException {
        final Listener listener = transport.listen(local, BACKLOG);
        try {
            final InetSocketAddress bound =
                    new InetSocketAddress(local.getAddress(), listener.local().getPort());
            final EchoServer server = new EchoServer(listener, transport.datagrams(bound), maxConnections, idle);
            server.places.watch();
            server.threads.execute(() -> server.places.admitAtOnce(listener, server::echo));
            server.threads.execute(server::datagramLoop);
            return server;
        } catch (final IOException | RuntimeException e) {
            listener.close();
            throw e;
        }
    }

    /** The address of the TCP service. */
    public InetSocketAddress address() {
        return listener.local();
    }

    /** Stops both services. Open connections are closed: received bytes are echoed. */
    @Override
    public void close() throws IOException {
        listener.close();
        datagrams.close();
        relays.forEach(Relay::close);
        places.close();
        threads.shutdown();
        log.close();
    }

    private void echo(final StreamConnection connection, final Place place) {
        final InetSocketAddress peer = connection.remote();
        final Relay relay;
        try {
            relay = Relay.start(connection, connection, threads, ended -> ended(ended, place, peer));
        } catch (final RejectedExecutionException e) {
            places.giveBack(place); // closed meanwhile, and the connection is reset
            return;
        }
        place.joined(relay::forwardBytes, relay::abort, System.nanoTime());
        relays.add(relay);
        if (!listener.isOpen()) {
            relay.close();
        }
        if (relay.isEnded()) {
            relays.remove(relay); // It may have ended before it was added.
        }
    }

    private void ended(final Relay relay, final Place place, final InetSocketAddress peer) {
        places.giveBack(place);
        relays.remove(relay);
        final long bytes = relay.forwardBytes();
        final String failure = relay.failure().map(", "::concat).orElse("");
        log.log(() -> LOG.info("tcp {} {} B{}", peer, bytes, failure));
    }

    private void datagramLoop() {
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
        final EchoLimit limit = new EchoLimit(datagrams.local().getPort());
        final Set<Verdict> told = EnumSet.of(Verdict.ANSWERED);
        while (datagrams.isOpen()) {
            try {
                final InetSocketAddress sender = datagrams.receive(buffer.clear());
                final Verdict verdict = limit.judge(sender, System.nanoTime());
                if (verdict == Verdict.ANSWERED) {
                    datagrams.send(buffer.flip(), sender);
                } else if (told.add(verdict)) {
                    LOG.info("udp {} is not answered: {}", sender, verdict);
                }
            } catch (final IOException e) {
                if (datagrams.isOpen()) {
                    LOG.debug("udp: {}", e.toString());
                }
            }
        }
        LOG.info("udp: {}", limit);
    }
}
