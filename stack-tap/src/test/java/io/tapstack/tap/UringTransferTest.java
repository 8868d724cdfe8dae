package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tapstack.buffer.BufferPool;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches of frames through io_uring, and kernels that refuse it. */
@InPrivateNetwork
class UringTransferTest {

    private static final TapConfig CONFIG = TapDeviceTest.CONFIG.withIo(TapIo.URING);
    private static final int FRAMES = 300;

    private final BufferPool pool = new BufferPool();

    @BeforeEach
    void requireRings() {
        try {
            IoUring.open(IoUring.Setup.KERNEL, 1, 0).close();
        } catch (final RingRefusedException refused) {
            assumeTrue(false, refused.getMessage());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 63, 64, 65, FRAMES})
    void framesLeaveInTheOrderOfSending(final int batch) throws IOException {
        try (TapDevice tap = TapDevice.open(CONFIG.withoutOffload());
                DatagramSocket socket = new DatagramSocket(5000)) {
            assertThat(tap.io()).isEqualTo(TapIo.URING);
            final HostPeer peer = acquainted(tap, socket);
            for (int sent = 0; sent < FRAMES; sent++) {
                assertThat(peer.gather(7, 5000, Integer.toString(sent))).isTrue();
                if ((sent + 1) % batch == 0) {
                    tap.flush();
                }
            }
            tap.flush();
            assertReceived(socket, FRAMES);
        }
        assertThat(pool.packetsInUse()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void framesArriveInTheirOrder(final boolean offload) throws IOException {
        try (TapDevice tap = TapDevice.open(offload ? CONFIG : CONFIG.withoutOffload());
                DatagramSocket socket = new DatagramSocket(5000)) {
            final HostPeer peer = acquainted(tap, socket);
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < FRAMES; i++) {
                    socket.send(TapDeviceTest.datagram(Integer.toString(i), 9));
                }
                for (int i = 0; i < FRAMES; i++) {
                    assertThat(peer.receiveUdp(9)).isEqualTo(Integer.toString(i));
                }
            }
        }
        assertThat(pool.packetsInUse()).isZero();
    }

    /** Frames of a batch are no longer in the TAP, so the kernel does not announce them. */
    @Test
    void aPollThatLeavesFramesOfABatchIsNotTheLast() throws IOException {
        try (TapDevice tap = TapDevice.open(CONFIG.withoutOffload());
                DatagramSocket socket = new DatagramSocket(5000)) {
            final HostPeer peer = acquainted(tap, socket);
            for (int i = 0; i < 9; i++) {
                socket.send(TapDeviceTest.datagram(Integer.toString(i), 9));
            }
            // Three reads lead to a batch of eight, which takes all that is there.
            for (int i = 0; i < 9; i++) {
                tap.advance(i);
                assertThat(peer.receiveUdp(9)).isEqualTo(Integer.toString(i));
                if (i > 3 && i < 8) {
                    assertThat(tap.nextEvent()).isEqualTo(i);
                    assertThat(tap.isReady()).isTrue();
                    tap.await(Long.MAX_VALUE);
                }
            }
            assertThat(tap.nextEvent()).isEqualTo(Long.MAX_VALUE);
        }
    }

    /** The device keeps the frames of the batch that the interface, which is down, refuses, and takes no others. */
    @ParameterizedTest
    @ValueSource(ints = {2, 40})
    void aBatchThatIsRefusedIsKept(final int frames) throws Exception {
        try (TapDevice tap = TapDevice.open(CONFIG.withoutOffload());
                HostInterface host = new HostInterface("tap0");
                DatagramSocket socket = new DatagramSocket(5000)) {
            final HostPeer peer = acquainted(tap, socket);
            TapTroubleTest.ip("link", "set", "tap0", "down");
            for (int i = 0; i < frames; i++) {
                assertThat(peer.gather(7, 5000, Integer.toString(i))).isTrue();
            }
            tap.flush();
            assertThat(peer.gather(7, 5000, "refused")).isFalse();
            host.bringUp();
            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (!peer.gather(7, 5000, Integer.toString(frames))) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                tap.await(deadline - System.nanoTime());
                tap.flush();
            }
            tap.flush();
            assertReceived(socket, frames + 1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM", "ENOMEM"})
    void systemCallsTakeOverWhereRingsAreRefused(final String reason) throws IOException {
        final int errno = jnr.constants.platform.Errno.valueOf(reason).intValue();
        final TapDevice tap =
                TapDevice.openQueues(CONFIG, 1, (entries, params) -> -errno).get(0);
        try (tap;
                DatagramSocket socket = new DatagramSocket(5000)) {
            assertThat(tap.io()).isEqualTo(TapIo.SYSCALLS);
            acquainted(tap, socket).sendUdp(7, 5000, "0");
            assertReceived(socket, 1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void autoTakesRings(final boolean offload) throws IOException {
        final TapConfig config = offload ? TapDeviceTest.CONFIG : TapDeviceTest.CONFIG.withoutOffload();
        try (TapDevice tap = TapDevice.open(config)) {
            assertThat(tap.io()).isEqualTo(TapIo.URING);
        }
        try (TapDevice tap = TapDevice.open(config.withIo(TapIo.SYSCALLS))) {
            assertThat(tap.io()).isEqualTo(TapIo.SYSCALLS);
        }
    }

    private HostPeer acquainted(final TapDevice tap, final DatagramSocket socket) throws IOException {
        socket.setSoTimeout(5_000);
        socket.setReceiveBufferSize(1 << 20);
        final HostPeer peer = new HostPeer(tap, pool);
        socket.send(TapDeviceTest.datagram("who", 8));
        peer.answerArp();
        return peer;
    }

    private static void assertReceived(final DatagramSocket socket, final int frames) throws IOException {
        final DatagramPacket received = new DatagramPacket(new byte[100], 100);
        for (int i = 0; i < frames; i++) {
            socket.receive(received);
            assertThat(new String(received.getData(), 0, received.getLength(), StandardCharsets.US_ASCII))
                    .isEqualTo(Integer.toString(i));
        }
    }
}
