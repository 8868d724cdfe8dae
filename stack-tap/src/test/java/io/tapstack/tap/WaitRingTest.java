package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting by io_uring, with reads that stay posted. */
@InPrivateNetwork
class WaitRingTest {

    private static final TapConfig CONFIG = TapDeviceTest.CONFIG.withIo(TapIo.URING);

    private final BufferPool pool = new BufferPool();

    @BeforeEach
    void requireRings() {
        try {
            IoUring.open(IoUring.Setup.KERNEL, 1, IoUring.SETUP_SINGLE_ISSUER | IoUring.SETUP_DEFER_TASKRUN)
                    .close();
        } catch (final RingRefusedException refused) {
            assumeTrue(false, refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFrameEndsTheWaitAndIsThere(final boolean offload) throws IOException {
        try (TapDevice tap = TapDevice.open(offload ? CONFIG : CONFIG.withoutOffload());
                DatagramSocket socket = new DatagramSocket()) {
            final HostPeer peer = new HostPeer(tap, pool);
            socket.send(TapDeviceTest.datagram("who", 8));
            peer.answerArp();
            assertThat(peer.receiveUdp(8)).isEqualTo("who");
            drain(tap);
            for (int i = 0; i < 20; i++) {
                socket.send(TapDeviceTest.datagram("a" + i, 9));
                socket.send(TapDeviceTest.datagram("b" + i, 9));
                tap.await(TimeUnit.SECONDS.toNanos(5));
                assertThat(tap.isReady()).isTrue();
                assertThat(peer.receiveUdp(9)).isEqualTo("a" + i);
                assertThat(peer.receiveUdp(9)).isEqualTo("b" + i);
            }
        }
        assertThat(pool.packetsInUse()).isZero();
    }

    /** A timeout is posted for the first deadline, and moved for the second. */
    @Test
    void anEarlierDeadlineEndsTheWait() throws IOException {
        try (TapDevice tap = TapDevice.open(CONFIG.leftDown())) {
            tap.wakeup();
            tap.await(TimeUnit.SECONDS.toNanos(100));
            final long start = System.nanoTime();
            tap.await(TimeUnit.MILLISECONDS.toNanos(20));
            assertThat(System.nanoTime() - start).isBetween(20_000_000L, 15_000_000_000L);
            tap.await(TimeUnit.MILLISECONDS.toNanos(1));
            tap.wakeup();
            tap.await(Long.MAX_VALUE);
        }
    }

    /** The driver waits; another thread, with the lock, reads as well. */
    @Test
    void framesKeepTheirOrderOnTwoWays() throws Exception {
        final int frames = 20_000;
        final AtomicBoolean done = new AtomicBoolean();
        try (TapDevice tap = TapDevice.open(CONFIG.withoutOffload());
                DatagramSocket socket = new DatagramSocket()) {
            socket.send(TapDeviceTest.datagram("who", 8));
            new HostPeer(tap, pool).answerArp();
            final ReentrantLock lock = new ReentrantLock();
            final int[] next = new int[1];
            final CompletableFuture<Boolean> driver = SuperSegmentTest.onThreadOfThisNetwork(() -> {
                while (!done.get()) {
                    tap.await(TimeUnit.MILLISECONDS.toNanos(1));
                    read(tap, lock, next);
                }
                return true;
            });
            for (int i = 1; i <= frames; i++) {
                socket.send(TapDeviceTest.datagram(Integer.toString(i), 9));
                if (i % 7 == 0) {
                    read(tap, lock, next);
                }
            }
            done.set(true);
            driver.get(5, TimeUnit.SECONDS);
            read(tap, lock, next);
            assertThat(next[0]).isGreaterThan(frames / 10);
        }
        assertThat(pool.packetsInUse()).isZero();
    }

    /** Numbers are missing where the TAP's queue was full, but none comes after a larger one. */
    private void read(final TapDevice tap, final ReentrantLock lock, final int[] next) throws IOException {
        lock.lock();
        try {
            for (PacketBuffer frame = tap.receive(pool); frame != null; frame = tap.receive(pool)) {
                if (HostPeer.isIp(frame, 17) && HostPeer.udpPort(frame) == 9) {
                    final int number = Integer.parseInt(HostPeer.udpText(frame));
                    assertThat(number).isGreaterThan(next[0]);
                    next[0] = number;
                }
                frame.release();
            }
        } finally {
            lock.unlock();
        }
    }

    /** At any moment: reads are posted, frames arrive, and others leave. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closingLosesNothing(final boolean offload) throws Exception {
        final TapConfig config = offload ? CONFIG : CONFIG.withoutOffload().withoutHostBatching();
        closeInUse(config, 0);
        final long descriptors = descriptors();
        for (int round = 0; round < 60; round++) {
            closeInUse(config, round * 20_000L);
        }
        assertThat(pool.packetsInUse()).isZero();
        assertThat(pool.regionsInUse()).isZero();
        assertThat(descriptors()).isEqualTo(descriptors);
        try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
            assertThat(mappings.filter(line -> line.contains("io_uring"))).isEmpty();
        }
    }

    /** The thread whose reads are posted closes the device while another one is in it, which leaves last. */
    @Test
    void aTapThatItsThreadHasClosedCanBeOpenedAgainAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            final TapDevice tap = TapDevice.open(CONFIG);
            tap.await(1_000);
            final CompletableFuture<Boolean> other = SuperSegmentTest.onThreadOfThisNetwork(() -> {
                try {
                    while (true) {
                        tap.await(TimeUnit.SECONDS.toNanos(5));
                    }
                } catch (final IOException closed) {
                    return true;
                }
            });
            tap.close();
            assertThat(other.get(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void closeInUse(final TapConfig config, final long afterNanos) throws Exception {
        try (DatagramSocket socket = new DatagramSocket();
                HostInterface host = new HostInterface("tap0")) {
            final TapDevice tap = TapDevice.open(config);
            final CompletableFuture<Boolean> driver = SuperSegmentTest.onThreadOfThisNetwork(() -> use(tap));
            final long start = System.nanoTime();
            final byte[] text = new byte[500];
            do {
                // No Ethernet address has to be found for a broadcast.
                socket.send(new DatagramPacket(text, text.length, InetAddress.getByName("10.0.0.255"), 9));
            } while (System.nanoTime() - start < afterNanos);
            tap.close();
            assertThat(driver.get(5, TimeUnit.SECONDS)).isTrue();
            // The kernel ends the ring of a thread that has ended in the background.
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (host.exists()) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.onSpinWait();
            }
        }
    }

    private boolean use(final TapDevice tap) {
        final PacketBuffer sent = TestFrames.forNobody(pool, 1_000);
        try {
            while (true) {
                tap.await(1_000_000);
                drain(tap);
                for (int i = 0; i < 10; i++) {
                    tap.transmit(sent);
                }
                tap.flush();
            }
        } catch (final IOException closed) {
            return closed.getMessage().contains("closed");
        } finally {
            sent.release();
        }
    }

    private void drain(final TapDevice tap) throws IOException {
        for (PacketBuffer frame = tap.receive(pool); frame != null; frame = tap.receive(pool)) {
            frame.release();
        }
    }

    private static long descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }
}
