package io.tapstack.simulation;

import io.tapstack.error.SocketErrorException;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.PcapngWriter;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.wire.Endpoint;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Scenario}: an application on each host of a {@link SimulatedNetwork}, from the first SYN to the
 * end of TIME-WAIT.
 */
final class Simulation {

    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER_PORT = 80;
    private static final long TIME_LIMIT = 48 * 3_600_000_000_000L;
    private static final int STEP_LIMIT = 2_000_000;

    private final Scenario scenario;
    private final boolean calm;
    private final SimulatedNetwork network;
    private final TcpProtocol clientTcp;
    private final TcpProtocol serverTcp;
    private final Application client;
    private final Application server;
    private final TcpListener listener;
    private int steps;

    /** A run without a capture. */
    Simulation(final Scenario scenario) {
        this(scenario, null);
    }

    /** @param capture receives all frames, as each end sees them, or null */
    Simulation(final Scenario scenario, final @Nullable PcapngWriter capture) {
        this(scenario, capture, SimulatedNetwork.NOTHING);
    }

    /** @param between as in {@link SimulatedNetwork} */
    Simulation(final Scenario scenario, final @Nullable PcapngWriter capture, final UnaryOperator<LinkDevice> between) {
        final SplittableRandom random = new SplittableRandom(scenario.seed());
        this.scenario = scenario;
        this.calm = scenario.isCalm() && between == SimulatedNetwork.NOTHING;
        this.network = new SimulatedNetwork(
                scenario.cable(), scenario.memoryLimitBytes(), random.nextLong(), capture, between);
        this.clientTcp = network.left().stack().tcp();
        this.serverTcp = network.right().stack().tcp();
        this.client = application("client", scenario.client(), network.left(), 0, random.split());
        this.server = application("server", scenario.server(), network.right(), 1, random.split());
        this.listener = listen();
    }

    private Application application(
            final String name,
            final TrafficScript script,
            final SimulatedHost host,
            final int stream,
            final SplittableRandom random) {
        return new Application(name, script, host.stack().pool(), stream, random, network.now());
    }

    /**
     * Runs to the end.
     *
     * @throws AssertionError if an invariant is broken
     */
    void run() {
        connect();
        while (!isOver()) {
            network.poll();
            if (!server.isConnected()) {
                accept();
            }
            client.step(network.now());
            server.step(network.now());
            final long next =
                    SimulatedNetwork.earlier(client.nextEvent(network.now()), server.nextEvent(network.now()));
            require(network.moveOn(next) || isOver(), "nothing will ever happen again");
            require(++steps < STEP_LIMIT, "too many steps");
            require(network.elapsedNanos() < TIME_LIMIT, "too late");
        }
        verify();
        network.close();
    }

    SimulatedNetwork network() {
        return network;
    }

    /** Both applications are done, and the connection is forgotten at both ends, TIME-WAIT included. */
    private boolean isOver() {
        return client.isDone()
                && (server.isDone() || !server.isConnected() && scenario.aborts())
                && listener.pending() == 0
                && clientTcp.connections().isEmpty()
                && serverTcp.connections().isEmpty();
    }

    private static long claimedLosses(final StackStatistics statistics) {
        return Math.max(0, statistics.segmentsRetransmitted - statistics.tailLossProbes);
    }

    private void verify() {
        if (!scenario.aborts()) {
            client.verify();
            server.verify();
        }
        if (calm) {
            // A tail loss probe only asks: a peer that delays its ACK is probed now and then.
            final long retransmissions = claimedLosses(network.left().stack().statistics())
                    + claimedLosses(network.right().stack().statistics());
            require(retransmissions == 0, retransmissions + " retransmissions, and nothing was lost");
        }
    }

    private TcpListener listen() {
        try {
            // The port of a simultaneous open is used by the connection, so another one is called.
            final int port = scenario.simultaneousOpen() ? SERVER_PORT + 1 : SERVER_PORT;
            final Endpoint local = new Endpoint(network.right().address(), port);
            return serverTcp.listen(serverTcp.bind(local, false), 4, scenario.serverConfig());
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void connect() {
        final Endpoint clientEnd = new Endpoint(network.left().address(), CLIENT_PORT);
        final Endpoint serverEnd = new Endpoint(network.right().address(), SERVER_PORT);
        client.use(connect(clientTcp, clientEnd, serverEnd, scenario.clientConfig()));
        if (scenario.simultaneousOpen()) {
            server.use(connect(serverTcp, serverEnd, clientEnd, scenario.serverConfig()));
        }
    }

    private TcpConnection connect(
            final TcpProtocol tcp, final Endpoint from, final Endpoint to, final TcpConfig config) {
        try {
            return tcp.connect(tcp.bind(from, false), to, config, ConnectionObserver.NONE, network.now());
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        final TcpConnection accepted = listener.accept();
        if (accepted != null) {
            server.use(accepted);
        }
    }

    private void require(final boolean condition, final String otherwise) {
        if (!condition) {
            throw new AssertionError(otherwise + ": " + this);
        }
    }

    @Override
    public String toString() {
        return "after %.3f s and %d steps %s; %s".formatted(network.elapsedNanos() / 1e9, steps, client, server);
    }
}
