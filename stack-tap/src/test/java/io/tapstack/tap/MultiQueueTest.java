package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A TAP with several queues. */
@InPrivateNetwork
@OnBothDrivers
class MultiQueueTest {

    private final BufferPool pool = new BufferPool();
    private final TapConfig config;

    MultiQueueTest(final TapIo io) {
        this.config = TapDeviceTest.CONFIG.withIo(io);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void thereAreAsManyAsAskedFor(final boolean offload) throws IOException {
        final List<TapDevice> queues = TapDevice.openQueues(offload ? config : config.withoutOffload(), 3);
        try {
            assertThat(queues).hasSize(3).allSatisfy(queue -> {
                assertThat(queue.name()).isEqualTo("tap0");
                assertThat(queue.capabilities()).isEqualTo(queues.get(0).capabilities());
                assertThat(queue.capabilities().maxSegmentOffload() > 0).isEqualTo(offload);
            });
        } finally {
            queues.forEach(TapDevice::close);
        }
    }

    @Test
    void thePatternIsCompletedOnce() throws IOException {
        final List<TapDevice> queues = TapDevice.openQueues(TapConfig.named("tq%d"), 2);
        try {
            assertThat(queues).extracting(TapDevice::name).containsExactly("tq0", "tq0");
        } finally {
            queues.forEach(TapDevice::close);
        }
    }

    @Test
    void theInterfaceGoesAwayWithTheLastQueue() throws IOException {
        final List<TapDevice> queues = TapDevice.openQueues(config, 2);
        try (HostInterface host = new HostInterface("tap0")) {
            queues.get(0).close();
            assertThat(host.exists()).isTrue();
            queues.get(1).close();
            assertThat(host.exists()).isFalse();
        }
    }

    /** The host receives the frames of any queue, and its own frames arrive at one of them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyQueueCarriesFrames(final boolean offload) throws IOException {
        final List<TapDevice> queues = TapDevice.openQueues(offload ? config : config.withoutOffload(), 2);
        try (HostInterface host = new HostInterface("tap0");
                DatagramSocket socket = new DatagramSocket(5000)) {
            socket.setSoTimeout(5_000);
            for (final TapDevice queue : queues) {
                final String text = "queue " + queues.indexOf(queue);
                final HostPeer peer = new HostPeer(queue, pool);
                peer.knows(host.hardwareAddress());
                peer.sendUdp(7, 5000, text);
                final DatagramPacket received = new DatagramPacket(new byte[100], 100);
                socket.receive(received);
                assertThat(new String(received.getData(), 0, received.getLength(), StandardCharsets.US_ASCII))
                        .isEqualTo(text);
            }
            socket.send(TapDeviceTest.datagram("ask", 9));
            assertThat(framesAtAnyOf(queues)).isPositive();
        } finally {
            queues.forEach(TapDevice::close);
        }
    }

    private int framesAtAnyOf(final List<TapDevice> queues) throws IOException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        int frames = 0;
        while (frames == 0 && System.nanoTime() - deadline < 0) {
            for (final TapDevice queue : queues) {
                for (PacketBuffer frame = queue.receive(pool); frame != null; frame = queue.receive(pool)) {
                    frame.release();
                    frames++;
                }
            }
        }
        return frames;
    }

    /** The kernel would share the traffic between both. */
    @Test
    void queuesInUseAreNotSharedWithAnother() throws IOException {
        final List<TapDevice> queues = TapDevice.openQueues(config, 2);
        try {
            for (int count = 1; count <= 2; count++) {
                final int wanted = count;
                assertThatExceptionOfType(TapException.class)
                        .isThrownBy(() -> TapDevice.openQueues(config, wanted))
                        .satisfies(refusal -> assertThat(refusal.problem())
                                .isEqualTo("the name tap0 is taken by an interface that is not a plain TAP, "
                                        + "or by one with several queues that is in use"));
            }
        } finally {
            queues.forEach(TapDevice::close);
        }
    }

    @Test
    void aTapWithOneQueueThatIsInUseIsRefused() throws IOException {
        try (TapDevice tap = TapDevice.open(config)) {
            assertThat(tap.name()).isEqualTo("tap0");
            assertThatExceptionOfType(TapException.class)
                    .isThrownBy(() -> TapDevice.openQueues(config, 2))
                    .withMessageContaining("TAP tap0 is in use by another process");
        }
    }

    /** As {@code ip tuntap add mode tap} makes it. */
    @Test
    void aPersistentTapWithOneQueueHasOne() throws IOException {
        TapDevice.open(config.madePersistent()).close();
        final List<TapDevice> queues = TapDevice.openQueues(config, 2);
        assertThat(queues).hasSize(1);
        queues.forEach(TapDevice::close);
    }

    /** As {@code ip tuntap add mode tap multi_queue} makes it. */
    @Test
    void aPersistentTapWithSeveralQueuesCanBeUsedWithOne() throws IOException {
        TapDevice.openQueues(config.madePersistent(), 2).forEach(TapDevice::close);
        try (TapDevice tap = TapDevice.open(config)) {
            assertThat(tap.name()).isEqualTo("tap0");
        }
        final List<TapDevice> queues = TapDevice.openQueues(config, 3);
        assertThat(queues).hasSize(3);
        queues.forEach(TapDevice::close);
    }

    /** MAX_TAP_QUEUES of drivers/net/tun.c is 256. */
    @Test
    void thereAreAsManyAsThereCanBe() throws IOException {
        final List<TapDevice> queues = TapDevice.openQueues(config, 300);
        assertThat(queues).hasSize(256);
        queues.forEach(TapDevice::close);
        try (HostInterface host = new HostInterface("tap0")) {
            assertThat(host.exists()).isFalse();
        }
    }
}
