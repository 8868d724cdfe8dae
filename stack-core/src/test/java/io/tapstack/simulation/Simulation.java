package io.tapstack.simulation;

import io.tapstack.ip.SocketErrorException;
import io.tapstack.link.CapturedLink;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.PcapngWriter;
import io.tapstack.link.VirtualCable;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;

/**
 * One run of a {@link Scenario}: two stacks on a cable, an application on each, and time that jumps from event to event. The same scenario
 * always runs the same way.
 *
 * <pre>
 *   Application      Application
 *   NetworkStack     NetworkStack
 *   WitnessedLink    WitnessedLink
 *   (CapturedLink)   (CapturedLink)
 *   ImpairedLink     ImpairedLink
 *        +-- VirtualCable --+
 * </pre>
 */
public final class Simulation {

    private static final IpAddress CLIENT = IpAddress.parse("10.0.0.1");
    private static final IpAddress SERVER = IpAddress.parse("10.0.0.2");
    private static final int CLIENT_PORT = 40_000;
    private static final int SERVER_PORT = 80;
    private static final long HOUR = 3_600_000_000_000L;
    private static final long TIME_LIMIT = 48 * HOUR;
    private static final int STEP_LIMIT = 2_000_000;

    private final Scenario scenario;
    private final Host clientHost;
    private final Host serverHost;
    private final Application client;
    private final Application server;
    private final TcpListener listener;
    private final long start;
    private long now;
    private int steps;

    /** A run without a capture. */
    Simulation(final Scenario scenario) {
        this(scenario, null);
    }

    /**
     * @param capture where a pcapng file with an interface for each end goes, or null
     */
    @SuppressWarnings("this-escape")
    Simulation(final Scenario scenario, final @org.jspecify.annotations.Nullable OutputStream capture) {
        final SplittableRandom random = new SplittableRandom(scenario.seed());
        this.scenario = scenario;
        // Stacks may not care where their time begins.
        this.start = random.nextLong(-HOUR, HOUR);
        this.now = start;
        final VirtualCable cable = cable();
        final boolean atSender = scenario.impairedAtSender();
        LinkDevice left = impaired(
                cable.left(),
                atSender ? scenario.toServer() : Impairment.NONE,
                atSender ? Impairment.NONE : scenario.toClient(),
                random.nextLong());
        LinkDevice right = impaired(
                cable.right(),
                atSender ? scenario.toClient() : Impairment.NONE,
                atSender ? Impairment.NONE : scenario.toServer(),
                random.nextLong());
        if (capture != null) {
            final PcapngWriter writer = new PcapngWriter(capture);
            left = new CapturedLink(left, writer, "client", () -> now, -start);
            right = new CapturedLink(right, writer, "server", () -> now, -start);
        }
        left = new WitnessedLink(left, new TcpWitness("client"));
        right = new WitnessedLink(right, new TcpWitness("server"));
        this.clientHost = new Host(CLIENT, left, scenario.memoryLimitBytes(), random.split(), now);
        this.serverHost = new Host(SERVER, right, scenario.memoryLimitBytes(), random.split(), now);
        this.client = new Application("client", scenario.client(), clientHost.stack(), 0, random.split(), now);
        this.server = new Application("server", scenario.server(), serverHost.stack(), 1, random.split(), now);
        this.listener = listen();
    }

    /** The earlier of two times, of which either may be {@link Long#MAX_VALUE} for never. */
    static long earlier(final long time, final long other) {
        if (time == Long.MAX_VALUE) {
            return other;
        }
        return other == Long.MAX_VALUE || time - other < 0 ? time : other;
    }

    /**
     * Runs to the end.
     *
     * @throws AssertionError if something is wrong
     */
    void run() {
        connect();
        runUntilOver();
        verifyApplications();
        clientHost.close(now);
        serverHost.close(now);
        clientHost.verifyNothingIsLeft("client");
        serverHost.verifyNothingIsLeft("server");
    }

    /** Writes what was captured before a failure. */
    void closeCapture() {
        clientHost.close(now);
        serverHost.close(now);
    }

    Host clientHost() {
        return clientHost;
    }

    Host serverHost() {
        return serverHost;
    }

    /** Virtual time since the start. */
    long elapsedNanos() {
        return now - start;
    }

    private void runUntilOver() {
        while (!isOver()) {
            clientHost.poll(now);
            serverHost.poll(now);
            if (!server.isConnected()) {
                accept();
            }
            client.step(now);
            server.step(now);
            final long next = nextEvent();
            Host.require(next != Long.MAX_VALUE || isOver(), "nothing will ever happen again: " + this);
            Host.require(++steps < STEP_LIMIT, "too many steps: " + this);
            Host.require(elapsedNanos() < TIME_LIMIT, "too late: " + this);
            if (next != Long.MAX_VALUE && next - now > 0) {
                now = next;
            }
        }
    }

    /** Both applications are done, and the connection is forgotten at both ends, TIME-WAIT included. */
    private boolean isOver() {
        return client.isDone()
                && (server.isDone() || !server.isConnected() && scenario.aborts())
                && listener.pending() == 0
                && clientHost.stack().tcp().connections().isEmpty()
                && serverHost.stack().tcp().connections().isEmpty();
    }

    private long nextEvent() {
        return earlier(
                earlier(clientHost.nextEvent(now), serverHost.nextEvent(now)),
                earlier(client.nextEvent(now), server.nextEvent(now)));
    }

    private void verifyApplications() {
        if (!scenario.aborts()) {
            client.verify();
            server.verify();
        }
    }

    private VirtualCable cable() {
        final LinkCapabilities plain = LinkCapabilities.plain(scenario.type(), scenario.mtu());
        final LinkCapabilities card = new LinkCapabilities(scenario.type(), scenario.mtu(), true, true, 65_535);
        return switch (scenario.cable()) {
            case PLAIN -> new VirtualCable(plain, plain, scenario.capacityFrames());
            case CARDS -> new VirtualCable(card, card, scenario.capacityFrames());
            case CARD_AND_PLAIN -> new VirtualCable(card, plain, scenario.capacityFrames());
            case LOCAL -> VirtualCable.local(card, scenario.capacityFrames());
        };
    }

    private static LinkDevice impaired(
            final LinkDevice end, final Impairment sending, final Impairment receiving, final long seed) {
        return ImpairedLink.keepingOffload(end, sending, receiving, seed);
    }

    private TcpListener listen() {
        final TcpProtocol tcp = serverHost.stack().tcp();
        try {
            // Nobody calls at the port of a simultaneous open, which is taken by the connection.
            final int port = scenario.simultaneousOpen() ? SERVER_PORT + 1 : SERVER_PORT;
            return tcp.listen(tcp.bind(new Endpoint(SERVER, port), false), 4, scenario.serverConfig());
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void connect() {
        final Endpoint clientEnd = new Endpoint(CLIENT, CLIENT_PORT);
        final Endpoint serverEnd = new Endpoint(SERVER, SERVER_PORT);
        client.use(connect(clientHost.stack().tcp(), clientEnd, serverEnd, scenario.clientConfig()));
        if (scenario.simultaneousOpen()) {
            server.use(connect(serverHost.stack().tcp(), serverEnd, clientEnd, scenario.serverConfig()));
        }
    }

    private TcpConnection connect(
            final TcpProtocol tcp, final Endpoint from, final Endpoint to, final TcpConfig config) {
        try {
            return tcp.connect(tcp.bind(from, false), to, config, ConnectionObserver.NONE, now);
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

    @Override
    public String toString() {
        return "after %.3f s and %d steps: %s; %s".formatted(elapsedNanos() / 1e9, steps, client, server);
    }
}
