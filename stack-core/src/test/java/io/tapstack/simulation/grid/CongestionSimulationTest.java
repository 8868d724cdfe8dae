package io.tapstack.simulation.grid;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.event.Flow;
import io.tapstack.event.StackEvents;
import io.tapstack.link.Impairment;
import io.tapstack.simulation.SimulatedHost;
import io.tapstack.simulation.SimulatedNetwork;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import io.tapstack.tcp.TcpProtocol;
import io.tapstack.wire.Endpoint;
import java.io.UncheckedIOException;
import java.util.LongSummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The purpose of each congestion control, on a line of 10 Mbit/s and a round trip of 40 ms: a bandwidth-delay product
 * of 49 KiB, 9.6 Mbit/s of payload. {@link GridTest} covers the whole field.
 */
class CongestionSimulationTest {

    private static final long MILLIS = 1_000_000L;
    private static final long RATE = 1_250_000;
    private static final double PAYLOAD_RATE = 10 * 1448.0 / 1500;
    private static final int KIB = 1 << 10;
    private static final int MIB = 1 << 20;

    private static Plan plan(final String name, final double loss, final int queueKib, final long bytes) {
        final Impairment back = Impairment.NONE.withDelay(20 * MILLIS);
        final Impairment forward = back.withLoss(loss).withRate(RATE, queueKib * KIB);
        return Plan.of(name, forward, back, bytes);
    }

    private static double meanThroughput(final String name, final double loss, final int queueKib) {
        double sum = 0;
        final int runs = 3;
        for (int seed = 1; seed <= runs; seed++) {
            sum += BulkRun.of(plan(name, loss, queueKib, 8 * MIB), seed).megabitsPerSecond();
        }
        return sum / runs;
    }

    /** A queue of twice the capacity of the line is never empty for long. */
    @ParameterizedTest
    @ValueSource(strings = {"tahoe", "reno", "newreno", "cubic", "bbr"})
    void fillsTheLine(final String name) {
        final Outcome outcome = BulkRun.of(plan(name, 0, 128, 24 * MIB), 1);
        assertThat(outcome.megabitsPerSecond()).isBetween(0.9 * PAYLOAD_RATE, PAYLOAD_RATE);
        assertThat(outcome.timeouts()).isZero();
    }

    /** With a queue shorter than the capacity of the line, CUBIC reduces its window less, and BBR not at all. */
    @ParameterizedTest
    @CsvSource({"reno, 0.9", "newreno, 0.9", "cubic, 0.95", "bbr, 0.93"})
    void fillsTheLineOverAShortQueue(final String name, final double share) {
        final Outcome outcome = BulkRun.of(plan(name, 0, 32, 24 * MIB), 1);
        assertThat(outcome.megabitsPerSecond()).isGreaterThan(share * PAYLOAD_RATE);
        assertThat(outcome.timeouts()).isZero();
    }

    /** RFC 9438 1: CUBIC is at or above Reno, at any loss. */
    @ParameterizedTest
    @ValueSource(doubles = {0.001, 0.005, 0.01, 0.03})
    void cubicAtOrAboveReno(final double loss) {
        assertThat(meanThroughput("cubic", loss, 128)).isGreaterThanOrEqualTo(meanThroughput("newreno", loss, 128));
    }

    /** Random losses of up to two percent are no reason to slow down. */
    @Test
    void bbrUnderRandomLoss() {
        assertThat(meanThroughput("bbr", 0.005, 128)).isGreaterThan(0.85 * PAYLOAD_RATE);
        assertThat(meanThroughput("bbr", 0.01, 128)).isGreaterThan(0.75 * PAYLOAD_RATE);
        final double atFivePercent = meanThroughput("bbr", 0.05, 128);
        assertThat(atFivePercent).isGreaterThan(0.35 * PAYLOAD_RATE);
        assertThat(atFivePercent).isGreaterThan(2 * meanThroughput("cubic", 0.05, 128));
    }

    /** No loss where there is room for BBR's flight, however large the queue could grow. */
    @Test
    void bbrLosesNothing() {
        final Outcome outcome = BulkRun.of(plan("bbr", 0, 128, 24 * MIB), 1);
        assertThat(outcome.retransmitted()).isZero();
        assertThat(outcome.lost()).isZero();
    }

    /** CUBIC fills the queue, BBR keeps it short: the mean round trip is little more than that of the empty line. */
    @Test
    void bbrKeepsTheQueueShort() {
        final double bbr = meanRoundTripMillis("bbr");
        assertThat(bbr).isBetween(40.0, 60.0);
        assertThat(meanRoundTripMillis("cubic")).isGreaterThan(2 * bbr);
    }

    /** Over the second half of a transfer with a queue of ten bandwidth-delay products. */
    private static double meanRoundTripMillis(final String name) {
        final Plan plan = plan(name, 0, 480, 16 * MIB);
        final Bottleneck network = new Bottleneck(plan, 1, null);
        final LongSummaryStatistics roundTrips = new LongSummaryStatistics();
        final StackEvents observer = new StackEvents() {
            @Override
            public void roundTrip(final Flow flow, final long sample, final long smoothed, final long timeout) {
                if (network.elapsedNanos() > 7_000 * MILLIS) {
                    roundTrips.accept(sample);
                }
            }
        };
        final SimulatedHost from = network.senders().get(0);
        final SimulatedHost to = network.receiver();
        from.stack().statistics().observer(observer);
        final Endpoint port = new Endpoint(to.address(), 80);
        try {
            final TcpProtocol tcp = to.stack().tcp();
            final TcpListener listener =
                    tcp.listen(tcp.bind(port, false), 1, plan.config().apply(0).copy());
            final BulkFlow flow = new BulkFlow(
                    from, port, plan.config().apply(0).copy(), plan.bytes(), GridLoad.STEADY, network.now());
            while (!flow.isDone()) {
                network.poll();
                final TcpConnection accepted = listener.accept();
                if (accepted != null) {
                    flow.accept(accepted);
                }
                flow.step(network.now());
                network.moveOn(SimulatedNetwork.NEVER);
            }
        } catch (final SocketErrorException e) {
            throw new UncheckedIOException(e);
        }
        return roundTrips.getAverage() / MILLIS;
    }

    /**
     * A crowd with seven segments in flight each begins with unequal shares, and needs some ten probes of the round
     * trip to make them equal.
     */
    @Test
    void bbrCrowdComesToEqualShares() {
        final Plan crowd = plan("bbr", 0, 26, 72 * MIB).withFlows(5, 0);
        assertThat(BulkRun.of(crowd, 1).fairness()).isGreaterThan(0.9);
    }

    /** The same where the line marks instead of dropping. */
    @Test
    void bbrSharesUnderMarks() {
        final Plan marked =
                Circumstance.MARKS.applyTo(plan("bbr", 0, 64, 48 * MIB).withFlows(4, 0));
        assertThat(BulkRun.of(marked, 1).fairness()).isGreaterThan(0.9);
    }

    /** Two equal flows get equal shares. */
    @ParameterizedTest
    @CsvSource({"reno, 64", "newreno, 64", "cubic, 64", "cubic, 256", "bbr, 64", "bbr, 256"})
    void twoFlowsAreFair(final String name, final int queueKib) {
        final Outcome outcome = BulkRun.of(plan(name, 0, queueKib, 64 * MIB).withFlows(2, 0), 1);
        assertThat(outcome.fairness()).isGreaterThan(0.95);
        assertThat(outcome.megabitsPerSecond()).isGreaterThan(0.9 * PAYLOAD_RATE);
    }
}
