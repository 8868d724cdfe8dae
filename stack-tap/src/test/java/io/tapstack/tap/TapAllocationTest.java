package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.DatagramSocket;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading and writing frames allocates nothing. */
@InPrivateNetwork
@OnBothDrivers
class TapAllocationTest {

    private static final int FRAMES = 5_000;

    /** Allocation of the measurement itself and of a compiler thread's safepoints, over all frames. */
    private static final long NOISE_BYTES = FRAMES / 2;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final BufferPool pool = new BufferPool();
    private final TapConfig config;

    TapAllocationTest(final TapIo io) {
        this.config = TapDeviceTest.CONFIG.withIo(io);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void transmitting(final boolean offload) throws IOException {
        try (TapDevice tap = TapDevice.open(offload ? config : config.withoutOffload())) {
            final PacketBuffer contiguous = TestFrames.forNobody(pool, 1_514);
            final PacketBuffer gathered = TestFrames.forNobody(pool, 54);
            gathered.addSlice(pool.region(BufferPool.FRAME), 0, 1_000);
            gathered.addSlice(pool.region(BufferPool.FRAME), 0, 460);
            transmit(tap, contiguous, gathered);
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            transmit(tap, contiguous, gathered);
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(NOISE_BYTES);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void receivingAndWaiting(final boolean offload) throws Exception {
        try (TapDevice tap = TapDevice.open(offload ? config : config.withoutOffload());
                DatagramSocket socket = new DatagramSocket()) {
            socket.send(TapDeviceTest.datagram("first", 7));
            new HostPeer(tap, pool).answerArp();
            final CompletableFuture<Boolean> sender = SuperSegmentTest.onThreadOfThisNetwork(() -> {
                while (!socket.isClosed()) {
                    socket.send(TapDeviceTest.datagram("more", 7));
                }
                return true;
            });
            receive(tap);
            final long before = THREADS.getCurrentThreadAllocatedBytes();
            receive(tap);
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(NOISE_BYTES);
            assertThat(sender.isCompletedExceptionally()).isFalse();
        }
    }

    private static void transmit(final TapDevice tap, final PacketBuffer contiguous, final PacketBuffer gathered)
            throws IOException {
        for (int i = 0; i < FRAMES; i++) {
            tap.transmit(contiguous);
            tap.transmit(gathered);
            if (i % 16 == 0) {
                tap.flush();
            }
        }
    }

    private void receive(final TapDevice tap) throws IOException {
        for (int i = 0; i < FRAMES; ) {
            final PacketBuffer frame = tap.receive(pool);
            if (frame == null) {
                tap.await(1_000_000_000L);
            } else {
                frame.release();
                i++;
            }
        }
    }
}
