package io.tapstack.simulation.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.link.Impairment;
import io.tapstack.simulation.SimulatedHost;
import io.tapstack.simulation.SimulatedNetwork;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.Endpoint;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Ten thousand connections, a hundred at a time: each is opened, carries some bytes, and is closed; and none leaves a
 * trace.
 */
class ChurnTest {

    private static final int CONNECTIONS = 10_000;
    private static final int AT_ONCE = 100;
    private static final int BYTES = 5_000;
    private static final int PORT = 80;
    private static final int COLLECTIONS = 50;

    private final Map<Endpoint, BulkFlow> flows = new HashMap<>();
    private final List<WeakReference<TcpConnection>> witnesses = new ArrayList<>();
    private int opened;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.02})
    void nothingStays(final double loss) throws Exception {
        final Impairment way = Impairment.NONE.withDelay(1_000_000).withLoss(loss);
        final Plan plan = Plan.of("reno", way, way, BYTES);
        final Bottleneck network = new Bottleneck(plan, 1, null);
        final SimulatedHost client = network.senders().get(0);
        final SimulatedHost server = network.receiver();
        final TcpListener listener = listen(server, plan);
        long afterThousand = 0;
        while (opened < CONNECTIONS || !flows.isEmpty()) {
            while (opened < CONNECTIONS && flows.size() < AT_ONCE) {
                open(client, listener.local(), plan, network.now());
            }
            network.poll();
            for (TcpConnection accepted = listener.accept(); accepted != null; accepted = listener.accept()) {
                witness(accepted);
                flows.get(accepted.remote()).accept(accepted);
            }
            flows.values().removeIf(flow -> {
                flow.step(network.now());
                return flow.isDone();
            });
            if (opened <= CONNECTIONS / 10) {
                afterThousand = memory(client) + memory(server);
            }
            assertThat(network.moveOn(SimulatedNetwork.NEVER)).isTrue();
        }
        // The memory of the connections at one time, not of all that there were.
        assertThat(memory(client) + memory(server)).isLessThanOrEqualTo(2 * afterThousand);
        while (network.moveOn(SimulatedNetwork.NEVER)) {
            network.poll(); // until TIME-WAIT is over for all
        }
        assertThat(client.stack().tcp().connections()).isEmpty();
        assertThat(server.stack().tcp().connections()).isEmpty();
        assertThat(client.stack().statistics().connectionsOpened).isEqualTo(CONNECTIONS);
        network.close();
        assertThat(witnesses).hasSizeGreaterThan(CONNECTIONS / 100);
        for (int i = 0; i < COLLECTIONS && isAnyWitnessAlive(); i++) {
            System.gc();
            Thread.onSpinWait();
        }
        assertThat(isAnyWitnessAlive()).as("connections that a stack still has").isFalse();
    }

    private void open(final SimulatedHost client, final Endpoint to, final Plan plan, final long now) {
        final BulkFlow flow = new BulkFlow(client, to, plan.config().apply(0), BYTES, GridLoad.STEADY, now);
        flows.put(flow.local(), flow);
        opened++;
    }

    /** Some connections show whether they are forgotten. */
    private void witness(final TcpConnection connection) {
        if (opened % 50 == 0) {
            witnesses.add(new WeakReference<>(connection));
        }
    }

    private boolean isAnyWitnessAlive() {
        return witnesses.stream().anyMatch(witness -> witness.get() != null);
    }

    private static long memory(final SimulatedHost host) {
        return host.stack().pool().bytesAllocated();
    }

    private static TcpListener listen(final SimulatedHost host, final Plan plan) throws SocketErrorException {
        final Endpoint local = new Endpoint(host.address(), PORT);
        return host.stack()
                .tcp()
                .listen(
                        host.stack().tcp().bind(local, false),
                        AT_ONCE,
                        plan.config().apply(0).copy());
    }
}
