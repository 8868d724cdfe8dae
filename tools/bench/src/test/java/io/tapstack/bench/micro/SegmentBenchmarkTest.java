package io.tapstack.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The benchmarked operations work (they check themselves), and allocate nothing, as {@code -prof gc} would show. */
class SegmentBenchmarkTest {

    private static final int OPERATIONS = 2_000;
    private static final int ROUNDS = 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @FunctionalInterface
    private interface Operation {
        void run(SegmentBenchmark benchmark) throws Exception;
    }

    private enum Operations {
        SEND_AND_ACKNOWLEDGE(SegmentBenchmark::sendAndAcknowledge),
        SEND_FLIGHT(SegmentBenchmark::sendFlight),
        ACKNOWLEDGE(SegmentBenchmark::acknowledge),
        RECEIVE(SegmentBenchmark::receive),
        RETRANSMIT(SegmentBenchmark::retransmit);

        private final Operation operation;

        Operations(final Operation operation) {
            this.operation = operation;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SEND_AND_ACKNOWLEDGE, false", "SEND_AND_ACKNOWLEDGE, true",
        "SEND_FLIGHT, false", "SEND_FLIGHT, true",
        "ACKNOWLEDGE, false", "ACKNOWLEDGE, true",
        "RECEIVE, false", "RECEIVE, true",
        "RETRANSMIT, false", "RETRANSMIT, true"
    })
    void leavesNoGarbage(final Operations what, final boolean offload) throws Exception {
        final SegmentBenchmark benchmark = new SegmentBenchmark(offload);
        benchmark.open();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least >= OPERATIONS; round++) {
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < OPERATIONS; i++) {
                what.operation.run(benchmark);
            }
            least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes for %d operations", OPERATIONS).isLessThan(OPERATIONS);
    }
}
