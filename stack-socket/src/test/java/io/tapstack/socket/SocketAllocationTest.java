package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;

/** In steady state, neither senders and receivers nor the drivers allocate. */
final class SocketAllocationTest extends TwoHostsTest {

    private static final int BLOCK = 100_000;
    private static final long TRANSFER = 200_000_000;
    private static final long SEGMENT = 1_448;
    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void bulkTransferAllocatesLessThanAByteForASegment() throws Exception {
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        // The pool and the queues grow with the traffic; then comes the steady state.
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 5 && least >= TRANSFER / SEGMENT; i++) {
            final long before = allocatedByDrivers();
            final long byApplications = transfer(client, server);
            least = Math.min(least, byApplications + allocatedByDrivers() - before);
        }
        assertThat(least).isLessThan(TRANSFER / SEGMENT);
    }

    /** @return the bytes that the sending and the receiving thread have allocated */
    private long transfer(final StreamSocket client, final StreamSocket server) throws Exception {
        final FutureTask<Long> sent = start(() -> {
            final ByteBuffer data = ByteBuffer.allocateDirect(BLOCK);
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (long left = TRANSFER; left > 0; left -= BLOCK) {
                data.clear();
                client.send(data, 0);
            }
            return threads.getCurrentThreadAllocatedBytes() - before;
        });
        final FutureTask<Long> received = start(() -> {
            final ByteBuffer target = ByteBuffer.allocateDirect(BLOCK);
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (long left = TRANSFER; left > 0; ) {
                target.clear();
                left -= server.recv(target, 0);
            }
            return threads.getCurrentThreadAllocatedBytes() - before;
        });
        return sent.get() + received.get();
    }

    private long allocatedByDrivers() {
        long sum = 0;
        for (final Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("stack ")) {
                sum += threads.getThreadAllocatedBytes(thread.getId());
            }
        }
        return sum;
    }
}
