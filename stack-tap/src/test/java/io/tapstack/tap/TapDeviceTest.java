package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.link.LinkType;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening a TAP, its host side, and frames against the kernel. */
@InPrivateNetwork
@OnBothDrivers
class TapDeviceTest {

    static final TapConfig CONFIG = TapConfig.named("tap0").withHostAddress(HostAddress.parse("10.0.0.1/24"));

    private final BufferPool pool = new BufferPool();
    private final TapConfig config;

    TapDeviceTest(final TapIo io) {
        this.config = TapDeviceTest.CONFIG.withIo(io);
    }

    @Test
    void theHostSideIsSetUp() throws IOException {
        try (TapDevice tap = TapDevice.open(config.withMtu(9000));
                HostInterface host = new HostInterface("tap0")) {
            assertThat(tap.name()).isEqualTo("tap0");
            assertThat(tap.capabilities().type()).isEqualTo(LinkType.ETHERNET);
            assertThat(tap.capabilities().mtu()).isEqualTo(9000);
            assertThat(host.mtu()).isEqualTo(9000);
            assertThat(host.isUp()).isTrue();
            assertThat(host.address()).hasToString("10.0.0.1");
            assertThat(host.mask()).hasToString("255.255.255.0");
        }
    }

    @Test
    void theInterfaceGoesAwayWithTheDevice() throws IOException {
        TapDevice.open(config).close();
        try (HostInterface host = new HostInterface("tap0")) {
            assertThat(host.exists()).isFalse();
        }
    }

    @Test
    void aPersistentInterfaceStaysAndIsFoundAsItWas() throws IOException {
        TapDevice.open(config.withMtu(1400).madePersistent().ownedBy(65_534)).close();
        try (HostInterface host = new HostInterface("tap0")) {
            assertThat(host.exists()).isTrue();
        }
        try (TapDevice tap = TapDevice.open(TapConfig.named("tap0").withoutOffload())) {
            assertThat(tap.capabilities().mtu()).isEqualTo(1400);
            assertThat(tap.capabilities().maxSegmentOffload()).isZero();
        }
    }

    @Test
    void theKernelCompletesAPattern() throws IOException {
        try (TapDevice first = TapDevice.open(TapConfig.named("ts%d"));
                TapDevice second = TapDevice.open(TapConfig.named("ts%d"))) {
            assertThat(first.name()).isEqualTo("ts0");
            assertThat(second.name()).isEqualTo("ts1");
        }
    }

    @ParameterizedTest
    @CsvSource({"true, 1500, 5", "false, 1500, 5", "false, 1500, 1472", "true, 9000, 8972", "false, 9000, 8972"})
    void framesPassBothWays(final boolean offload, final int mtu, final int length) throws IOException {
        try (TapDevice tap = TapDevice.open((offload ? config : config.withoutOffload()).withMtu(mtu));
                DatagramSocket socket = new DatagramSocket(5000)) {
            socket.setSoTimeout(5_000);
            final HostPeer peer = new HostPeer(tap, pool);
            final String there = "ask".repeat(length).substring(0, length);
            final String back = "tell".repeat(length).substring(0, length);
            socket.send(datagram(there, 7));
            peer.answerArp();
            assertThat(peer.receiveUdp(7)).isEqualTo(there);
            peer.sendUdp(7, 5000, back);
            final DatagramPacket received = new DatagramPacket(new byte[length + 1], length + 1);
            socket.receive(received);
            assertThat(new String(received.getData(), 0, received.getLength(), StandardCharsets.US_ASCII))
                    .isEqualTo(back);
        }
        assertThat(pool.packetsInUse()).isZero();
    }

    /** As a bridge passes it on: in front of a packet as large as the MTU. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFrameWithTwoTagsIsWhole(final boolean offload) throws Exception {
        final TapConfig mine = offload ? config : config.withoutOffload();
        try (TapDevice tap = TapDevice.open(mine);
                TapDevice other =
                        TapDevice.open(TapConfig.named("tap1").withoutOffload().withoutHostBatching())) {
            TapTroubleTest.ip("link", "add", "bridge0", "type", "bridge");
            TapTroubleTest.ip("link", "set", "tap0", "master", "bridge0");
            TapTroubleTest.ip("link", "set", "tap1", "master", "bridge0");
            TapTroubleTest.ip("link", "set", "bridge0", "up");
            final int length = 14 + 2 * 4 + 1_500;
            final PacketBuffer sent = TestFrames.forNobody(pool, length);
            sent.memory().bytes().put(sent.head() + 5, (byte) 9); // not the sender itself
            sent.memory().bytes().putLong(sent.head() + 12, 0x8100_0001_8100_0002L);
            for (int i = 0; i < 20; i++) {
                other.transmit(sent);
                other.flush();
                final PacketBuffer received = new HostPeer(tap, pool).next(frame -> frame.length() > 1_000);
                assertThat(received.length()).isEqualTo(length);
                received.release();
            }
            sent.release();
        }
        assertThat(pool.packetsInUse()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aSmallFrameIsHandedUpInASmallBlock(final boolean offload) throws IOException {
        try (TapDevice tap = TapDevice.open(offload ? config : config.withoutOffload());
                DatagramSocket socket = new DatagramSocket()) {
            socket.send(datagram("small", 7));
            final PacketBuffer request = new HostPeer(tap, pool).next(frame -> frame.length() == 42);
            assertThat(request.memory().capacity()).isEqualTo(BufferPool.SMALL);
            request.release();
        }
    }

    static DatagramPacket datagram(final String text, final int port) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new DatagramPacket(bytes, bytes.length, InetAddress.getByName("10.0.0.2"), port);
    }
}
