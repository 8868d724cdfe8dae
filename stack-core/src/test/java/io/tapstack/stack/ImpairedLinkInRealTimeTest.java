package io.tapstack.stack;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.link.ImpairedLink;
import io.tapstack.link.Impairment;
import io.tapstack.link.LinkCapabilities;
import io.tapstack.link.LinkDevice;
import io.tapstack.link.LinkType;
import io.tapstack.link.LoopbackLink;
import io.tapstack.tcp.ConnectionObserver;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.time.Clock;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * An impaired link under a driver: frames are delayed by the right time, whichever thread sends them, also after a long
 * silence.
 */
class ImpairedLinkInRealTimeTest {

    private static final long DELAY = 30_000_000L;
    private static final long PATIENCE = 10_000_000_000L;

    /** Returns sent frames, and counts as waited for. */
    private static final class Echo implements LinkDevice {

        private final LoopbackLink loopback = new LoopbackLink(LinkType.IP, 1_500, 16);
        private final Semaphore alarm = new Semaphore(0);

        @Override
        public LinkCapabilities capabilities() {
            return loopback.capabilities();
        }

        @Override
        public @Nullable PacketBuffer receive(final BufferPool pool) {
            return loopback.receive(pool);
        }

        @Override
        public boolean transmit(final PacketBuffer frame) {
            alarm.release();
            return loopback.transmit(frame);
        }

        @Override
        public boolean isReady() {
            return alarm.drainPermits() > 0;
        }

        @Override
        public void await(final long timeoutNanos) {
            try {
                if (alarm.tryAcquire(timeoutNanos, TimeUnit.NANOSECONDS)) {
                    alarm.drainPermits();
                }
            } catch (final InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void wakeup() {
            alarm.release();
        }

        @Override
        public void close() {
            loopback.close();
        }
    }

    @Test
    void framesAreDelayedBothWays() throws Exception {
        final Impairment delay = Impairment.NONE.withDelay(DELAY);
        final Clock clock = Clock.system();
        final NetworkStack stack = new NetworkStack(
                new ImpairedLink(new Echo(), delay, delay, 1),
                StackConfig.of(InterfaceAddress.parse("10.0.0.2/24")),
                clock.nanoTime());
        try (StackDriver driver = new StackDriver(stack, clock, "impaired")) {
            driver.start();
            for (int round = 1; round <= 3; round++) {
                // Long enough for the driver to fall asleep.
                Thread.sleep(300);
                final long sent = clock.nanoTime();
                inside(
                        driver.stackLock(),
                        () -> stack.tcp()
                                .connect(
                                        null,
                                        new Endpoint(IpAddress.parse("10.0.0.3"), 80),
                                        new TcpConfig(),
                                        ConnectionObserver.NONE,
                                        clock.nanoTime()));
                // It arrives, which is all that matters here.
                while (stack.statistics().framesReceived < round) {
                    assertThat(clock.nanoTime() - sent).isLessThan(PATIENCE);
                    Thread.sleep(1);
                }
                assertThat(clock.nanoTime() - sent).isGreaterThanOrEqualTo(2 * DELAY);
            }
        }
        assertThat(stack.pool().packetsInUse()).isZero();
    }

    private interface Visit {
        void run() throws Exception;
    }

    private static void inside(final StackLock lock, final Visit visit) throws Exception {
        lock.lock();
        try {
            visit.run();
        } finally {
            lock.unlock();
        }
    }
}
