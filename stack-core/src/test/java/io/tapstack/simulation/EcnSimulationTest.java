package io.tapstack.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.link.Impairment;
import io.tapstack.simulation.CablePlan.Ends;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.EcnMode;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.wire.Endpoint;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * One flow through a bottleneck that marks packets before its queue is full (RFC 3168): it fills the line and loses
 * nothing.
 */
class EcnSimulationTest {

    private static final long MILLIS = 1_000_000L;
    private static final int BYTES_PER_SECOND = 1_250_000; // 10 Mbit/s
    private static final int BYTES = 10_000_000;
    private static final int QUEUE_BYTES = 60_000;
    private static final int MARKING_BYTES = 20_000;

    private StackStatistics sender;
    private StackStatistics receiver;
    private long elapsed;

    private void transfer(final EcnMode client, final EcnMode server, final Ends ends) throws Exception {
        final Impairment bottleneck = Impairment.NONE
                .withDelay(10 * MILLIS)
                .withRate(BYTES_PER_SECOND, QUEUE_BYTES)
                .withMarking(MARKING_BYTES);
        final CablePlan plan = CablePlan.perfect(ends).impaired(bottleneck, Impairment.NONE.withDelay(10 * MILLIS));
        final SimulatedNetwork network = new SimulatedNetwork(plan, 1);
        final Endpoint at = new Endpoint(network.right().address(), 80);
        final TcpListener listener = network.right()
                .stack()
                .tcp()
                .listen(network.right().stack().tcp().bind(at, false), 1, new TcpConfig().ecn(server));
        final TcpConnection from = network.left()
                .stack()
                .tcp()
                .connect(null, at, new TcpConfig().ecn(client), ConnectionObserver.NONE, network.now());
        TcpConnection to = null;
        final ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        int written = 0;
        int read = 0;
        while (read < BYTES) {
            network.poll();
            to = to == null ? listener.accept() : to;
            if (from.state().canSend()) {
                written +=
                        from.write(buffer.clear(), Math.min(buffer.capacity(), BYTES - written), false, network.now());
            }
            for (int count = 1; to != null && count > 0; read += count) {
                count = to.read(buffer.clear(), false, network.now());
            }
            assertThat(network.moveOn(SimulatedNetwork.NEVER)).isTrue();
        }
        elapsed = network.elapsedNanos();
        sender = network.left().stack().statistics();
        receiver = network.right().stack().statistics();
        from.abort(network.now());
        to.abort(network.now());
        network.close();
    }

    /** With the feedback of RFC 3168 and that of RFC 9768. */
    @ParameterizedTest
    @CsvSource({
        "PLAIN, ON, PASSIVE",
        "CARDS, ON, PASSIVE",
        "PLAIN, ACCURATE, ACCURATE_PASSIVE",
        "CARDS, ACCURATE, ACCURATE_PASSIVE"
    })
    void flowsWithoutLoss(final Ends ends, final EcnMode client, final EcnMode server) throws Exception {
        transfer(client, server, ends);
        assertThat(receiver.congestionMarksReceived).isPositive();
        assertThat(sender.congestionEchoesReceived).isPositive();
        // The only losses are those of slow start in the round trip before the first echo.
        assertThat(receiver.drops(DropReason.LINK_IMPAIRED)).isLessThan(60);
        assertThat(sender.segmentsRetransmitted).isLessThan(60);
        assertThat((double) BYTES / BYTES_PER_SECOND * 1_000 * MILLIS / elapsed)
                .as("use of the line")
                .isGreaterThan(0.9);
    }

    /** Without agreement no packet is marked, and the queue has to drop. */
    @Test
    void losesWithoutEcn() throws Exception {
        transfer(EcnMode.PASSIVE, EcnMode.PASSIVE, Ends.PLAIN);
        assertThat(receiver.congestionMarksReceived).isZero();
        assertThat(sender.segmentsRetransmitted).isPositive();
    }
}
