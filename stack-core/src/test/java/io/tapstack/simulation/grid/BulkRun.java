package io.tapstack.simulation.grid;

import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.event.Flow;
import io.tapstack.event.StackEvents;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.PcapngWriter;
import io.tapstack.simulation.SimulatedHost;
import io.tapstack.simulation.SimulatedNetwork;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.Endpoint;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One run of a {@link Plan}: connections over a {@link Bottleneck}, until the planned bytes have arrived; from then on
 * nothing is measured, but bytes on their way have to arrive intact, and all connections have to end.
 */
final class BulkRun {

    private static final long TIME_LIMIT = 96 * 3_600_000_000_000L;
    private static final long STAGGER = 100_000_000L;

    private final Plan plan;
    private final long seed;
    private final Bottleneck network;
    private final TcpListener listener;
    private final List<BulkFlow> flows = new ArrayList<>();
    private final long[] starts;
    private long bytesRetransmitted;

    private BulkRun(final Plan plan, final long seed, final @Nullable PcapngWriter capture) {
        final SplittableRandom random = new SplittableRandom(seed);
        this.plan = plan;
        this.seed = seed;
        this.network = new Bottleneck(plan, random.nextLong(), capture);
        this.listener = listen();
        this.starts = random.longs(plan.flows(), 0, STAGGER).sorted().toArray();
        starts[0] = 0;
        final StackEvents counter = new StackEvents() {
            @Override
            public void retransmitted(
                    final Flow flow, final int sequence, final int length, final RetransmitCause cause) {
                bytesRetransmitted += length;
            }
        };
        network.senders().forEach(host -> host.stack().statistics().observer(counter));
    }

    /**
     * Runs.
     *
     * @throws AssertionError if a byte is wrong, or a connection does not end
     */
    static Outcome of(final Plan plan, final long seed) {
        return of(plan, seed, null);
    }

    /** @param capture receives the frames of the receiver, and of the first sender, or null */
    static Outcome of(final Plan plan, final long seed, final @Nullable PcapngWriter capture) {
        return new BulkRun(plan, seed, capture).run();
    }

    private Outcome run() {
        // Shares are counted over the second half, when every flow has had time to find its share.
        while (received() < plan.bytes() / 2) {
            step();
        }
        final long[] half = flows.stream().mapToLong(BulkFlow::received).toArray();
        while (received() < plan.bytes()) {
            step();
        }
        final Outcome outcome = outcome(half);
        flows.forEach(BulkFlow::stop);
        network.calmDown();
        while (!flows.stream().allMatch(BulkFlow::isDone) || !isForgotten()) {
            step();
        }
        network.close();
        return outcome;
    }

    private long received() {
        long sum = 0;
        for (final BulkFlow flow : flows) {
            sum += flow.received();
        }
        return sum;
    }

    private boolean isForgotten() {
        return network.receiver().stack().tcp().connections().isEmpty()
                && network.senders().stream()
                        .allMatch(host -> host.stack().tcp().connections().isEmpty());
    }

    private void step() {
        while (flows.size() < plan.flows() && network.elapsedNanos() >= starts[flows.size()]) {
            connect(flows.size());
        }
        network.poll();
        for (TcpConnection accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
            peerOf(accepted).accept(accepted);
        }
        for (final BulkFlow flow : flows) {
            flow.step(network.now());
        }
        long next = flows.size() < plan.flows()
                ? network.now() + starts[flows.size()] - network.elapsedNanos()
                : SimulatedNetwork.NEVER;
        for (final BulkFlow flow : flows) {
            next = SimulatedNetwork.earlier(next, flow.nextEvent());
        }
        final boolean moved = network.moveOn(next);
        if (!moved && !isForgotten()) {
            throw new AssertionError("nothing will ever happen again: " + this);
        }
        if (network.elapsedNanos() > TIME_LIMIT) {
            throw new AssertionError("too late: " + this);
        }
    }

    private void connect(final int number) {
        final SimulatedHost host = network.senders().get(number % plan.hosts());
        final Endpoint to = new Endpoint(network.receiver().address(), Bottleneck.PORT);
        // One flow has to end by itself; of several none may, before all have sent enough.
        flows.add(new BulkFlow(host, to, plan.config().apply(number).copy(), plan.bytes(), plan.load(), network.now()));
    }

    private TcpListener listen() {
        try {
            final SimulatedHost host = network.receiver();
            return host.stack()
                    .tcp()
                    .listen(
                            host.stack().tcp().bind(new Endpoint(host.address(), Bottleneck.PORT), false),
                            plan.flows(),
                            plan.config().apply(0).copy());
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
    }

    private BulkFlow peerOf(final TcpConnection accepted) {
        return flows.stream()
                .filter(flow -> flow.local().equals(accepted.remote()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("whose is " + accepted + "?"));
    }

    private Outcome outcome(final long[] half) {
        long retransmissions = 0;
        long timeouts = 0;
        long fastRecoveries = 0;
        for (final SimulatedHost host : network.senders()) {
            final StackStatistics sent = host.stack().statistics();
            retransmissions += sent.segmentsRetransmitted;
            timeouts += sent.retransmissionTimeouts;
            fastRecoveries += sent.fastRecoveries;
        }
        final long[] shares = new long[half.length];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = flows.get(i).received() - half[i];
        }
        return new Outcome(
                received(),
                network.elapsedNanos() - flows.get(0).pausedNanos(),
                bytesRetransmitted,
                retransmissions,
                timeouts,
                fastRecoveries,
                network.receiver().stack().statistics().drops(DropReason.LINK_IMPAIRED),
                Outcome.jain(shares));
    }

    @Override
    public String toString() {
        return "seed %d after %.3f s: %s; %s".formatted(seed, network.elapsedNanos() / 1e9, plan, flows);
    }
}
