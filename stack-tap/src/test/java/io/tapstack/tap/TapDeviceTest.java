package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.link.LinkType;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@InPrivateNetwork
class TapDeviceTest {

    private static final TapConfig CONFIG = TapConfig.named("tap0").withHostAddress(HostAddress.parse("10.0.0.1/24"));

    private final BufferPool pool = new BufferPool();

    @Test
    void theHostSideIsSetUp() throws IOException {
        try (TapDevice tap = TapDevice.open(CONFIG.withMtu(9000));
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
        TapDevice.open(CONFIG).close();
        try (HostInterface host = new HostInterface("tap0")) {
            assertThat(host.exists()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void framesPassBothWays(final boolean offload) throws IOException {
        final TapConfig config = offload ? CONFIG : CONFIG.withoutOffload();
        try (TapDevice tap = TapDevice.open(config);
                DatagramSocket socket = new DatagramSocket(5000)) {
            socket.setSoTimeout(5_000);
            final HostPeer peer = new HostPeer(tap, pool);
            socket.send(datagram("hello", 7));
            peer.answerArp();
            assertThat(peer.receiveUdp(7)).isEqualTo("hello");
            peer.sendUdp(7, 5000, "welcome");
            final DatagramPacket received = new DatagramPacket(new byte[100], 100);
            socket.receive(received);
            assertThat(new String(received.getData(), 0, received.getLength(), StandardCharsets.US_ASCII))
                    .isEqualTo("welcome");
        }
        assertThat(pool.packetsInUse()).isZero();
    }

    static DatagramPacket datagram(final String text, final int port) throws IOException {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return new DatagramPacket(bytes, bytes.length, InetAddress.getByName("10.0.0.2"), port);
    }
}
